"""The page of an event as its organiser works with it: servers of everybody, live, a word and a file to all, and help for one."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from e2e.conftest import Check
from playwright.sync_api import expect
from support.classes import CONF, ask, hub, people_of, token_of
from support.events import come_in, start_in_event
from support.visitors import Visitor
from support.waiting import soon

pytestmark = pytest.mark.browser
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python, memory: 1G, lifetime: 12h}}
  together: {{title: Together, environment: python, collaboration: true, lifetime: 25m}}
servers: {{stop_with_hub: false}}
"""

KEPT = re.compile(r"Your files are kept until .*:\d\d")


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place where people may organise events."""
    return place_with(SETTINGS, conf=CONF)


@pytest.fixture
def guests(guests: Callable[..., Visitor]) -> Callable[[str, str, str], Visitor]:
    """A way to have somebody come in by a code, who is known under a name then."""

    def guest(link: str, called: str, name: str) -> Visitor:
        found = guests(name)
        come_in(found, link, called)
        found.page.get_by_role("heading", name="Data days").wait_for()
        return found

    return guest


def event_of(place: Any, olga: Any, profile: str, **more: object) -> tuple[str, list[dict[str, str]]]:
    """Let olga make an event that is on, and open its page; return its id and its codes."""
    now, token = datetime.now(UTC), token_of(place, olga.name)
    wish = {
        "title": f"Data days {now:%H%M%S%f}",
        "begins": (now - timedelta(hours=1)).isoformat(),
        "ends": (now + timedelta(hours=5)).isoformat(),
        "profile": profile,
        "teams": 2,
        "team_size": 2,
    }
    made = ask(place, token, "POST", "/api/events", {**wish, **more}).json()["id"]
    codes = list(csv.DictReader(ask(place, token, "GET", f"/api/events/{made}/codes.csv").text.splitlines()))
    olga.page.goto(f"{place.url}/services/people/events/{made}")
    return made, codes


def names_of(place: Any, event: str) -> list[str]:
    """Return how those are called who are in, by the numbers of their accounts."""
    with people_of(place) as people:
        found = [people.by_id(seat.person) for seat in people.seats.of(event) if seat.person]
    return [person.name for person in found if person is not None]


def is_through(place: Any, olga: Any, event: str) -> bool:
    """Tell whether the last go through the event's servers is at its end."""
    run = ask(place, token_of(place, olga.name), "GET", f"/api/events/{event}/live").json()["run"]
    return bool(run["done"] == run["total"])


def figures_come_first_on_a_phone(page: Any) -> None:
    """See that who is in, what runs and how long it goes on is read without scrolling, before what lets people in; and is live."""
    size = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    figures = page.locator("#figures")
    expect(figures).to_contain_text(re.compile(r"in 4 hours \d+ minutes"))
    expect(figures.get_by_role("definition").first).to_have_text("2")
    bottom, link = figures.bounding_box(), page.get_by_role("region", name="One link for everybody").bounding_box()
    assert bottom["y"] + bottom["height"] < 844
    assert bottom["y"] < link["y"]
    page.set_viewport_size(size)


def home_says_until_when_files_are_kept(place: Any, visitor: Visitor) -> bool:
    """Tell whether the first page says it, of a server that was stopped and of all files."""
    visitor.page.goto(f"{place.url}/hub/home")
    regions = (visitor.page.get_by_role("region", name=name) for name in ("My servers", "My data"))
    return all(KEPT.search(region.inner_text()) for region in regions)


