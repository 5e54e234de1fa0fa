"""What programs of an administrator are told of the whole place, and do in it, as on its pages."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from support.people_service import ROOT, parts_in

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.service import create_app

HEADERS = {"Authorization": "token tia"}
GB = 1 << 30
SEEN = "2026-11-02T10:00:00+00:00"
WORKS: dict[str, object] = {
    "name": "bob",
    "server": "r",
    "state": "running",
    "profile": "python",
    "since": SEEN,
    "seen": None,
    "memory": GB,
    "memory_limit": 4 * GB,
    "problem": {},
    "invited": [],
}
FAILED: dict[str, object] = {
    **WORKS,
    "name": "amina",
    "server": "",
    "state": "failed",
    "memory": None,
    "problem": {"en": "No room."},
}
STORED: dict[str, dict[str, int]] = {}
INVENTORY: dict[str, object] = {}


def hub(request: httpx.Request) -> httpx.Response:
    """Answer as the hub does, where one server runs and one failed, and as the keys service."""
    if request.url.path == "/stored":
        return httpx.Response(200, json=STORED)
    if request.url.path == "/inventory":
        return httpx.Response(200, json=INVENTORY)
    if request.url.path == "/api/sardonyx/servers":
        return httpx.Response(200, json={"servers": [WORKS, FAILED]})
    scopes = ["access:services!service=people"]
    return httpx.Response(200, json={"kind": "user", "name": "tia", "groups": [], "scopes": scopes})


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """An administrator, in both kinds of database."""
    store = PeopleStore(people_place)
    store.add_account("tia", "", is_admin=True)
    yield store
    store.close()


@pytest.fixture
async def service(
    people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """A program that asks the service."""
    transport = httpx.ASGITransport(create_app(parts_in(tmp_path, people, httpx.MockTransport(hub), monkeypatch)))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://place{ROOT}", headers=HEADERS) as client:
        yield client


async def test_a_program_reads_what_the_place_does(
    service: httpx.AsyncClient, people: PeopleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has a problem is first, as on the page; of what is stored, what is nearly full."""
    for title, size in (("Statistics", 8), ("Algebra", 3)):
        monkeypatch.setitem(STORED, f"class/{people.groups.add('class', title)}/", {"bytes": size, "limit": 10})
    found = (await service.get("api/operation")).json()

    assert {key: found[key] for key in ("people", "here", "running", "memory", "problems")} == {
        "people": 1,
        "here": 1,
        "running": 1,
        "memory": GB,
        "problems": 1,
    }
    failed, works = found["servers"]
    assert (failed["name"], failed["state"], failed["problem"]) == ("amina", "failed", "No room.")
    assert works == {
        "name": "bob",
        "server": "r",
        "what": "python",
        "state": "running",
        "since": "2026-11-02T10:00:00Z",
        "seen": None,
        "memory": GB,
        "memory_limit": 4 * GB,
        "problem": "",
    }
    assert found["stored"] == [{"kind": "class", "title": "Statistics", "size": 8, "limit": 10}]


