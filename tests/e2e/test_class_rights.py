"""Who may do what with a class: every route of the service, pages and API, for everybody who could ask."""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from support import web
from support.classes import CONF, ONE_PROFILE, id_of, people_of, token_of, tokens_of_servers
from support.event_codes import NO_ENTRY, Codes
from support.people_service import routes_of_the_service
from support.served import is_of_events
from support.stack import Stack

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.courses import Opened
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import Role
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.repository import Material

Level = Literal["all", "everybody", "maker", "member", "staff", "instructor", "operator", "reader", "teacher"]
ALL: Level = "all"
"""Whoever asks, also who has not signed in."""
ANYBODY: Level = "everybody"
MAKER: Level = "maker"
MEMBER: Level = "member"
STAFF: Level = "staff"
INSTRUCTOR: Level = "instructor"
OPERATOR: Level = "operator"
READER: Level = "reader"
"""Of the staff; an administrator reads nobody's work by being one."""
TEACHER: Level = "teacher"
"""To whom a course of a learning platform is offered: the instructor."""
SEATS: dict[str, Role | None] = {
    "student": "student",
    "guest": "guest",
    "assistant": "assistant",
    "instructor": "instructor",
    "student-of-another": None,
    "instructor-of-another": None,
    "organiser": None,
    "participant": None,
    "participant-after-end": None,
    "operator": None,
}
"""Who asks -> what they are in the class."""
NO_TOKEN = ("anonymous", "server", "stopped-server", "removed")
"""Who asks without a token that is good for this."""
EXPIRED = "expired-code"
"""Who has typed the code of an event that is over, with all that their browser keeps then."""
COMMANDS = "commands"
"""Whoever types commands on the machine itself; their token is for classes and events, and for nothing of somebody's own."""
JOINS = {("POST", "/api/join"), ("POST", "/join/{code}")}
OTHER = {"student-of-another": "student", "instructor-of-another": "instructor"}


@dataclass(frozen=True)
class Call:
    """How a route is called so that it does what it is for.

    Args:
        level: what somebody has to be.
        found: status of the answer to who may.
        body: JSON of the API; `form`: fields of a page.
        is_page: a browser shows the answer, so somebody who has not signed in is led there.
    """

    level: Level
    found: int = 200
    body: Any = None
    form: dict[str, str] | None = None
    is_page: bool = False


def page(level: Level, found: int = 200) -> Call:
    """Return how a page is called."""
    return Call(level, found, is_page=True)


