"""What the service of classes answers to what no page of ours would send: in words, and without taking harm."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.people_service import ROOT, parts_in

from sardonyx_services.people.database import Place
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.event_models import SeatRow
from sardonyx_services.people.models import GroupRow, PersonRow
from sardonyx_services.people.records import EVENT
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.callers import STATE
from sardonyx_services.people.web.configuration import SESSION, EventRules
from sardonyx_services.people.web.kept.keeps import Keep, Keeps
from sardonyx_services.people.web.parts import Parts
from sardonyx_services.people.web.service import create_app

TIA = {"Authorization": "token tia"}
JSON = {"Content-Type": "application/json"}
STORED: ContextVar[int | None] = ContextVar("STORED")
WHOLES: ContextVar[dict[str, int]] = ContextVar("WHOLES")
AWAY = -1
UNREADABLE = "What was sent cannot be read. Load the page again, then try again."


def hub(request: httpx.Request) -> httpx.Response:
    """Answer as the hub does, which knows one token, of tia, and as the keys service, of which all has so much stored."""
    if request.url.path == "/stored":
        of = json.loads(request.content)["of"]
        if STORED.get(None) == AWAY:
            raise httpx.ConnectError("away")
        sizes = {of: STORED.get()} if of else WHOLES.get()
        return httpx.Response(200, json={name: {"bytes": size, "limit": 20 << 30} for name, size in sizes.items()})
    if request.url.path == "/api/sardonyx/servers":
        return httpx.Response(200, json={"servers": []})
    if request.url.path == "/api/oauth2/token":
        return httpx.Response(200, json={"access_token": "tia"})
    if request.headers["Authorization"] != "token tia":
        return httpx.Response(403, json={"message": "no"})
    return httpx.Response(
        200, json={"kind": "user", "name": "tia", "groups": [], "scopes": ["access:services!service=people"]}
    )


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """An instructor, in both kinds of database."""
    store = PeopleStore(people_place)
    store.add_account("tia", "")
    store.set_instructor("tia", is_instructor=True)
    yield store
    store.close()


@pytest.fixture
def parts(people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """What the service is made of."""
    return parts_in(tmp_path, people, httpx.MockTransport(hub), monkeypatch)


@pytest.fixture
async def service(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A browser or program that asks it."""
    app = httpx.ASGITransport(create_app(parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=app, base_url=f"http://place{ROOT}") as client:
        yield client


@pytest.mark.parametrize("headers", [{}, TIA])
@pytest.mark.parametrize("path", ["api/classes", "new"])
async def test_what_is_too_large_is_not_read(service: httpx.AsyncClient, headers: dict[str, str], path: str) -> None:
    """Least of all from somebody whom nobody knows: it would be kept in memory."""
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield b'{"title": "'
        for _block in range(64):
            read += 1 << 20
            yield b"x" * (1 << 20)

    answer = await service.post(path, content=endless(), headers={**headers, **JSON})

    # A page asks first who that is, and reads nothing then.
    assert answer.status_code == (413 if path == "api/classes" else 400 if headers else 401)
    assert read <= 10 << 20, f"{read} bytes were read"


@pytest.mark.parametrize(
    "body",
    [b'{"title": "x", "answers": {"\\ud800": "a"}, "profile": "python"}', b"[" * 100_000, b"\xff"],
    ids=["half a sign", "too deep", "no text"],
)
async def test_what_is_no_json_is_said(service: httpx.AsyncClient, body: bytes) -> None:
    """And not that there was nothing at the address."""
    answer = await service.post("api/classes", content=body, headers={**TIA, **JSON})
    assert (answer.status_code, answer.json()["message"]) == (400, UNREADABLE)


async def test_what_a_table_cannot_keep_is_said(service: httpx.AsyncClient) -> None:
    """PostgreSQL takes no zeros, and no more than fits."""
    for path, body in (
        ("api/classes", {"title": "x", "description": "a\0b"}),
        ("api/join", {"code": "a\0b"}),
        ("api/classes", {"title": "x", "repositories": [{"url": "https://e.org/a", "branch": "\0"}]}),
    ):
        answer = await service.post(path, json=body, headers=TIA)
        assert answer.status_code in {201, 400, 404}, answer.text
    assert (await service.get("api/classes/%00", headers=TIA)).status_code in {400, 404}
    assert (await service.delete("api/classes/x/people/%00", headers=TIA)).status_code in {400, 404}


async def test_repositories_go_over_the_api_as_they_are(service: httpx.AsyncClient) -> None:
    """All that is said of each; what is wrong is said with its number, and what is no repository at all is not understood."""
    usual: dict[str, Any] = {"branch": "", "commit": "", "folder": "", "depth": None}
    said: list[dict[str, Any]] = [
        {"url": "https://e.org/a", "branch": "v1"},
        {"url": "https://e.org/b", "folder": "lib/b", "depth": 1},
    ]
    made = (await service.post("api/classes", json={"title": "x", "repositories": said}, headers=TIA)).json()["id"]

    assert (await service.get(f"api/classes/{made}", headers=TIA)).json()["repositories"] == [
        usual | each for each in said
    ]
    wrong = [said[0], {"url": "https://e.org/b", "folder": "a/b"}]
    answer = await service.patch(f"api/classes/{made}", json={"repositories": wrong}, headers=TIA)
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "Repository 2: Its place in the home, “a/b”, is that of another one. Give it a folder of its own.",
    )
    for each in ({"url": "https://e.org/a", "depth": "much"}, {"url": "https://e.org/a", "tag": "v1"}, "https://e.org"):
        answer = await service.patch(f"api/classes/{made}", json={"repositories": [each]}, headers=TIA)
        assert answer.status_code == 422
        assert "repositories.0" in answer.json()["message"]
    assert (await service.patch(f"api/classes/{made}", json={"title": "y"}, headers=TIA)).json()["repositories"] == [
        usual | each for each in said
    ]


