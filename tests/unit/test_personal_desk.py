"""What is known of one person, taken and forgotten by an administrator: on pages, and by programs."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from support.people_service import ROOT, parts_in, quiet_hub

from sardonyx_services.credentials.audit import AuditLog, Issued
from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.kept.exports import Exports
from sardonyx_services.people.web.pages import as_file
from sardonyx_services.people.web.service import create_app

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
PROGRAM = {"Authorization": "token tia"}


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """An administrator, and Amina, who leads a class; in both kinds of database."""
    store = PeopleStore(people_place)
    store.add_account("tia", "", is_admin=True)
    amina = store.signed_in("university", "1", "amina", full_name="Amina B.", mail="amina@example.org").id
    store.groups.join(store.groups.add("class", "Statistics"), amina, "instructor")
    yield store
    store.close()


@pytest.fixture
def amina(people: PeopleStore) -> str:
    """Her id."""
    return people.names.ids(["amina"])["amina"]


@pytest.fixture
async def service(
    people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """A program or a browser of the administrator."""
    transport = httpx.ASGITransport(create_app(parts_in(tmp_path, people, httpx.MockTransport(quiet_hub), monkeypatch)))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://place{ROOT}", headers=PROGRAM) as client:
        yield client


def gave_keys(folder: Path, *people: str) -> None:
    """Write down that people were given keys."""
    audit = AuditLog(folder / "credentials.jsonl")
    for person in people:
        audit.write(Issued(NOW, "s3", person, "x", "", f"{person}-r", (f"home/{person}/:rw",), NOW))
    audit.close()


async def written_out(service: httpx.AsyncClient, person: str) -> dict[str, object]:
    """Wait until it is; return its state."""
    async with asyncio.timeout(10):
        while (state := (await service.get(f"api/operation/people/{person}/export")).json())["goes_on"]:  # noqa: ASYNC110 - as programs do
            await asyncio.sleep(0.01)
    return dict(state)


async def test_what_is_known_is_written_out_in_the_background_and_fetched(
    service: httpx.AsyncClient, people: PeopleStore, amina: str, tmp_path: Path
) -> None:
    """With the keys that they were given and nobody else's; whoever took it is written down."""
    gave_keys(tmp_path, amina, "zzzzzzzz")
    address = f"operation/people/{amina}/export"
    assert (await service.get(f"api/{address}.json")).status_code == 400
    assert "Write it out</button>" in (await service.get(address)).text

    begun = await service.post(f"api/{address}")

    assert (begun.status_code, begun.json()["goes_on"]) == (202, True)
    state = await written_out(service, amina)
    assert (state["is_there"], state["fault"]) == (True, "")
    known = (await service.get(f"api/{address}.json")).json()
    assert (known["mail"], known["memberships"][0]["title"]) == ("amina@example.org", "Statistics")
    assert [each["person"] for each in known["credentials"]] == [amina]
    page = (await service.get(address)).text
    assert f'href="{ROOT}{address}.json" download>Get it</a>' in page
    fetched = await service.get(f"{address}.json")
    assert (fetched.json(), fetched.headers["content-disposition"]) == (
        known,
        as_file("amina.json")["Content-Disposition"],
    )
    tia = people.names.ids(["tia"])["tia"]
    assert [(each.who, each.what, each.whom) for each in people.actions.latest([amina])] == [(tia, "export", amina)]


async def test_it_is_forgotten_after_a_while_and_a_fault_is_said(
    people: PeopleStore, amina: str, tmp_path: Path
) -> None:
    """Nobody else has it; a log that cannot be read is none that is empty."""
    exports = Exports(people, tmp_path / "credentials.jsonl", kept_s=0.2)
    export = exports.start("tia", amina)
    assert exports.start("tia", amina) is export
    async with asyncio.timeout(10):
        while export.goes_on:  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0.01)
        assert json.loads(export.content)["name"] == "amina"
        assert exports.of("tia", amina) is export
        assert not exports.of("bob", amina).content
        while exports.of("tia", amina) is export:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
        assert not exports.of("tia", amina).content

        (tmp_path / "credentials.jsonl").mkdir()
        refused = exports.start("tia", amina)
        while refused.goes_on:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
    assert (refused.content, refused.fault[:20]) == ("", "Something went wrong")
    await exports.close()


async def test_somebody_is_erased_when_their_name_is_typed_and_comes_back_within_the_day(
    service: httpx.AsyncClient, people: PeopleStore, amina: str
) -> None:
    """It is asked first, with what goes, what stays and what nobody leads then; and written down."""
    address = f"operation/people/{amina}/erase"
    asked = await service.post("operation/people", data={"do": "erase", "who": amina})
    assert (asked.status_code, asked.headers["location"]) == (303, f"{ROOT}{address}")
    page = (await service.get(address)).text
    said = ("What is deleted", "What stays", "Without them, nobody leads these", "Statistics", "<strong>amina</strong>")
    assert [each for each in said if each not in page] == []
    wrong = await service.post(address, data={"name": "bob"})
    assert (wrong.status_code, people.by_name("amina") is not None) == (400, True)
    assert "This is not the name of this person: “amina”." in wrong.text

    assert (await service.post(address, data={"name": " amina "})).status_code == 303

    assert people.by_name("amina") is None
    state = (await service.get(f"api/operation/people/{amina}/erasure")).json()
    begins = datetime.fromisoformat(state["begins"]) - datetime.now(UTC)
    assert state["state"] == "wanted"
    assert timedelta(hours=23) < begins <= timedelta(days=1)
    assert "until then nothing is lost" in (await service.get(address)).text
    listed = (await service.get("operation/people?show=removed")).text
    assert f'name="who" value="{amina}"' in listed
    assert [each.what for each in people.actions.latest([amina])] == ["erase-wish"]
    assert (await service.post("operation/people", data={"do": "readmit", "who": amina})).status_code == 303
    assert people.by_name("amina") is not None
    assert (await service.get(f"api/operation/people/{amina}/erasure")).json() == {"state": "", "begins": None}


async def test_nobody_erases_themself_the_last_administrator_or_an_account_of_an_event(
    service: httpx.AsyncClient, people: PeopleStore, amina: str
) -> None:
    """Also where two administrators erase each other; one page is for one person."""
    people.set_admin("amina", is_admin=True)
    ids = people.names.ids(["tia", "amina"])
    now = datetime.now(UTC)
    event = people.events.add("Day", EventDetails(begins=now - timedelta(hours=1), ends=now + timedelta(hours=1)))
    people.seats.add(event, 1, str, most=9, teams=[])
    seat = people.entries.by_code("1", "Ada").name
    ids |= people.names.ids([seat])

    async def refused(person: str, name: str, token: str = "tia") -> str:
        answer = await service.post(
            f"api/operation/people/{person}/erasure", json={"name": name}, headers={"Authorization": f"token {token}"}
        )
        return str(answer.json().get("message", ""))

    assert await refused(ids["tia"], "tia") == "You cannot erase yourself. Another administrator can."
    assert "it is erased with the event" in await refused(ids[seat], seat)
    assert await refused("zzzzzzzz", "x") == "This person is not known here any more."
    assert await refused(amina, "amina") == ""
    assert await refused(ids["tia"], "tia", "amina") != ""
    assert await refused(amina, "amina") == f"{amina} is being erased already."
    with pytest.raises(PeopleError, match="“tia” is the only administrator here. Make somebody else one before."):
        people.erasure.want("tia")
    several = await service.post("operation/people", data={"do": "erase", "who": [amina, ids["tia"]]})
    assert (several.status_code, "Tick one person for that." in several.text) == (400, True)