CALLS: dict[tuple[str, str], Call] = {
    ("GET", "/health"): Call(ALL),
    ("GET", "/oauth_callback"): Call(ALL, 401),
    ("GET", "/api/openapi.json"): Call(ALL),
    ("HEAD", "/api/openapi.json"): Call(ALL),
    ("GET", "/api/classes"): Call(ANYBODY),
    ("POST", "/api/classes"): Call(MAKER, 201, {"title": "Another"}),
    ("GET", "/api/classes/{class_id}"): Call(MEMBER),
    ("PATCH", "/api/classes/{class_id}"): Call(INSTRUCTOR, 200, {"description": "Mondays"}),
    ("POST", "/api/classes/{class_id}/end"): Call(INSTRUCTOR, 204),
    ("GET", "/api/classes/{class_id}/people"): Call(STAFF),
    ("PUT", "/api/classes/{class_id}/people/{name}"): Call(INSTRUCTOR, 204, {"role": "guest"}),
    ("DELETE", "/api/classes/{class_id}/people/{name}"): Call(INSTRUCTOR, 204),
    ("GET", "/api/classes/{class_id}/invitations"): Call(STAFF),
    # Who is known here is not invited, as somebody who may reads.
    ("PUT", "/api/classes/{class_id}/invitations/{name}"): Call(INSTRUCTOR, 400, {"role": "guest"}),
    ("DELETE", "/api/classes/{class_id}/invitations/{name}"): Call(INSTRUCTOR, 204),
    ("PUT", "/api/classes/{class_id}/people/{name}/extension"): Call(STAFF, 204, {"until": None}),
    ("POST", "/api/classes/{class_id}/roster"): Call(INSTRUCTOR, 200, "name\nnewcomer\n"),
    ("POST", "/api/classes/{class_id}/links"): Call(OPERATOR),
    ("GET", "/api/classes/{class_id}/link"): Call(STAFF),
    ("PUT", "/api/classes/{class_id}/link"): Call(INSTRUCTOR, 200, {"joining": True}),
    ("POST", "/api/join"): Call(ANYBODY, 200, {"code": "{code}"}),
    ("GET", "/api/classes/{class_id}/live"): Call(STAFF),
    ("POST", "/api/classes/{class_id}/start"): Call(STAFF, 202, {"names": []}),
    ("POST", "/api/classes/{class_id}/stop"): Call(STAFF, 202, {"names": []}),
    ("POST", "/api/classes/{class_id}/messages"): Call(STAFF, 202, {"text": "Hello"}),
    ("POST", "/api/classes/{class_id}/material"): Call(STAFF, 202),
    ("GET", "/api/classes/{class_id}/actions"): Call(STAFF),
    ("GET", "/api/classes/{class_id}/actions.csv"): Call(STAFF),
    ("GET", "/api/classes/{class_id}/hand-ins"): Call(READER),
    ("GET", "/api/classes/{class_id}/hand-ins.zip"): Call(READER),
    ("POST", "/api/classes/{class_id}/people/{name}/help"): Call(STAFF, 400),
    ("POST", "/api/classes/{class_id}/people/{name}/put-back"): Call(STAFF, 400, {"path": "task.ipynb"}),
    ("GET", "/api/classes/{class_id}/timeline"): Call(MEMBER),
    ("GET", "/api/classes/{class_id}/hours"): Call(MEMBER),
    ("GET", "/api/classes/{class_id}/stored"): Call(STAFF),
    ("GET", "/api/classes/{class_id}/deadline"): Call(MEMBER),
    ("GET", "/api/classes/{class_id}/extensions"): Call(STAFF),
    ("GET", "/api/offers"): Call(ANYBODY),
    ("PUT", "/api/classes/{class_id}/hand-outs/{name}"): Call(READER, 202, {}),
    ("PUT", "/api/classes/{class_id}/hours"): Call(INSTRUCTOR, 200, {"lessons": "mon 10:15-11:45"}),
    ("PUT", "/api/classes/{class_id}/after-end"): Call(INSTRUCTOR, 204, {"after_end": "keep"}),
    ("GET", "/api/classes/{class_id}/copy.zip"): Call(MEMBER),
    ("POST", "/api/classes/{class_id}/copy"): Call(INSTRUCTOR, 201, {}),
    ("GET", "/api/classes/{class_id}/keep"): Call(MEMBER),
    ("POST", "/api/classes/{class_id}/keep"): Call(MEMBER, 202),
    ("GET", "/api/classes/{class_id}/hand-ins/keep"): Call(STAFF),
    ("POST", "/api/classes/{class_id}/hand-ins/keep"): Call(READER, 202),
    ("GET", "/api/courses"): Call(ANYBODY),
    ("POST", "/api/courses/{course_id}/class"): Call(TEACHER, 201, {}),
    ("PUT", "/api/courses/{course_id}/class/{class_id}"): Call(TEACHER, 204),
    ("GET", "/api/classes/{class_id}/course"): Call(STAFF, 404),
    ("DELETE", "/api/classes/{class_id}/course"): Call(INSTRUCTOR, 204),
    ("GET", "/courses/{course_id}"): page(TEACHER),
    ("POST", "/courses/{course_id}"): Call(TEACHER, 303, form={"title": "Another", "kept_days": "30", "changed": "0"}),
    ("POST", "/classes/{class_id}/course"): Call(INSTRUCTOR, 303),
    ("GET", "/api/operation"): Call(OPERATOR),
    ("POST", "/api/operation/stop"): Call(OPERATOR, 204, {"servers": []}),
    ("GET", "/api/operation/actions"): Call(OPERATOR),
    ("GET", "/api/operation/actions.csv"): Call(OPERATOR),
    ("GET", "/api/operation/leaderless"): Call(OPERATOR),
    ("GET", "/api/operation/hours.csv"): Call(OPERATOR),
    ("GET", "/api/operation/stored"): Call(OPERATOR),
    ("GET", "/api/operation/stored.csv"): Call(OPERATOR),
    ("GET", "/api/operation/hours"): Call(OPERATOR),
    ("GET", "/api/operation/people"): Call(OPERATOR),
    ("POST", "/api/operation/people"): Call(OPERATOR, 200, {"do": "organiser-end", "people": ["{person}"]}),
    ("POST", "/api/operation/people/accounts"): Call(OPERATOR, 201, {"name": "someone-new"}),
    ("POST", "/api/operation/people/passwords"): Call(OPERATOR, 200, {"people": ["{person}"]}),
    # There is nothing to fetch before somebody let it be written out.
    ("GET", "/api/operation/people/{person}/export.json"): Call(OPERATOR, 400),
    ("GET", "/operation/people/{person}/export.json"): page(OPERATOR, 400),
    ("GET", "/api/operation/people/{person}/export"): Call(OPERATOR),
    ("GET", "/operation/people/{person}/export"): page(OPERATOR),
    ("POST", "/api/operation/people/{person}/export"): Call(OPERATOR, 202),
    ("POST", "/operation/people/{person}/export"): Call(OPERATOR, 303, form={}),
    ("GET", "/api/operation/people/{person}/erasure"): Call(OPERATOR),
    ("POST", "/api/operation/people/{person}/erasure"): Call(OPERATOR, 400, {"name": "not theirs"}),
    ("GET", "/operation/people/{person}/erase"): page(OPERATOR),
    ("POST", "/operation/people/{person}/erase"): Call(OPERATOR, 400, form={"name": "not theirs"}),
    ("GET", "/operation/people"): page(OPERATOR),
    ("POST", "/operation/people"): Call(OPERATOR, 303, form={"do": "organiser-end", "who": "{person}"}),
    ("GET", "/api/operation/classes"): Call(OPERATOR),
    ("POST", "/api/operation/classes"): Call(OPERATOR, 200, {"do": "stop", "groups": [{"id": "{class_id}"}]}),
    ("GET", "/operation/classes"): page(OPERATOR),
    ("POST", "/operation/classes"): Call(OPERATOR, 200, form={"do": "end", "group": "{class_id}.1", "sure": "yes"}),
    ("GET", "/api/operation/events"): Call(OPERATOR),
    ("POST", "/api/operation/events"): Call(OPERATOR, 400, {"do": "end", "groups": [{"id": "{class_id}"}]}),
    ("GET", "/operation/events"): page(OPERATOR),
    ("POST", "/operation/events"): Call(OPERATOR, 400, form={"do": "stop", "group": "{class_id}.1", "sure": "yes"}),
    ("GET", "/operation"): page(OPERATOR),
    ("POST", "/operation/stop"): Call(OPERATOR, 303, form={}),
    ("GET", "/operation/log"): page(OPERATOR),
    ("GET", "/operation/log.csv"): page(OPERATOR),
    ("GET", "/operation/hours.csv"): page(OPERATOR),
    ("GET", "/operation/stored.csv"): page(OPERATOR),
    ("GET", "/api/me/copy.zip"): Call(ANYBODY),
    ("GET", "/me/copy.zip"): page(ANYBODY),
    ("GET", "/"): page(ANYBODY),
    ("GET", "/new"): page(MAKER),
    ("POST", "/new"): Call(MAKER, 303, form={"title": "Another", "kept_days": "30", "changed": "0"}),
    ("GET", "/join/{code}"): page(ANYBODY, 0),
    ("POST", "/join/{code}"): Call(ANYBODY, 303),
    ("POST", "/language"): Call(ANYBODY, 303, form={"language": "en"}),
    ("GET", "/classes/{class_id}"): page(MEMBER),
    ("GET", "/classes/{class_id}/rows"): page(STAFF),
    ("POST", "/classes/{class_id}/servers"): Call(STAFF, 303, form={"do": "stop"}),
    ("POST", "/classes/{class_id}/word"): Call(STAFF, 303, form={"do": "say", "text": "Hello"}),
    ("GET", "/classes/{class_id}/link"): page(STAFF),
    ("POST", "/classes/{class_id}/link"): Call(INSTRUCTOR, 303, form={"do": "renew"}),
    ("GET", "/classes/{class_id}/people"): page(STAFF),
    ("POST", "/classes/{class_id}/people"): Call(
        INSTRUCTOR, 303, form={"do": "set", "name": "newcomer", "role": "guest"}
    ),
    ("POST", "/classes/{class_id}/leave"): Call(MEMBER, 303),
    ("POST", "/classes/{class_id}/roster"): Call(INSTRUCTOR, form={"do": "look", "kept": b"name\nnewcomer\n".hex()}),
    ("GET", "/classes/{class_id}/settings"): page(INSTRUCTOR),
    ("POST", "/classes/{class_id}/settings"): Call(
        INSTRUCTOR, 303, form={"title": "Statistics", "kept_days": "30", "changed": "1"}
    ),
    ("GET", "/classes/{class_id}/hand-ins"): page(READER),
    ("GET", "/classes/{class_id}/hand-ins.zip"): page(READER),
    ("POST", "/classes/{class_id}/hand-ins"): Call(STAFF, 303, form={"name": "newcomer", "until": "2099-01-01T12:00"}),
    ("GET", "/classes/{class_id}/log"): page(STAFF),
    ("GET", "/classes/{class_id}/log.csv"): page(STAFF),
    ("GET", "/classes/{class_id}/help/{name}"): page(STAFF, 400),
    ("POST", "/classes/{class_id}/help/{name}"): Call(STAFF, 400, form={"do": "ask"}),
    ("GET", "/classes/{class_id}/timeline"): page(MEMBER),
    ("GET", "/classes/{class_id}/hours"): page(STAFF),
    ("POST", "/classes/{class_id}/hand-out"): Call(STAFF, 400, form={}),
    ("POST", "/classes/{class_id}/hours"): Call(INSTRUCTOR, 303, form={"ahead_min": "0"}),
    ("POST", "/classes/{class_id}/timeline"): Call(INSTRUCTOR, 303, form={"do": "keep"}),
    ("GET", "/classes/{class_id}/copy.zip"): page(MEMBER),
    ("GET", "/classes/{class_id}/copy"): page(INSTRUCTOR),
    ("POST", "/classes/{class_id}/copy"): Call(
        INSTRUCTOR, 303, form={"title": "Next", "kept_days": "30", "changed": "0"}
    ),
    ("GET", "/classes/{class_id}/keep"): page(MEMBER),
    ("POST", "/classes/{class_id}/keep"): Call(MEMBER, 303),
    ("GET", "/classes/{class_id}/hand-ins/keep"): page(STAFF),
    ("POST", "/classes/{class_id}/hand-ins/keep"): Call(READER, 303),
    ("GET", "/classes/{class_id}/end"): page(INSTRUCTOR),
    ("POST", "/classes/{class_id}/end"): Call(INSTRUCTOR, 303),
}
"""Method and path -> who may, and how it is called."""