async def test_a_token_that_is_none_is_nobodys(service: httpx.AsyncClient) -> None:
    """It is not the hub that is away."""
    answer = await service.get("api/classes", headers=[(b"Authorization", b"token \xe9")])
    assert answer.status_code == 401


async def test_a_fault_of_ours_is_said_in_words(
    service: httpx.AsyncClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a page and for programs; the log has the rest."""

    def fails(*_args: Any) -> None:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr(parts.desk, "mine", fails)
    said = "Something went wrong here, and was written down. Try again."

    answer = await service.get("api/classes", headers=TIA)
    assert (answer.status_code, answer.json()) == (500, {"message": said})
    page = await service.get("", headers=TIA)
    assert page.status_code == 500
    assert said in page.text
    assert "secret" not in page.text


async def test_a_new_class_begins_at_its_beginning(service: httpx.AsyncClient, people: PeopleStore) -> None:
    """Whatever somebody says of how often it was changed: a class that nobody leads would be left."""
    assert (await service.post("api/classes", json={"title": "x", "changed": 5}, headers=TIA)).status_code == 201
    assert [len(people.groups.members(group.id)) for group in people.groups.all("class")] == [1]


async def test_two_pages_that_are_opened_at_once_both_come_back(service: httpx.AsyncClient) -> None:
    """As a browser does that opens the windows of yesterday: each sign-in is one of its own."""
    begun = [await service.get(path) for path in ("new", "")]
    assert len({name for name in service.cookies if name.startswith(STATE)}) == 2

    for answer, path in zip(begun, ("new", ""), strict=True):
        state = httpx.URL(answer.headers["Location"]).params["state"]
        back = await service.get("oauth_callback", params={"state": state, "code": "c"})
        assert (back.status_code, back.headers["Location"]) == (303, f"{ROOT}{path}")
    assert list(service.cookies) == [SESSION]


async def test_nothing_for_programs_is_shown_in_a_window(service: httpx.AsyncClient) -> None:
    """A page in somebody's server could look into it, as it cannot into a page."""
    begun = await service.get("new")
    await service.get(
        "oauth_callback", params={"state": httpx.URL(begun.headers["Location"]).params["state"], "code": "c"}
    )
    shown = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}

    assert (await service.get("api/classes", headers=shown)).status_code == 403
    assert (await service.get("api/classes")).status_code == 403
    page = await service.get("", headers=shown)
    assert page.status_code == 200
    assert page.headers["Cross-Origin-Opener-Policy"] == "noopener-allow-popups"
    sign = page.text.partition('name="_xsrf" value="')[2].partition('"')[0]
    assert (await service.get("api/classes", headers={"X-XSRFToken": sign})).status_code == 200


async def test_who_was_removed_is_not_sent_around_in_circles(service: httpx.AsyncClient, people: PeopleStore) -> None:
    """From here to the hub, which may know them still, and back."""
    people.remove("tia")
    page = await service.get("", headers=TIA)
    assert page.status_code == 401
    assert "You are not signed in here, or not any more." in page.text


