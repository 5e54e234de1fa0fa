"""A team of an event works in one server: the first who starts lets the others in, and nobody else, for as long as it runs."""

import csv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from e2e.conftest import Check
from playwright.sync_api import Browser, expect
from support.classes import CONF, ask, hub, people_of, token_of
from support.visitors import Visitor
from support.waiting import soon

SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python, order: 1}}
  together: {{title: Together, environment: python, order: 2, collaboration: true}}
servers: {{stop_with_hub: false}}
"""
STATUS = """async (path) => {
  const xsrf = document.cookie.split("; ").map((each) => each.split("=")).find(([name]) => name === "_xsrf")?.[1] ?? "";
  return (await fetch(path, { headers: { "X-XSRFToken": xsrf } })).status;
}"""
OUT_S = 25
"""Who is let in is looked at every ten seconds, and a server asks again every five."""


@dataclass(frozen=True)
class Days:
    """An event with two teams: Ada and Ben, and Cem.

    Args:
        token: of its organiser.
    """

    place: Any
    token: str
    id: str
    people: dict[str, Visitor]

    def name(self, who: str) -> str:
        """Return as whom the hub knows somebody."""
        return self.people[who].name

    def status(self, who: str, owner: str) -> int:
        """Return what somebody is answered who opens the server of another one."""
        return int(self.people[who].page.request.get(f"{self.place.url}/user/{self.name(owner)}/lab").status)

    def enter(self, who: str, owner: str) -> None:
        """Open the server of another one of the team."""
        page = self.people[who].page
        page.goto(f"{self.place.url}/user/{self.name(owner)}/lab")
        page.get_by_role("button", name="Open it").click()
        page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
        assert not self.is_out(who, owner)

    def is_out(self, who: str, owner: str) -> bool:
        """Tell whether somebody who was in a server is in it no more."""
        status = self.people[who].page.evaluate(STATUS, f"/user/{self.name(owner)}/api/status")
        assert status in {200, 403}, status
        return bool(status == 403)

    def start(self, who: str) -> None:
        """Start somebody's server of the event, and wait for it."""
        hub(self.place, "POST", f"/users/{self.name(who)}/server", {"profile": f"event-{self.id}"})
        soon(lambda: bool(hub(self.place, "GET", f"/users/{self.name(who)}")["servers"][""]["ready"]), 60)

    def stop(self, who: str) -> None:
        """Stop it."""
        hub(self.place, "DELETE", f"/users/{self.name(who)}/server")
        soon(lambda: not hub(self.place, "GET", f"/users/{self.name(who)}")["servers"], 60)

    def teams(self) -> list[str]:
        """Return the names of those whose server is that of a team."""
        found = hub(self.place, "GET", f"/sardonyx/servers?profile=event-{self.id}")["servers"]
        return [each["name"] for each in found if each["team"]]

    def change(self, **changed: object) -> None:
        """Change the event, as its organiser does with a program."""
        seen = ask(self.place, self.token, "GET", f"/api/events/{self.id}").json()
        kept = {name: seen[name] for name in ("title", "begins", "ends", "profile", "team_servers")}
        answer = ask(self.place, self.token, "PUT", f"/api/events/{self.id}", {**kept, **changed})
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place with a profile for working together, and one that is not."""
    return place_with(SETTINGS, conf=CONF)


@pytest.fixture
def days(place: Any, browser: Browser) -> Iterator[Days]:
    """An event that is on, with its people."""
    with people_of(place) as people:
        if people.by_name("olga") is None:
            people.add_account("olga", "")
        people.set_organiser("olga", is_organiser=True)
    token, now = token_of(place, "olga"), datetime.now(UTC)
    title = f"Days {now:%H%M%S%f}"
    wish = {
        "title": title,
        "begins": (now - timedelta(hours=1)).isoformat(),
        "ends": (now + timedelta(hours=5)).isoformat(),
        "profile": "together",
        "team_servers": True,
        "teams": 2,
        "team_size": 2,
    }
    made = ask(place, token, "POST", "/api/events", wish)
    assert made.status_code == 201, made.text
    event = made.json()["id"]
    codes = list(csv.DictReader(ask(place, token, "GET", f"/api/events/{event}/codes.csv").text.splitlines()))
    contexts, people_in = [], {}
    for number, name in ((1, "Ada"), (2, "Ben"), (3, "Cem")):
        contexts.append(browser.new_context())
        contexts[-1].set_default_timeout(20_000)
        visitor = people_in[name] = Visitor(place, contexts[-1].new_page())
        visitor.page.goto(codes[number - 1]["link"])
        visitor.page.get_by_label("Your name").fill(name)
        visitor.page.get_by_role("button", name="Come in").click()
        visitor.page.get_by_role("heading", name=title).wait_for()
        with people_of(place) as people:
            seat = people.seats.of(event)[number - 1]
            person = people.by_id(seat.person or "")
        assert person is not None
        visitor.name = person.name
    found = Days(place, token, event, people_in)
    yield found
    for context in contexts:
        context.close()
    for name in people_in:
        hub(place, "DELETE", f"/users/{found.name(name)}/server")


def test_a_team_works_in_the_server_of_who_starts_first(days: Days, check: Check) -> None:
    """They are told of it where they would start one of their own; others of the event are not, and are not let in."""
    ada, ben, cem = days.people.values()
    page = f"{days.place.url}/services/people/events/{days.id}"
    ada.page.get_by_role("link", name="Start a server").click()
    ada.page.get_by_text("It is the server of your team: everybody in it is let in").wait_for()
    check(ada.page, "team-server-of-host")
    ada.page.get_by_role("button", name="Start", exact=True).click()
    ada.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)

    ben.page.goto(page)
    ben.page.get_by_role("heading", name="Ada of your team has a server.").wait_for()
    check(ben.page, "team-server-in-event")
    ben.page.get_by_role("link", name="Start one of your own").click()
    ben.page.get_by_text("Your team has a server: this one is yours alone.").wait_for()
    ben.page.get_by_text("Ada of your team has a server.").wait_for()
    check(ben.page, "team-server-in-form")
    ben.page.get_by_role("link", name="Open it").click()
    ben.page.get_by_role("button", name="Open it").click()
    ben.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    assert f"/user/{days.name('Ada')}/" in ben.page.url

    with people_of(days.place) as people:
        team = people.seats.teams(days.id)[0].id
    cem.page.goto(page)
    expect(cem.page.get_by_text("of your team has a server")).to_have_count(0)
    cem.page.goto(f"{days.place.url}/hub/team-server/{team}")
    cem.page.get_by_role("button", name="Start", exact=True).wait_for()
    assert days.status("Cem", "Ada") == 403
    ada.page.goto(f"{days.place.url}/hub/together/{days.name('Ada')}")
    assert "has been here" in ada.page.get_by_role("listitem").filter(has_text="Ben").inner_text()
    check(ada.page, "team-server-together")


def test_the_next_who_starts_has_the_server_of_the_team_when_the_first_has_stopped(days: Days) -> None:
    """Until then a server of another one is theirs alone."""
    days.start("Ada")
    days.start("Ben")
    assert (days.status("Ben", "Ada"), days.status("Ada", "Ben")) == (200, 403)

    for who in ("Ada", "Ben"):
        days.stop(who)
    days.start("Ben")
    days.start("Ada")

    assert (days.status("Ada", "Ben"), days.status("Ben", "Ada")) == (200, 403)


def test_of_two_who_start_in_the_same_moment_one_has_the_server_of_the_team(days: Days) -> None:
    """And is let into by the other, not the other way round."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(days.start, ("Ada", "Ben")))

    (host,) = days.teams()
    guest, other = ("Ben", "Ada") if host == days.name("Ada") else ("Ada", "Ben")
    assert (days.status(guest, other), days.status(other, guest)) == (200, 403)