def test_every_route_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is added needs a line above that says whose it is, or one in `test_event_rights.py`."""
    found = [route for route in routes_of_the_service(tmp_path, monkeypatch) if not is_of_events(route)]

    assert found == sorted(CALLS)


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place."""
    return place_with(ONE_PROFILE, conf=CONF)


@pytest.fixture(scope="module")
def people(place: Stack) -> Iterator[PeopleStore]:
    """Its people, with an account for everybody who asks; those of participants are good for their events."""
    with people_of(place) as store:
        for name in (*SEATS, "newcomer", "removed"):
            if name.startswith("participant"):
                take_part(store, name)
                continue
            store.add_account(name, "", is_admin=name == "operator")
            store.set_organiser(name, is_organiser=name == "organiser")
            store.set_instructor(name, is_instructor=name in {"instructor", "instructor-of-another"})
        other = store.groups.add("class", "Another")
        for name, role in OTHER.items():
            store.groups.join(other, id_of(store, name), role)  # type: ignore[arg-type]  # as written above
        yield store


def take_part(people: PeopleStore, name: str) -> None:
    """Give somebody an account of an event that is on, or is over, as their name says."""
    now = datetime.now(UTC)
    event = people.events.add(f"Of {name}", EventDetails(now - timedelta(hours=1), now + timedelta(days=1)))
    people.groups.join(event, people.signed_in("event", name, name).id, "participant")
    if name == "participant-after-end":
        people.events.close(event, now, early=True)