KEEPS = [
    pytest.param(Keep("home/id/kept/S (x)/", goes_on=False), "Nothing was copied yet", id="not-begun"),
    pytest.param(Keep("f/"), "It is being looked what there is.", id="waits"),
    pytest.param(Keep("f/", total=40, copied=12), "12 of 40 files are copied. You can leave this page", id="goes-on"),
    pytest.param(Keep("f/", total=1), "0 of 1 file is copied. You can leave this page", id="goes-on-with-one"),
    pytest.param(
        Keep("f/", total=2, copied=1, there=3, goes_on=False),
        "1 file is copied. 3 were there already.",
        id="is-through",
    ),
    pytest.param(
        Keep("f/", total=2, copied=1, fault="Away.", goes_on=False),
        "1 of 2 files are copied. Away. What is copied stays; copy it once more, and the rest follows.",
        id="was-cut-short",
    ),
    pytest.param(
        Keep("f/", total=1, refused={"shared/<b>.txt": "Gone."}, goes_on=False),
        "<code>shared/&lt;b&gt;.txt</code> Gone.",
        id="some-is-refused",
    ),
]


@pytest.mark.parametrize(("keep", "said"), KEEPS)
async def test_the_page_says_how_far_keeping_is(
    service: httpx.AsyncClient, people: PeopleStore, monkeypatch: pytest.MonkeyPatch, keep: Keep, said: str
) -> None:
    """Live while it goes on, and what failed."""
    made = people.groups.add("class", "Statistics")
    tia = people.by_name("tia")
    assert tia is not None
    people.groups.join(made, tia.id, "instructor")
    monkeypatch.setattr(Keeps, "of", lambda *_asked: keep)

    for path in ("keep", "hand-ins/keep"):
        answer = await service.get(f"classes/{made}/{path}", headers=TIA)
        text = " ".join(answer.text.split())
        assert answer.status_code == 200
        assert said in re.sub(r"</?(div|strong|span|p)[^>]*>", "", text)
        assert ("data-live=" in text) == keep.goes_on
        assert (f'action="{ROOT}classes/{made}/{path}"' in text) == (not keep.goes_on)
        told = await service.get(f"api/classes/{made}/{path}", headers=TIA)
        assert told.json()["copied"] == keep.copied


async def test_keeping_is_begun_once_and_its_end_is_told(service: httpx.AsyncClient, people: PeopleStore) -> None:
    """Here there is no store, which is said."""
    made = people.groups.add("class", "Statistics")
    tia = people.by_name("tia")
    assert tia is not None
    people.groups.join(made, tia.id, "instructor")

    answer = await service.post(f"api/classes/{made}/keep", headers=TIA)
    assert (answer.status_code, answer.json()["folder"]) == (202, f"home/{tia.id}/kept/Statistics ({made})/")

    async with asyncio.timeout(20):
        while (told := await service.get(f"api/classes/{made}/keep", headers=TIA)).json()["goes_on"]:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.05)
    assert told.json()["fault"] == "The data store does not answer now. Nothing of it is lost; try again in a minute."


@pytest.mark.parametrize(("who", "status"), [("lasting", 202), ("temporary", 403), ("without-team", 400)])
async def test_what_is_of_a_team_is_kept_by_whose_account_lasts(
    service: httpx.AsyncClient, people: PeopleStore, who: str, status: int
) -> None:
    """Others have no data that is there after the event: they are shown no button, and refused all the same."""
    now, tia = datetime.now(UTC), people.by_name("tia")
    assert tia is not None
    details = EventDetails(begins=now - timedelta(hours=1), ends=now + timedelta(hours=1), profile="python")
    event = people.events.add("Hackathon", details)
    people.seats.add(event, 1, lambda number: f"{event}-{number}", most=9, teams=[("Blue", 1)])
    of_team = next(each.number for each in people.seats.of(event) if bool(each.team) == (who != "without-team"))
    people.groups.join(event, tia.id, "participant")
    with people._session() as session:
        session.get_one(SeatRow, (event, of_team)).person = tia.id
        if who == "temporary":
            session.get_one(PersonRow, tia.id).provider = EVENT

    page = await service.get(f"events/{event}", headers=TIA)
    begun = await service.post(f"api/events/{event}/keep", headers=TIA)

    assert page.status_code == 200
    assert ("Copy what your team has into your data" in page.text) == (who == "lasting")
    assert begun.status_code == status, begun.text
    shown = await service.get(f"events/{event}/keep", headers=TIA)
    assert (f"home/{tia.id}/kept/Hackathon ({event})/" in shown.text) == (who == "lasting")


