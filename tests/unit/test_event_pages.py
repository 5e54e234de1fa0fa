"""What is on the pages of an event: the figures of its large screen, and what the archives have that people take with them."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from jinja2 import Environment, FileSystemLoader
from support.people_service import ROOT, parts_in

from sardonyx_hub_config.services.people import TEMPLATES
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.events.words import EventWords, say_left
from sardonyx_services.people.web.service import create_app
from sardonyx_spawner.language_in_templates import Translation

CLUSTER = "sardonyx"
WITH_FILES = "Your files, your data"
PEOPLE = ("Ada", "Ben", "Cem", "Dan")
SEEN_BY = ("/rows", "/accounts", "/log")
"""Pages of an organiser on which people are called by their names."""
WITHOUT = "files in your home are not in it"


class Event:
    """An event of seven accounts, of which three are in teams of their own and four in one; four people have come in."""

    def __init__(self, people: PeopleStore) -> None:
        self.people, now = people, datetime.now(UTC)
        self.details = EventDetails(
            now - timedelta(hours=1), now + timedelta(hours=2, minutes=45, seconds=59), profile="python"
        )
        self.id = people.events.add("Hackathon", self.details)
        teams = [("Blue", 1), ("Red", 1), ("Kite", 1)]
        people.seats.add(self.id, 4, str, most=9, teams=teams)
        self.names = [people.entries.by_code(str(number), who).name for number, who in enumerate(PEOPLE, start=1)]
        self.servers: list[dict[str, object]] = []

    def runs(self, who: int, state: str, profile: str = "") -> None:
        """Let somebody have a server."""
        nothing = dict.fromkeys(("since", "seen", "memory", "memory_limit"))
        server = {"name": self.names[who], "server": "", "state": state, "profile": profile or f"event-{self.id}"}
        self.servers.append({**server, **nothing, "problem": {}, "invited": []})

    def hub(self, request: httpx.Request) -> httpx.Response:
        """Answer as the hub does; whoever asks is the one whose token it is called after."""
        if request.url.path == "/api/sardonyx/servers":
            return httpx.Response(200, json={"servers": self.servers})
        name = request.headers["Authorization"].removeprefix("token ")
        return httpx.Response(
            200, json={"kind": "user", "name": name, "groups": [], "scopes": ["access:services!service=people"]}
        )


@pytest.fixture
def event(tmp_path: Path) -> Iterator[Event]:
    """An event, which an administrator leads, too."""
    store = PeopleStore(tmp_path / "people.sqlite")
    store.add_account("olga", "", is_admin=True)
    yield Event(store)
    store.close()


@pytest.fixture
def read(event: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """What reads a page of the event: (who, page, name of the installation on its cluster) -> its text, with marks."""

    async def text(who: str, page: str = "", cluster: str = "") -> str:
        parts = parts_in(tmp_path, event.people, httpx.MockTransport(event.hub), monkeypatch, cluster_instance=cluster)
        transport = httpx.ASGITransport(create_app(parts))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://place{ROOT}") as client:
            answer = await client.get(f"events/{event.id}{page}", headers={"Authorization": f"token {who}"})
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    return text


def figures(page: str) -> list[tuple[str, str]]:
    """Return the numbers of the large screen, each with what it says."""
    return [(number, said) for said, number in re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page)]


async def test_the_large_screen_counts_who_is_here_what_runs_and_the_time_left(
    event: Event, read: Callable[..., Any]
) -> None:
    """Servers of the event alone, also one that starts; and neither a name nor a code is on it."""
    event.runs(0, "running")
    event.runs(1, "starting")
    event.runs(2, "failed")
    event.runs(3, "running", "python")

    page = await read("olga", "/wall")

    assert figures(page) == [("4", "of 7 people are in"), ("2", "servers are running"), ("0", "of 3 teams are here")]
    assert "<strong>in 2 hours 45 minutes</strong>" in page
    assert not [name for name in (*event.names, *PEOPLE) if name in page]
    event.servers.clear()
    event.runs(3, "running")
    event.people.entries.by_code("5", "e")
    page = await read("olga", "/wall")
    assert figures(page) == [("5", "of 7 people are in"), ("1", "server is running"), ("1", "of 3 teams are here")]


@pytest.mark.parametrize(
    ("cluster", "there", "missing"),
    [
        pytest.param("", WITH_FILES, WITHOUT, id="one machine"),
        pytest.param(CLUSTER, "before the event ends", WITH_FILES, id="a cluster"),
    ],
)
async def test_people_of_an_event_are_promised_the_files_that_are_in_their_archive(
    event: Event, read: Callable[..., Any], cluster: str, there: str, missing: str
) -> None:
    """Of a cluster's homes none are, which people read while they can still take them."""
    page = await read(event.names[0], cluster=cluster)

    assert "Get all of it" in page
    assert (there in page, missing in page) == (True, False)
    event.people.events.close(event.id, datetime.now(UTC), early=True)
    page = await read(event.names[0], cluster=cluster)
    assert "The event is over" in page
    assert (WITHOUT in page, "before the event ends" in page) == (cluster != "", False)