@pytest.fixture(scope="module")
def clients(place: Stack, people: PeopleStore) -> Iterator[dict[str, httpx.Client]]:
    """What everybody asks with; the instructor's server has a token, and one that stopped had."""
    found = {"anonymous": ""}
    for name in (*SEATS, "removed"):
        found[name] = token_of(place, name)
    found[COMMANDS] = (place.data / "run" / "operator-token").read_text()
    found |= tokens_of_servers(place, "instructor")
    people.remove("removed")
    clients = {
        name: web.Client(timeout=30, headers={"Authorization": f"token {token}"} if token else {})
        for name, token in found.items()
    }
    codes = Codes(place, people)
    clients[EXPIRED], answer = codes.type_in(codes.expired())
    assert (answer.status_code, NO_ENTRY in answer.text) == (403, True)
    yield clients
    for client in clients.values():
        client.close()


def new_class(people: PeopleStore) -> str:
    """Return the id of a class with everybody in their seat, in which nobody has done anything yet."""
    made = people.groups.add("class", "Statistics")
    people.classes.change(
        made,
        ClassDetails(
            profile="python",
            joining=True,
            hand_in_until=datetime(2026, 12, 11, tzinfo=UTC),
            repositories=(Material("https://git.example.org/statistics/material"),),
        ),
    )
    for name, role in SEATS.items():
        if role is not None:
            people.groups.join(made, id_of(people, name), role)
    # So that it is not the last one who goes.
    people.groups.join(made, id_of(people, "operator"), "instructor")
    people.groups.join(made, id_of(people, "newcomer"), "student")
    return made