@pytest.mark.parametrize(
    ("size", "said", "is_full"),
    [
        pytest.param(16 << 29, "Stored: 8 GB of 20 GB.", False, id="with room"),
        pytest.param(20 << 30, "Stored: 20 GB of 20 GB.", True, id="full"),
        pytest.param(None, "Stored: 20 GB at most, and not counted yet.", False, id="not counted yet"),
    ],
)
async def test_how_much_is_stored_is_said_to_who_leads_a_class_or_an_event(
    service: httpx.AsyncClient,
    people: PeopleStore,
    size: int | None,
    said: str,
    is_full: bool,  # noqa: FBT001 - of the list
) -> None:
    """And what it means that it is full; not to those who only take part."""
    STORED.set(size)
    now, tia = datetime.now(UTC), people.by_name("tia")
    assert tia is not None
    details = EventDetails(begins=now - timedelta(hours=1), ends=now + timedelta(hours=1), profile="python")
    course, event = people.groups.add("class", "Statistics"), people.events.add("Hackathon", details)
    pages = {
        f"classes/{course}": "Nothing is handed in or shared until something is deleted there",
        f"events/{event}": "No team and no account writes until one of them deletes something",
        f"events/{event}/live": "No team and no account writes until one of them deletes something",
    }

    people.groups.join(course, tia.id, "instructor")
    people.groups.join(event, tia.id, "organiser")
    for path, full in pages.items():
        text = (await service.get(path, headers=TIA)).text
        assert (said in text, full in text) == (True, is_full), text
    people.groups.join(course, tia.id, "student")
    people.groups.join(event, tia.id, "participant")
    for path in pages:
        assert "Stored:" not in (await service.get(path, headers=TIA)).text


async def test_operation_shows_what_is_nearly_full(service: httpx.AsyncClient, people: PeopleStore) -> None:
    """With figures, and a way there."""
    course = people.groups.add("class", "Statistics")
    people.set_admin("tia", is_admin=True)
    WHOLES.set({f"class/{course}/": 18 << 30, "home/d6my4m4v5pjzf9ru/": 20 << 30})

    text = " ".join((await service.get("operation", headers=TIA)).text.split())

    assert f'<a href="{ROOT}classes/{course}">Statistics</a></th><td>class</td>' in text
    assert "18 GB of 20 GB" in text
    assert "20 GB of 20 GB" not in text


async def test_a_page_is_there_while_nobody_says_how_much_is_stored(
    service: httpx.AsyncClient, people: PeopleStore
) -> None:
    """Without the figure; administrators read that it is missing."""
    STORED.set(AWAY)
    tia = people.by_name("tia")
    assert tia is not None
    course = people.groups.add("class", "Statistics")
    people.groups.join(course, tia.id, "instructor")
    people.set_admin("tia", is_admin=True)

    shown = await service.get(f"classes/{course}", headers=TIA)
    assert (shown.status_code, "Stored:" in shown.text) == (200, False)
    place = await service.get("operation", headers=TIA)
    assert "How much is stored cannot be said now." in place.text


def hackathon() -> dict[str, Any]:
    """Return the wish for an event that is on."""
    now = datetime.now(UTC)
    return {
        "title": "Hackathon",
        "begins": (now - timedelta(hours=1)).isoformat(),
        "ends": (now + timedelta(hours=1)).isoformat(),
        "profile": "python",
    }


async def test_how_often_codes_let_in_is_asked_said_and_refused(
    service: httpx.AsyncClient, people: PeopleStore
) -> None:
    """In the form and over the API, with the same word; at the desk it is seen whose code is used up."""
    people.set_organiser("tia", is_organiser=True)
    wish = hackathon()
    usual = await service.post("api/events", headers=TIA, json={**wish, "accounts": 1})
    event = (await service.post("api/events", headers=TIA, json={**wish, "accounts": 2, "sign_ins": 1})).json()
    assert (usual.json()["sign_ins"], event["sign_ins"]) == (30, 1)
    with people._session() as session:
        code_hash = session.get_one(SeatRow, (event["id"], 2)).code_hash
    people.entries.by_code(code_hash, "Ada")

    settings = (await service.get(f"events/{event['id']}/settings", headers=TIA)).text
    accounts = (await service.get(f"events/{event['id']}/accounts", headers=TIA)).text
    refused = await service.put(f"api/events/{event['id']}", headers=TIA, json={**wish, "sign_ins": 31})

    assert re.search(r'name="sign_ins"[^>]* value="1"|value="1"[^>]* name="sign_ins"', settings)
    assert "30 times at most here." in settings
    assert accounts.count("code used up") == 1
    assert [
        each["sign_ins"] for each in (await service.get(f"api/events/{event['id']}/accounts", headers=TIA)).json()
    ] == [0, 1]
    assert (refused.status_code, refused.json()["message"]) == (
        400,
        "A code lets people in at least once, and 30 times at most here.",
    )


