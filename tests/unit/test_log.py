"""What was done, looked back at: on pages, over the API, as a table and on the command line."""

import csv
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from support.people_service import ROOT, parts_in

from sardonyx_hub_config.commands.classes import class_
from sardonyx_services.people.actions import OPERATOR, PART
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.models import ActionRow
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.log import Look
from sardonyx_services.people.web.service import create_app

HEADERS = {"Authorization": "token tia"}
THEN = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def hub(_request: httpx.Request) -> httpx.Response:
    """Answer as the hub does, which knows tia."""
    scopes = ["access:services!service=people"]
    return httpx.Response(200, json={"kind": "user", "name": "tia", "groups": [], "scopes": scopes})


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """An administrator, and two others of whom one is removed, in both kinds of database."""
    store = PeopleStore(people_place)
    store.add_account("tia", "", is_admin=True)
    for name in ("amina", "bob"):
        store.add_account(name, "")
    store.remove("bob")
    yield store
    store.close()


@pytest.fixture
def course(people: PeopleStore) -> str:
    """A class in Paris in which the servers of both were started, and then its hours changed often."""
    made = people.groups.add("class", "Statistics")
    people.classes.change(made, ClassDetails(zone="Europe/Paris"))
    ids = people.names.ever()
    tia, others = next(each for each in ids if ids[each] == "tia"), [each for each in ids if ids[each] != "tia"]
    write(people, made, THEN, tia, "start", *others)
    write(people, made, THEN + timedelta(hours=13), tia, "role", others[0], detail="=1+1")
    for number in range(PART):
        write(people, made, THEN + timedelta(days=1, seconds=number), OPERATOR, "hours", detail=f"{number}")
    return made


def write(people: PeopleStore, group: str, at: datetime, who: str, what: str, *whom: str, detail: str = "") -> None:
    """Write down that something was done at some moment."""
    with people._session() as session:
        for number, each in enumerate(whom or ("",)):
            key = f"{at.timestamp():.0f}{what}{number}"
            then = at.replace(tzinfo=None)
            session.add(ActionRow(id=key, at=then, who=who, what=what, group=group, whom=each, detail=detail))