def offered(people: PeopleStore) -> str:
    """Return the id of a course that is offered to the instructor."""
    opened = Opened("moodle", "1", secrets.token_hex(8), "Another", "instructor")
    return people.courses.arrive(opened, id_of(people, "instructor"), datetime.now(UTC)).course


def ask(place: Stack, who: httpx.Client, route: tuple[str, str], call: Call, values: dict[str, str]) -> httpx.Response:
    """Call a route."""
    method, path = route
    more: dict[str, Any] = {}
    if isinstance(call.body, str):
        more["content"] = call.body.encode()
    elif call.body is not None:
        more["json"] = json.loads(_filled(json.dumps(call.body), values))
    elif call.form is not None:
        more["data"] = json.loads(_filled(json.dumps(call.form), values))
    url = f"{place.url}/services/people{path.format(**values)}"
    return who.request(method, url, **more)


def _filled(text: str, values: dict[str, str]) -> str:
    for name in ("code", "person", "class_id"):
        text = text.replace(f"{{{name}}}", values.get(name, ""))
    return text


def expected(who: str, route: tuple[str, str]) -> set[int]:
    """Return what the status of the answer to somebody can be."""
    call = CALLS[route]
    if call.level == ALL:
        return {call.found}
    if who in {"anonymous", "stopped-server", EXPIRED}:
        return {303} if call.is_page else {401}
    if who == "removed":
        # For as long as the hub knows them, they are not led to a sign-in that would lead back.
        return {303, 401} if call.is_page else {401}
    if who == "server":
        return {403}
    return of_commands(route, call) if who == COMMANDS else of_somebody(who, route, call)


def of_somebody(who: str, route: tuple[str, str], call: Call) -> set[int]:
    """Return what the status of the answer to somebody can be who is signed in."""
    if call.level == OPERATOR:
        return {call.found} if who == "operator" else {403}
    if call.level == TEACHER:
        return {call.found} if who == "instructor" else {404}
    if who.startswith("participant") and route in JOINS:
        # It is for their event only.
        return {400}
    role: Role | None = "instructor" if who == "operator" else SEATS[who]
    is_maker = who in {"operator", "instructor", "instructor-of-another"}
    has = {"instructor": 3, "assistant": 2, "student": 1, "guest": 1, None: 0}[role]
    needs = {ANYBODY: 0, MAKER: 0, MEMBER: 1, STAFF: 2, READER: 2, INSTRUCTOR: 3}[call.level]
    if call.level == MAKER:
        # The form is shown to everybody, and what it makes is for some.
        return {call.found} if is_maker or route == ("GET", "/new") else {403, 400}
    if has >= needs:
        return {call.found} if call.found else {200, 303}
    return {404} if has == 0 else {403}


def of_commands(route: tuple[str, str], call: Call) -> set[int]:
    """Return what the status of the answer to the operator's commands can be."""
    if not route[1].startswith(("/api/classes/", "/api/operation/classes", "/api/operation/events")):
        return {303} if call.is_page else {401}
    if route[1].endswith("/copy"):
        # There would be nobody who leads it.
        return {403}
    # Nobody's own place has room for what is kept, and nobody's hand-ins are to be copied.
    is_own = route[1].endswith(("/keep", "/copy.zip"))
    return {200, 403} if is_own else {call.found}


@pytest.mark.parametrize("route", sorted(CALLS), ids=" ".join)
def test_who_may_do_what(
    place: Stack, people: PeopleStore, clients: dict[str, httpx.Client], route: tuple[str, str]
) -> None:
    """Each of those who could ask gets what is theirs, and else a sentence that gives nothing away."""
    wrong: dict[str, tuple[int, str]] = {}
    values: dict[str, str] = {}
    is_as_before = False
    for who in (*NO_TOKEN, EXPIRED, COMMANDS, *SEATS):
        if not is_as_before:
            course = new_class(people)
            link = ask(
                place, clients["operator"], ("GET", "/api/classes/{class_id}/link"), Call(STAFF), {"class_id": course}
            )
            values = {"class_id": course, "name": "newcomer", "code": link.json()["code"], "course_id": offered(people)}
            values["person"] = id_of(people, "newcomer")

        answer = ask(place, clients[who], route, CALLS[route], values)

        # Who is refused changes nothing; else the next one would not get the answer that is theirs.
        is_as_before = route[0] == "GET" or answer.is_client_error
        if answer.status_code not in expected(who, route):
            wrong[who] = (answer.status_code, answer.text[:200])
        if answer.status_code == 404:
            assert "Statistics" not in answer.text, who
    assert wrong == {}