@pytest.mark.parametrize("most", [10 << 30, None], ids=["limited", "as much as there is room"])
async def test_how_much_an_event_may_store_is_asked_where_that_is_limited(
    people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int | None
) -> None:
    """In the form, with the most that it can be, and over the API with the same word."""
    people.set_organiser("tia", is_organiser=True)
    parts = parts_in(tmp_path, people, httpx.MockTransport(hub), monkeypatch, EventRules(most_storage=most))
    app = httpx.ASGITransport(create_app(parts), raise_app_exceptions=False)
    wish = {**hackathon(), "accounts": 1, "storage": "2G"}
    async with httpx.AsyncClient(transport=app, base_url=f"http://place{ROOT}") as client:
        new = (await client.get("events/new", headers=TIA)).text
        made = await client.post("api/events", headers=TIA, json=wish)
        event = made.json().get("id", "")
        settings = (await client.get(f"events/{event}/settings", headers=TIA)).text if event else ""

    assert ("such as 20G; 10 GB at most here." in new) == ("Room in the data store" in new) == (most is not None)
    if most is None:
        said = (
            "What events have in the data store is not limited here. Say nothing, or ask the people who run this place."
        )
        assert (made.status_code, made.json()["message"]) == (400, said)
    else:
        assert (made.status_code, made.json()["storage"]) == (201, "2G")
        assert re.search(r'name="storage"[^>]* value="2G"|value="2G"[^>]* name="storage"', settings)


async def test_copies_to_its_people_are_stopped_and_followed_on_the_timeline(
    service: httpx.AsyncClient, people: PeopleStore
) -> None:
    """By a button or over the API, also after the end; it says who has not got theirs, and why."""
    made = (await service.post("api/classes", json={"title": "x"}, headers=TIA)).json()["id"]
    at = f"classes/{made}/timeline"
    stop, go_on = "Copy nothing to the people of the class", "Copy to the people of the class what they handed in"
    assert stop in (await service.get(at, headers=TIA)).text

    await service.post(at, data={"do": "no-copy"}, headers=TIA)
    page = (await service.get(at, headers=TIA)).text
    assert go_on in page
    assert "What was handed in is copied" not in page
    assert not (await service.get(f"api/classes/{made}", headers=TIA)).json()["exporting"]
    people.groups.end(made)
    answer = await service.put(f"api/classes/{made}/after-end", json={"exporting": True}, headers=TIA)
    assert answer.status_code == 204
    tia, now = people.by_name("tia"), datetime.now(UTC)
    assert tia is not None
    people.class_exports.begin(made, [tia.id], now)
    people.class_exports.note(made, tia.id, "full", now)

    page = (await service.get(at, headers=TIA)).text
    for said in (
        "0 of 1 person has it.",
        "Their place in the data store is full: tia.",
        "Nothing is deleted until all have it, or until",
    ):
        assert said in page
    steps = (await service.get(f"api/classes/{made}/timeline", headers=TIA)).json()
    assert [each["step"] for each in steps] == ["made", "closed", "export", "delete"]
    assert [each.what for each in people.actions.of(made)][:2] == ["copies-on", "copies-off"]


@pytest.mark.parametrize(
    ("ago", "is_copied", "matters"),
    [
        pytest.param(timedelta(days=7), False, True, id="it is tried still"),
        pytest.param(timedelta(days=7), True, False, id="all have it"),
        pytest.param(timedelta(days=9), False, False, id="it was given up"),
    ],
)
async def test_copies_are_stopped_and_begun_only_while_that_does_something(
    service: httpx.AsyncClient, people: PeopleStore, ago: timedelta, *, is_copied: bool, matters: bool
) -> None:
    """After the end of a class."""
    made = (await service.post("api/classes", json={"title": "x"}, headers=TIA)).json()["id"]
    ended, tia = datetime.now(UTC) - ago, people.by_name("tia")
    assert tia is not None
    people.groups.end(made)
    with people._session() as session:
        group = session.get(GroupRow, made)
        assert group is not None
        group.ended = ended.replace(tzinfo=None)
    if is_copied:
        people.class_exports.begin(made, [tia.id], ended)
        people.class_exports.note(made, tia.id, "", ended)
        people.class_exports.finish(made, ended)

    page = (await service.get(f"classes/{made}/timeline", headers=TIA)).text

    assert "The end of this class" in page
    assert ('value="no-copy"' in page) is matters
    assert 'value="copy"' not in page