@pytest.fixture
async def service(
    people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """The service, in which tia asks."""
    app = create_app(parts_in(tmp_path, people, httpx.MockTransport(hub), monkeypatch))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://place{ROOT}", headers=HEADERS) as client:
        yield client


async def test_all_of_it_is_found_a_part_at_a_time(service: httpx.AsyncClient, course: str) -> None:
    """What was done to many at once is one thing, with all their names; also of who was removed."""
    first = (await service.get(f"api/classes/{course}/actions")).json()
    second = (await service.get(f"api/classes/{course}/actions", params={"page": 2})).json()

    assert [each["detail"] for each in first] == [str(number) for number in reversed(range(PART))]
    assert [(each["what"], each["who_name"], sorted(each["people"].values())) for each in second[1:]] == [
        ("start", "tia", ["amina", "bob"])
    ]
    assert (second[0]["people"], second[1]["whom"]) == ({second[0]["whom"]: "amina"}, "")
    assert (await service.get(f"api/classes/{course}/actions", params={"page": 3})).json() == []
    of_place = await service.get("api/operation/actions", params={"page": 2, "name": "amina"})
    assert of_place.json() == []
    assert [each["what"] for each in (await service.get("api/operation/actions?name=bob")).json()] == ["start"]


@pytest.mark.parametrize(
    ("query", "whats"),
    [
        pytest.param({"what": "start"}, ["start"], id="what"),
        pytest.param({"what": "stop"}, [], id="nothing of that"),
        pytest.param({"before": "2026-11-02"}, ["start"], id="before"),
        pytest.param({"after": "2026-11-03", "before": "2026-11-03", "what": "role"}, ["role"], id="midnight in Paris"),
        pytest.param({"after": "2026-11-04"}, [], id="after"),
        pytest.param({"after": "0001-01-01", "before": "9999-12-31", "what": "start"}, ["start"], id="any day"),
    ],
)
async def test_days_and_one_kind_are_looked_for(
    service: httpx.AsyncClient, course: str, query: dict[str, str], whats: list[str]
) -> None:
    """The last day counts, by the clocks of the class; on the page and as a table, too."""
    found = await service.get(f"api/classes/{course}/actions", params=query)
    page = await service.get(f"classes/{course}/log", params={"after": "", "before": "", "what": "", **query})
    table = await service.get(f"classes/{course}/log.csv", params=query)

    assert [each["what"] for each in found.json()] == whats
    assert len(re.findall(r"<td class=\"sx-num\"><time", page.text)) == len(whats)
    assert ("Nothing like that was done." in page.text) == (not whats)
    assert {row["what"] for row in csv.DictReader(table.text.splitlines())} == set(whats)


async def test_days_that_are_none_are_refused(service: httpx.AsyncClient, course: str) -> None:
    """In words."""
    assert (await service.get(f"api/classes/{course}/actions?after=monday")).status_code == 422
    page = await service.get(f"classes/{course}/log?after=monday")
    assert (page.status_code, "“monday” is no day." in page.text) == (400, True)


async def test_the_page_leads_to_the_rest_of_it(service: httpx.AsyncClient, people: PeopleStore, course: str) -> None:
    """With what is looked for; what was done to many is one line, which says to how many, and unfolds."""
    first = (await service.get(f"classes/{course}/log")).text
    second = (await service.get(f"classes/{course}/log?page=2")).text
    four = [people.add_account(name, "").id for name in ("dee", "cem", "eva", "fee")]
    write(people, course, THEN + timedelta(days=2), OPERATOR, "stop", *four)
    write(people, course, THEN + timedelta(days=2), OPERATOR, "open", *four[:2])
    third = (await service.get(f"classes/{course}/log?after=2026-11-04")).text

    assert f'href="{ROOT}classes/{course}/log?page=2"' in first
    assert f'href="{ROOT}classes/{course}/log.csv?"' in first
    assert "stopped the server of: <details><summary>4 people</summary>cem, dee, eva, fee</details>" in third
    assert "opened the server of: cem, dee" in third
    assert "started the server of: amina, bob, removed" in second
    assert f'href="{ROOT}classes/{course}/log?"' in second
    assert f'href="{ROOT}classes/{course}/log?page=3"' not in second
    assert [*re.findall(r'<option value="(\w+)"', third)] == ["hours", "role", "open", "start", "stop"]
    place = (await service.get("operation/log?what=start&name=amina&after=2026-11-02")).text
    assert "after=2026-11-02&amp;what=start&amp;name=amina" in place
    assert "Statistics" in place


async def test_a_table_has_no_formula_and_a_line_for_each_person(service: httpx.AsyncClient, course: str) -> None:
    """Of all that is looked for, and not of one part."""
    rows = [*csv.DictReader((await service.get(f"api/classes/{course}/actions.csv")).text.splitlines())]
    whole = (await service.get("api/operation/actions.csv?what=role&name=amina")).text

    assert len(rows) == PART + 3
    assert rows[-3] == {
        "at": "2026-11-02T23:00:00Z",
        "who": "tia",
        "what": "role",
        "whom": "amina",
        "where": "Statistics",
        **{name: rows[-3][name] for name in ("who_id", "whom_id")},
        "where_id": course,
        "detail": "'=1+1",
    }
    assert {row["whom"] for row in rows[-2:]} == {"amina", "bob"}
    assert [row["detail"] for row in csv.DictReader(whole.splitlines())] == ["'=1+1"]


def test_an_address_says_what_is_looked_for() -> None:
    """And nothing that is as usual; what is looked for anew begins with the latest."""
    look = Look(THEN.date(), None, "start", 3)

    assert look.said() == {"after": THEN.date(), "what": "start"}
    assert look.said(page=4) == {**look.said(), "page": 4}


def test_the_command_reads_all_of_it_too(people_of_a_place: PeopleStore, tmp_path: Path) -> None:
    """By days, by one word, a part at a time, and as a table."""
    (tmp_path / "settings.yaml").write_text(
        "environments: {python: {title: Python, prefix: /usr}}\nprofiles: {python: {title: Python, environment: python}}\n"
    )
    made = people_of_a_place.groups.add("class", "Statistics")
    ids = [people_of_a_place.add_account(name, "").id for name in ("ann", "ben", "cem", "dee")]
    write(people_of_a_place, made, THEN, OPERATOR, "start", *ids)
    write(people_of_a_place, made, THEN + timedelta(days=1), OPERATOR, "stop", *ids[1:3])
    write(people_of_a_place, made, THEN - timedelta(days=1), ids[0], "join", ids[0])
    for number in range(PART):
        write(people_of_a_place, made, THEN + timedelta(days=2, seconds=number), OPERATOR, "hours")

    def run(*words: str) -> list[str]:
        return str(CliRunner().invoke(class_, ["log", made, *words], catch_exceptions=False).output).splitlines()

    first = "2026-11-02 10:00 UTC the operator started the server of: 4 people"
    assert run("--page", "2") == [
        "2026-11-03 10:00 UTC the operator stopped the server of: ben, cem",
        first,
        "2026-11-01 10:00 UTC ann joined by the link",
    ]
    assert run()[PART:] == ["There is more: --page 2"]
    assert run("--after", "2026-11-02", "--before", "2026-11-02") == run("--what", "start") == [first]
    assert run("--after", "2026-11-03", "--before", "2026-11-03", "--csv")[1:] == [
        f'"2026-11-03T10:00:00Z","","","stop","{name}","{person}","Statistics","{made}",""'
        for name, person in zip(("ben", "cem"), ids[1:3], strict=True)
    ]