def test_an_organiser_starts_everyone_speaks_to_them_and_stops_them(
    place: Any, olga: Any, guests: Callable[..., Visitor], check: Check
) -> None:
    """Live, with a row for each who is in; what is done is written down."""
    event, codes = event_of(place, olga, "together")
    page = olga.page
    page.get_by_text("Nobody is in yet.").wait_for()
    people = [guests(codes[number]["link"], called, "") for number, called in ((0, "Ada"), (2, "Ben"))]
    for visitor, name in zip(people, names_of(place, event), strict=True):
        visitor.name = name
    ada = people[0]
    rows = page.get_by_role("region", name="People").get_by_role("row")
    expect(rows.filter(has_text="Ada")).to_contain_text("Not here")

    page.get_by_role("button", name="Start everyone").click()
    expect(page.get_by_text("Nobody is in yet.")).to_be_hidden()
    for name in ("Ada", "Ben"):
        expect(rows.filter(has_text=name)).to_contain_text("Running", timeout=60_000)
    page.get_by_label("Find a name").fill("team 2")
    expect(rows.filter(has_text="Ada")).to_be_hidden()
    expect(rows.filter(has_text="Ben")).to_be_visible()
    page.get_by_label("Find a name").fill("")
    expect(page.get_by_role("region", name="Teams").get_by_role("row", name="Team 1")).to_contain_text("1 of 2")
    check(page, "event-live")
    figures_come_first_on_a_phone(page)
    ada.page.goto(f"{place.url}/user/{ada.name}/lab")
    ada.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    ada.page.get_by_text(
        re.compile(r"^This server is stopped in 2\d min\. Save .* your files are kept until .*:\d\d")
    ).wait_for()
    expect(ada.page.get_by_role("status").filter(has_text="min left")).to_have_attribute("title", KEPT)

    page.get_by_text("A message or a file for everybody who is here").click()
    check(page, "event-words")
    page.get_by_label("Say something").fill("Lunch is here")
    page.get_by_role("button", name="Say it").click()
    expect(ada.page.get_by_text(f"{olga.name}: Lunch is here")).to_be_visible()
    soon(lambda: is_through(place, olga, event))
    page.get_by_text("A message or a file for everybody who is here").click()
    handed = {"name": "rules.txt", "mimeType": "text/plain", "buffer": b"the rules"}
    page.get_by_label("Hand out a file").set_input_files(handed)
    page.get_by_role("button", name="Hand it out").click()
    soon(lambda: is_through(place, olga, event))
    assert ada.run("print(open('rules.txt').read())") == "the rules\n"
    key = f"event/{event}/shared/handed-out/rules.txt"
    fetch = f"boto3.Session(profile_name='event-{event}').client('s3').get_object(Bucket='sardonyx', Key='{key}')"
    assert ada.run(f"import boto3; print({fetch}['Body'].read())") == "b'the rules'\n"

    page.get_by_role("checkbox", name="Ben").check()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(rows.filter(has_text="Ben")).to_contain_text("Not here", timeout=60_000)
    expect(rows.filter(has_text="Ada")).to_contain_text("Running")
    soon(lambda: is_through(place, olga, event))
    page.get_by_role("button", name="Stop everyone").click()
    page.get_by_role("button", name="Stop 1 server").click()
    expect(rows.filter(has_text="Ada")).to_contain_text("Not here", timeout=60_000)
    assert home_says_until_when_files_are_kept(place, ada)
    page.get_by_role("link", name="What was done").click()
    for said in (
        "said to everybody: Lunch is here",
        "handed out to everybody: rules.txt",
    ):
        page.get_by_role("row", name=said).wait_for()
    page.get_by_role("row", name="stopped the server of: Ben").wait_for()


def test_somebody_lets_an_organiser_in_who_asked(
    place: Any, olga: Any, guests: Callable[..., Visitor], check: Check
) -> None:
    """They decide on a page of the hub; that they were asked is written down."""
    event, codes = event_of(place, olga, "together", teams=1, team_size=1)
    ada, page = guests(codes[0]["link"], "Ada", ""), olga.page
    (ada.name,) = names_of(place, event)
    start_in_event(ada, ada.name)

    page.get_by_role("link", name="Ask to be let in by Ada").click()
    check(page, "event-help")
    page.get_by_role("button", name="Ask to be let in").click()
    page.get_by_text("JupyterLab asks Ada now.").wait_for()
    with ada.page.context.expect_page() as opened:
        ada.page.get_by_role("button", name="Let them in …").click()
    opened.value.get_by_role("button", name="Invite").click()
    opened.value.get_by_role("heading", name="Invited").wait_for()

    page.goto(f"{place.url}/services/people/events/{event}")
    with page.context.expect_page() as lab:
        page.get_by_role("link", name="Open the server of Ada").click()
    lab.value.get_by_role("button", name="Open it").click()
    lab.value.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    page.get_by_role("link", name="What was done").click()
    page.get_by_role("row", name="offered help in the server of: Ada").wait_for()


def test_of_teams_that_work_in_one_server_one_each_is_started(
    place: Any, olga: Any, guests: Callable[..., Visitor], check: Check
) -> None:
    """The other one of the team has it, and is shown so."""
    event, codes = event_of(place, olga, "together", team_servers=True)
    for number, called in ((0, "Ada"), (1, "Ben"), (2, "Zoe")):
        guests(codes[number]["link"], called, "")
    olga.page.reload()

    olga.page.get_by_role("button", name="Start everyone").click()

    rows = olga.page.get_by_role("region", name="People").get_by_role("row")
    expect(rows.filter(has_text="Zoe")).to_contain_text("server of the team", timeout=60_000)
    expect(rows.filter(has_text="server of the team")).to_have_count(2, timeout=60_000)
    expect(rows.filter(has_text="Team has a server")).to_have_count(1, timeout=60_000)
    check(olga.page, "event-teams-live")
    found = hub(place, "GET", f"/sardonyx/servers?profile=event-{event}")["servers"]
    assert len(found) == 2
    assert all(each["team"] for each in found)


