"""What programs are told as people are on pages: deadlines, what is stored, a seat in an event, what can be made, hours."""

import json
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.people_service import ROOT, parts_in

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.service import create_app
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile

GB = 1 << 30
UNTIL = datetime(2026, 12, 11, 17, 0, tzinfo=UTC)
LATER = UNTIL + timedelta(days=7)
SIZES = (Allowed("small", "Small", "For a look"), Allowed("large", "Large"))
TEAM: ContextVar[str] = ContextVar("TEAM", default="")
"""Id of the team whose server that of days-2 is."""
PROFILE = Profile(
    "python",
    "Python",
    "With numpy",
    gives=Gives(lifetime_s=8 * 3600, memory=GB, cpu=1),
    options=(Option("size", "Size", choices=SIZES), Option("branch", "Branch", is_asked=False)),
    tools=("vscode",),
    collaboration=True,
)


def hub(request: httpx.Request) -> httpx.Response:
    """Answer as the hub does, which knows everybody by their name as a token, and as the keys service."""
    if request.url.path == "/stored":
        of = json.loads(request.content)["of"]
        return httpx.Response(200, json={of: {"bytes": GB, "limit": 20 * GB}})
    name = request.headers["Authorization"].removeprefix("token ")
    if request.url.path == "/api/sardonyx/servers":
        own = {"name": "days-2", "server": "", "state": "running", "profile": "event", "team": TEAM.get()}
        return httpx.Response(200, json={"servers": [own]})
    scopes = ["access:services!service=people"]
    return httpx.Response(200, json={"kind": "user", "name": name, "groups": [], "scopes": scopes})


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """An administrator, an instructor and two students, in both kinds of database."""
    store = PeopleStore(people_place)
    store.add_account("root", "", is_admin=True)
    for name in ("tia", "amina", "bob"):
        store.add_account(name, "")
    store.set_instructor("tia", is_instructor=True)
    yield store
    store.close()


@pytest.fixture
def ids(people: PeopleStore) -> dict[str, str]:
    """Their ids, by name."""
    return people.names.ids(["root", "tia", "amina", "bob"])


@pytest.fixture
async def service(
    people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """The service."""
    app = create_app(parts_in(tmp_path, people, httpx.MockTransport(hub), monkeypatch, profiles=(PROFILE,)))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://place{ROOT}api/") as client:
        yield client


async def told(service: httpx.AsyncClient, who: str, path: str) -> Any:
    """Return what somebody is told, or the status of a refusal."""
    answer = await service.get(path, headers={"Authorization": f"token {who}"})
    return answer.json() if answer.is_success else answer.status_code


async def test_deadlines_and_what_is_stored_are_told_of_a_class(
    service: httpx.AsyncClient, people: PeopleStore, ids: dict[str, str]
) -> None:
    """Each student their own, and its staff who has more time, what is stored, and whether all servers fit."""
    course = people.groups.add("class", "Statistics")
    people.classes.change(course, ClassDetails(profile="python", hand_in_until=UNTIL))
    for name, role in (("tia", "instructor"), ("amina", "student"), ("bob", "student")):
        people.groups.join(course, ids[name], role)  # type: ignore[arg-type]  # as written here
    people.classes.extend(course, ids["bob"], LATER)

    until = {who: await told(service, who, f"classes/{course}/deadline") for who in ("tia", "amina", "bob")}
    assert until == {
        "tia": {"until": None},
        "amina": {"until": "2026-12-11T17:00:00Z"},
        "bob": {"until": "2026-12-18T17:00:00Z"},
    }
    bob = {"name": "bob", "full_name": "", "until": "2026-12-18T17:00:00Z"}
    assert await told(service, "tia", f"classes/{course}/extensions") == [bob]
    assert await told(service, "tia", f"classes/{course}/stored") == {"size": GB, "limit": 20 * GB}
    assert (await told(service, "tia", f"classes/{course}/hours"))["fit"]
    assert (await told(service, "bob", f"classes/{course}/hours"))["fit"] == []
    for path in ("extensions", "stored"):
        assert await told(service, "bob", f"classes/{course}/{path}") == 403
    people.groups.end(course)
    assert await told(service, "tia", f"classes/{course}/stored") == {"size": None, "limit": None}


async def test_who_takes_part_in_an_event_is_told_their_seat(service: httpx.AsyncClient, people: PeopleStore) -> None:
    """With their team, and whose server that has; organisers are told of each account whether its code lets anybody in."""
    now = datetime.now(UTC)
    details = EventDetails(
        now - timedelta(hours=1), now + timedelta(hours=5), profile="python", team_servers=True, sign_ins=1
    )
    event = people.events.add("Days", details)
    people.seats.add(event, 1, str, most=9, teams=[("Kite", 2)])
    names = [people.entries.by_code(str(number), who).name for number, who in ((1, "Dee"), (2, "Ada"), (3, "Ben"))]
    [team] = people.seats.teams(event)
    TEAM.set(team.id)
    seats = {name: await told(service, name, f"events/{event}/seat") for name in names}

    assert names[0] == "days-1"
    none = {"team": "", "team_title": "", "mates": [], "host": ""}
    kite = {"team": team.id, "team_title": "Kite"}
    assert [*seats.values()] == [
        {"number": 1, "full_name": "Dee", **none},
        {"number": 2, "full_name": "Ada", **kite, "mates": ["Ben"], "host": ""},
        {"number": 3, "full_name": "Ben", **kite, "mates": ["Ada"], "host": "Ada"},
    ]
    assert await told(service, "root", f"events/{event}/seat") == 404
    accounts = await told(service, "root", f"events/{event}/accounts")
    assert [(each["sign_ins"], each["is_used_up"]) for each in accounts] == [(1, True)] * 3
    assert await told(service, "root", f"events/{event}/stored") == {"size": GB, "limit": 20 * GB}
    for number, found in ((2, 200), (4, 404), (0, 200)):
        path = f"events/{event}/cards.pdf?number={number}"
        answer = await service.get(path, headers={"Authorization": "token root"})
        assert answer.status_code == found
        assert answer.content.startswith(b"%PDF") == (found == 200)


async def test_who_may_make_classes_is_told_from_what(service: httpx.AsyncClient) -> None:
    """All that the form asks; who may make none is told that."""
    assert await told(service, "amina", "offers") == {
        "may_make_classes": False,
        "may_make_events": False,
        "profiles": [],
    }
    offers = await told(service, "tia", "offers")
    [profile] = offers["profiles"]
    assert (offers["may_make_classes"], offers["may_make_events"]) == (True, False)
    [question] = profile.pop("questions")
    assert profile == {
        "profile": "python",
        "title": "Python",
        "description": "With numpy",
        "tools": ["vscode"],
        "lifetime_s": 8 * 3600,
        "idle_stop_s": None,
        "collaboration": True,
    }
    assert question["name"] == "size"
    assert question["choices"] == [
        {"value": "small", "title": "Small", "description": "For a look"},
        {"value": "large", "title": "Large", "description": ""},
    ]


async def test_everybodys_hours_are_told_to_administrators(
    service: httpx.AsyncClient, people: PeopleStore, ids: dict[str, str]
) -> None:
    """As in the table."""
    people.hours.add(datetime.now(UTC).date(), {(ids["bob"], "python"): 5400, ("gone", "r"): 60})

    assert await told(service, "root", "operation/hours") == [
        {"name": "bob", "profile": "python", "hours": 1.5},
        {"name": "gone", "profile": "r", "hours": 0.02},
    ]
    assert await told(service, "tia", "operation/hours") == 403