def test_nobody_of_the_team_enters_the_next_server_of_another_kind(days: Days) -> None:
    """What they were let into is over with the server."""
    days.start("Ada")
    assert days.status("Ben", "Ada") == 200
    days.stop("Ada")
    ben = days.people["Ben"].page
    ben.goto(f"{days.place.url}/hub/home")
    expect(ben.get_by_role("heading", name="Home")).to_be_visible()
    expect(ben.get_by_role("heading", name="Shared with me")).to_have_count(0)

    days.change(profile="python", team_servers=False)
    days.start("Ada")

    assert days.status("Ben", "Ada") == 403


def test_who_is_in_the_team_no_more_is_out_after_some_seconds(days: Days) -> None:
    """And who comes in is let in."""
    days.start("Ada")
    days.enter("Ben", "Ada")
    with people_of(days.place) as people:
        team = people.seats.teams(days.id)[0].id
        ids = {who: people.by_name(days.name(who)).id for who in ("Ben", "Cem")}  # type: ignore[union-attr]  # they are in
        people.groups.leave(team, ids["Ben"])
        people.groups.join(team, ids["Cem"], "member")

    soon(lambda: days.is_out("Ben", "Ada"), OUT_S)
    assert (days.status("Ben", "Ada"), days.status("Cem", "Ada")) == (403, 200)


def test_it_is_the_teams_no_more_when_its_organiser_wants_that_no_more(days: Days) -> None:
    """Its owner goes on, alone."""
    days.start("Ada")
    days.enter("Ben", "Ada")

    days.change(team_servers=False)

    soon(lambda: days.is_out("Ben", "Ada"), OUT_S)
    assert days.status("Ada", "Ada") == 200


def test_it_is_the_teams_after_a_restart_of_the_hub_too(days: Days) -> None:
    """The server went on meanwhile, and so does who is let in."""
    days.start("Ada")
    days.place.stop()
    days.place.start()
    soon(lambda: bool(hub(days.place, "GET", f"/users/{days.name('Ada')}")["servers"][""]["ready"]), 60)
    days.start("Ben")

    assert days.teams() == [days.name("Ada")]
    assert (days.status("Ben", "Ada"), days.status("Ada", "Ben"), days.status("Cem", "Ada")) == (200, 403, 403)


def test_an_organiser_ticks_it_in_the_settings(days: Days, newcomer: Callable[..., Any], check: Check) -> None:
    """Where the servers are of a profile for working together."""
    olaf = newcomer(days.place, "olaf")
    with people_of(days.place) as people:
        people.set_organiser("olaf", is_organiser=True)
        people.groups.join(days.id, people.by_name("olaf").id, "organiser")  # type: ignore[union-attr]  # just made
    olaf.page.goto(f"{days.place.url}/services/people/events/{days.id}/settings")
    box = olaf.page.get_by_role("checkbox", name="Each team works in one server")
    expect(box).to_be_checked()
    check(olaf.page, "event-settings-of-teams")

    olaf.page.get_by_role("radio", name="Python").check()
    olaf.page.get_by_role("button", name="Save the changes").click()
    olaf.page.get_by_role("link", name="In servers of “Python” nobody can work together").wait_for()
    box.uncheck()
    olaf.page.get_by_role("button", name="Save the changes").click()
    olaf.page.get_by_role("link", name="Settings").click()

    expect(box).not_to_be_checked()