async def test_a_program_reads_who_has_most_also_without_a_limit(
    service: httpx.AsyncClient, people: PeopleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an answer for where nobody says it; the page has the same, with a way to each, and the table all of it."""
    unknown = {"store": None, "is_whole": False, "homes": None}
    assert (await service.get("api/operation/stored")).json() == unknown
    assert "cannot be said now" in (await service.get("operation")).text
    course, tia = people.groups.add("class", "=Statistics"), people.names.ids(["tia"])["tia"]
    places = {
        f"home/{tia}/": {"bytes": 2 * GB, "limit": 4 * GB, "at": SEEN},
        f"class/{course}/": {"bytes": 3 * GB, "limit": None, "at": SEEN},
    }
    for key, value in (("places", places), ("is_whole", False)):
        monkeypatch.setitem(INVENTORY, key, value)

    found = (await service.get("api/operation/stored")).json()

    assert (found["is_whole"], found["homes"]) == (False, None)
    counted = {"counted": "2026-11-02T10:00:00Z", "is_all": True}
    assert found["store"] == [
        {"kind": "class", "id": course, "title": "=Statistics", "size": 3 * GB, "limit": None, **counted},
        {"kind": "home", "id": tia, "title": "tia", "size": 2 * GB, "limit": 4 * GB, **counted},
    ]
    table = (await service.get("api/operation/stored.csv")).text.splitlines()
    assert table == [
        '"where","kind","id","name","bytes","limit","counted"',
        f'"store","class","{course}","\'=Statistics","{3 * GB}","","2026-11-02T10:00:00+00:00"',
        f'"store","home","{tia}","tia","{2 * GB}","{4 * GB}","2026-11-02T10:00:00+00:00"',
    ]
    page = (await service.get("operation")).text
    assert (
        f'<a href="{ROOT}classes/{course}">=Statistics</a></th><td>class</td><td><span class="sx-num">3 GB</span><small'
        in page
    )
    assert f'<a href="{ROOT}operation/people?text=tia">tia</a>' in page
    assert "2 GB of 4 GB" in page
    assert "Some may be missing" in page


async def test_a_program_makes_an_account_and_gets_the_link_for_its_person(
    service: httpx.AsyncClient, people: PeopleStore
) -> None:
    """It says what is wrong with a name, and makes none then."""
    made = await service.post("api/operation/people/accounts", json={"name": "Nils", "is_instructor": True})

    assert made.status_code == 201
    assert made.json()["name"] == "nils"
    assert "/hub/welcome?token=" in made.json()["link"]
    nils = people.by_name("nils")
    assert nils is not None
    assert nils.is_instructor
    for name, fault in (("nils", "“nils”"), ("../x", "A name has the letters a to z")):
        refused = await service.post("api/operation/people/accounts", json={"name": name})
        assert refused.status_code == 400
        assert fault in refused.json()["message"]
    assert len(people.everybody()) == 2


async def test_a_program_gets_links_for_other_passwords(service: httpx.AsyncClient, people: PeopleStore) -> None:
    """For many at once; for none where one of them has no password here."""
    ids = [people.add_account(name, "").id for name in ("ann", "ben")]

    links = (await service.post("api/operation/people/passwords", json={"people": ids})).json()

    assert [each["name"] for each in links] == ["ann", "ben"]
    assert len({each["link"] for each in links}) == 2
    refused = await service.post("api/operation/people/passwords", json={"people": [*ids, "nobody"]})
    assert refused.status_code == 400
    assert refused.json()["message"] == "One of these people has no password here. Nothing was changed."


async def test_a_program_reads_which_lessons_come(service: httpx.AsyncClient, people: PeopleStore) -> None:
    """Five at most, with both moments; none once the class is over."""
    course = people.groups.add("class", "Statistics")
    today = datetime.now(UTC).date()
    people.classes.change(course, ClassDetails(profile="python", zone="UTC"))
    days = [(today + timedelta(days=day)).isoformat() for day in (3, 1, 5, 4, 6, 2)]
    lessons = ", ".join(f"{day} 10:00-11:30" for day in days)

    said = (await service.put(f"api/classes/{course}/hours", json={"lessons": lessons})).json()

    assert said["coming"] == [{"begins": f"{day}T10:00:00Z", "ends": f"{day}T11:30:00Z"} for day in sorted(days)[:5]]
    assert (await service.get(f"api/classes/{course}/hours")).json() == said
    assert (await service.post(f"api/classes/{course}/end")).status_code == 204
    assert (await service.get(f"api/classes/{course}/hours")).json()["coming"] == []


async def test_two_who_change_the_hours_at_once_lose_nothing(service: httpx.AsyncClient, people: PeopleStore) -> None:
    """Who is second reads it, on the page with all that they typed, and may write over it then; so does a program."""
    course = people.groups.add("class", "Statistics")
    page = f"classes/{course}/hours"
    first = (await service.get(page)).text
    await service.put(f"api/classes/{course}/hours", json={"lessons": "mon 10:15-11:45"})
    typed = {
        "_xsrf": value_of(first, "_xsrf"),
        "changed": value_of(first, "changed"),
        "ahead_min": "10",
        "weekly_day": "fri",
        "weekly_begins": "08:00",
        "weekly_ends": "10:00",
    }

    refused = await service.post(page, data=typed)

    assert refused.status_code == 409
    assert "Somebody else has changed this class meanwhile" in refused.text
    assert '<option value="fri" selected>' in refused.text
    assert (await service.get(f"api/classes/{course}/hours")).json()["lessons"] == "mon 10:15-11:45"
    anew = {**typed, "changed": value_of(refused.text, "changed")}
    assert (await service.post(page, data={**anew, "weekly_ends": "07:00"})).status_code == 400
    assert (await service.post(page, data=anew)).status_code == 303
    now = (await service.get(f"api/classes/{course}/hours")).json()
    assert (now["lessons"], now["ahead_min"]) == ("fri 08:00-10:00", 10)

    old = {"lessons": "", "changed": int(typed["changed"])}
    said = await service.put(f"api/classes/{course}/hours", json=old)
    assert (said.status_code, said.json()["message"]) == (
        409,
        "Somebody else has changed this class meanwhile, and nothing of yours was kept.",
    )
    assert (
        await service.put(f"api/classes/{course}/hours", json={**old, "changed": now["changed"]})
    ).status_code == 200


def value_of(page: str, name: str) -> str:
    """Return what a hidden field of a page has."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return found[1]