async def test_people_of_an_event_read_while_it_is_on_when_all_is_deleted(
    event: Event, read: Callable[..., Any]
) -> None:
    """Their account, too, by the clocks of the reader; and how they are called there, as on top of each page."""
    page = await read(event.names[0])

    goes, words = event.details.goes, EventWords()
    said = f'<time datetime="{goes.isoformat()}">{words.moment(goes, event.details.zone)}</time>'
    before, after = "you can read and copy what you have here.", "Then all of it is deleted, and your account with it."
    assert f"Until {said} {before} {after}" in page
    assert "You are called Ada here." in page
    assert '<span class="sx-own-name">Ada</span>' in page
    assert f"Your account: {event.names[0]}" in page
    assert '<span class="sx-own-name">olga</span>' in await read("olga", "/settings")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        pytest.param("  Ada   Lovelace ", "", id="another"),
        pytest.param(" ", "A name has 1 to 80 characters, all of which can be seen.", id="none"),
        pytest.param("x" * 81, "A name has 1 to 80 characters, all of which can be seen.", id="too long"),
    ],
)
async def test_somebody_is_called_otherwise_while_the_event_is_on(
    event: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    """The organisers see it, on their page and on cards, and that it was done; once it is over it stays as it is."""
    parts = parts_in(tmp_path, event.people, httpx.MockTransport(event.hub), monkeypatch)
    transport = httpx.ASGITransport(create_app(parts))
    address, ada = f"events/{event.id}/name", {"Authorization": f"token {event.names[0]}"}
    async with httpx.AsyncClient(transport=transport, base_url=f"http://place{ROOT}") as client:
        answer = await client.post(address, data={"name": name}, headers=ada)
        olga = {"Authorization": "token olga"}
        seen = [unescape((await client.get(f"events/{event.id}{page}", headers=olga)).text) for page in SEEN_BY]
        event.people.events.close(event.id, datetime.now(UTC), early=True)
        over = await client.post(address, data={"name": "Countess"}, headers=ada)

    assert (answer.status_code, fault in unescape(answer.text)) == ((400, True) if fault else (303, True))
    assert all(("Ada Lovelace" in page) is not bool(fault) for page in seen[:2])
    assert ("wants to be called: Ada Lovelace" in " ".join(seen[2].split())) is not bool(fault)
    assert over.status_code == 400
    assert "Names are changed while the event is on." in over.text


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        pytest.param("api/events/{event}/end", {}, id="organiser"),
        pytest.param("api/operation/events", {"do": "end", "groups": [{"id": "{event}", "changed": 0}]}, id="operator"),
    ],
)
async def test_servers_of_an_event_that_is_ended_stop_without_waiting_for_the_next_look(
    event: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, sent: dict[str, object]
) -> None:
    """Whoever ends it, one or many at once."""
    parts = parts_in(tmp_path, event.people, httpx.MockTransport(event.hub), monkeypatch)
    body = json.loads(json.dumps(sent).replace("{event}", event.id))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(parts)), base_url="http://place") as client:
        said = {"headers": {"Authorization": "token olga"}, "json": body}
        answer = await client.post(f"{ROOT}{path.replace('{event}', event.id)}", **said)

    assert answer.is_success, answer.text
    assert event.people.events.details(event.id).closed is not None, answer.text
    assert parts.event_ends.sooner.is_set()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (59, "in less than a minute"),
        (60, "in 1 minute"),
        (3600, "in 1 hour 0 minutes"),
        (90_000, "in 1 day 1 hour"),
    ],
)
def test_how_long_is_left_is_said(seconds: int, said: str) -> None:
    """Never as nothing: it goes on until then."""
    assert say_left(seconds) == said


async def test_the_large_screen_of_an_event_that_is_over_asks_nobody_in(event: Event, read: Callable[..., Any]) -> None:
    """It says until when people take what they have."""
    assert "To join, go to" in await read("olga", "/wall")
    event.people.events.close(event.id, datetime.now(UTC), early=True)

    page = await read("olga", "/wall")

    details = event.people.events.details(event.id)
    assert "The event is over" in page
    assert f"can be read and copied until {EventWords().moment(details.goes, details.zone)}. Then all of it" in page
    assert "To join, go to" not in page
    assert "<svg" not in page.partition("<main")[2]


@pytest.mark.parametrize("engine", ["one machine", "a cluster"])
def test_so_does_the_page_of_ones_own_data(engine: str) -> None:
    """The same archive, of somebody who is in no event."""
    archives_have_homes = engine == "one machine"
    environment = Environment(loader=FileSystemLoader(TEMPLATES), extensions=[Translation], autoescape=True)
    told = {"archives_have_homes": archives_have_homes, "classes_url": ROOT}

    page = environment.get_template("data_copy.html").render(**told)

    assert (WITH_FILES in page, WITHOUT in page) == (archives_have_homes, not archives_have_homes)
    assert f'href="{ROOT}me/copy.zip"' in page