def test_what_is_wrong_with_a_server_stands_in_its_row(
    place: Any, olga: Any, guests: Callable[..., Visitor], check: Check
) -> None:
    """In words, as on the page of a class, and on the line of the team."""
    event, codes = event_of(place, olga, "python", teams=1, team_size=1)
    ada = guests(codes[0]["link"], "Ada", "")
    (ada.name,) = names_of(place, event)
    start_in_event(ada, ada.name)

    ada.begin("import time; time.sleep(2); x = bytearray(3 << 30); x[::4096] = b'x' * len(x[::4096])")

    said = "Something in it, such as a kernel, was ended. It used more than its 1 GB of memory."
    rows = olga.page.get_by_role("region", name="People").get_by_role("row")
    expect(rows.filter(has_text="Ada")).to_contain_text(said, timeout=60_000)
    expect(olga.page.get_by_role("region", name="Teams")).to_contain_text(f"Ada: {said}")
    check(olga.page, "event-problem")
    (row,) = ask(place, token_of(place, olga.name), "GET", f"/api/events/{event}/live").json()["rows"]
    assert (row["state"], row["problem"], row["team"]) == ("running", said, "Team 1")


def test_who_is_there_is_told_before_the_end_and_no_server_has_a_later_one(
    place: Any, olga: Any, guests: Callable[..., Visitor]
) -> None:
    """JupyterLab says it; a lifetime that the profile gives ends with the event."""
    event, codes = event_of(place, olga, "python", teams=1, team_size=1)
    ada, token = guests(codes[0]["link"], "Ada", ""), token_of(place, olga.name)
    (ada.name,) = names_of(place, event)
    start_in_event(ada, ada.name)
    seen = ask(place, token, "GET", f"/api/events/{event}").json()
    (server,) = hub(place, "GET", f"/sardonyx/servers?profile=event-{event}")["servers"]
    left = datetime.fromisoformat(seen["ends"]) - datetime.fromisoformat(server["ends_at"])
    assert timedelta(minutes=-2) < left < timedelta(minutes=1)

    kept = {name: seen[name] for name in ("title", "begins", "profile")}
    ends = datetime.now(UTC) + timedelta(minutes=50)
    changed = ask(place, token, "PUT", f"/api/events/{event}", {**kept, "ends": ends.isoformat()})
    assert changed.status_code == 200, changed.text

    said = f"{seen['title']}: The event is over in 50 minutes, and this server stops then."
    expect(ada.page.get_by_text(said)).to_be_visible(timeout=60_000)


def test_what_cannot_be_done_is_said(place: Any, olga: Any) -> None:
    """In words, over the API and on a page."""
    event, _codes = event_of(place, olga, "python")
    token = token_of(place, olga.name)

    def said(path: str, body: object) -> str:
        answer = ask(place, token, "POST", f"/api/events/{event}/{path}", body)
        assert answer.status_code == 400
        return str(answer.json()["message"])

    assert said("messages", {"text": " "}) == "Write what you want to say, in 1000 characters at most."
    assert said("material", None) == "This event has no material. Name a repository in its settings."
    assert said("start", {"names": ["eve"]}) == "eve is not in this event. Nothing was done."
    assert said("people/eve/help", None) == "eve has no server of this event that runs now."
    olga.page.goto(f"{place.url}/services/people/events/{event}/help/eve")
    olga.page.get_by_text("eve has no server of this event that runs now.").wait_for()


def test_the_pages_say_by_themselves_that_the_event_is_over(
    place: Any, olga: Any, guests: Callable[[str, str, str], Visitor]
) -> None:
    """Also what is beside that which is live: nobody prints cards or starts servers any more. Who comes back to theirs sees it."""
    event, codes = event_of(place, olga, "python")
    ada = guests(codes[0]["link"], "Ada", "")
    expect(ada.page.get_by_role("link", name="Start a server")).to_be_visible()
    step = olga.page.locator(".sx-timeline [aria-current=step]")
    expect(step).to_contain_text("Under way")

    ask(place, token_of(place, olga.name), "POST", f"/api/events/{event}/end")

    expect(step).to_contain_text("Read and copy")
    expect(olga.page.get_by_role("link", name="Print cards")).to_have_count(0)
    expect(olga.page.get_by_role("button", name="Start everyone")).to_have_count(0)
    ada.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(ada.page.get_by_text("The event is over")).to_be_visible()
    expect(ada.page.get_by_role("link", name="Start a server")).to_have_count(0)
