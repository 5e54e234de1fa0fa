"""Who may do what with an event: every route of events, pages and API, for everybody who could ask."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from support import web
from support.classes import CONF, id_of, people_of, token_of, tokens_of_servers
from support.event_codes import NO_ENTRY, Codes, form_sign
from support.people_service import routes_of_the_service
from support.served import is_of_events
from support.stack import Stack
from support.waiting import soon

from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.repository import Material

SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles: {{python: {{title: Python, environment: python}}}}
events: {{keep_accounts: true}}
"""
Level = Literal["everybody", "maker", "member", "seated", "working", "organiser", "leader", "link"]
ANYBODY: Level = "everybody"
MAKER: Level = "maker"
MEMBER: Level = "member"
SEATED: Level = "seated"
"""Who has an account in it, and nobody else: not even its organisers read what is somebody's own."""
WORKING: Level = "working"
"""The same, while it is on."""
ORGANISER: Level = "organiser"
LINK: Level = "link"
"""Whoever has the link, also without an account."""
LEADER: Level = "leader"
"""Who organises it; operators have no keys to its data by being operators."""
WHO = (
    "participant",
    "participant-of-another",
    "organiser",
    "organiser-of-another",
    "student",
    "student-of-another",
    "assistant",
    "instructor",
    "operator",
)
IN_CLASSES = {
    "student": "Course",
    "assistant": "Course",
    "instructor": "Course",
    "student-of-another": "Another course",
}
"""Who is in a class, and in which: that gives nothing in an event."""
AFTER_END = "participant-after-end"
"""Of an event that is over, whose people still read and copy what they have."""
AFTER_DELETION = "participant-after-deletion"
"""Of an event of which nothing is left; they still have what let them in."""
CODES = ("expired-code", "used-up-code", "withdrawn-code")
"""Who has typed a code that is good no more, with all that their browser keeps then."""
REPLACED = "replaced-card"
"""Who came in with a card in whose place there is another one by now."""
CODE_AS_TOKEN = "code-as-token"
"""Who shows a code that is good where programs show a token."""
SHUT_OUT = (*CODES, REPLACED, CODE_AS_TOKEN, AFTER_DELETION)
COMMANDS = "commands"
"""Whoever types commands on the machine itself."""
NO_TOKEN = ("anonymous", "server", "stopped-server", "removed")
BEGINS = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
ENDS = BEGINS + timedelta(days=1)
WISH = {"title": "Hackathon", "begins": BEGINS.isoformat(), "ends": ENDS.isoformat(), "profile": "python"}
FORM = {
    "title": "Hackathon",
    "begins": f"{BEGINS:%Y-%m-%dT%H:%M}",
    "ends": f"{ENDS:%Y-%m-%dT%H:%M}",
    "profile": "python",
    "read_hours": "24",
    "changed": "0",
    "accounts": "1",
}


@dataclass(frozen=True)
class Call:
    """How a route is called so that it does what it is for; see `test_class_rights.py`."""

    level: Level
    found: int = 200
    body: Any = None
    form: dict[str, str] | None = None
    is_page: bool = False


def page(level: Level) -> Call:
    """Return how a page is called."""
    return Call(level, is_page=True)


CALLS: dict[tuple[str, str], Call] = {
    ("GET", "/api/events"): Call(ANYBODY),
    ("POST", "/api/events"): Call(MAKER, 201, {**WISH, "accounts": 1}),
    ("GET", "/api/events/{event}"): Call(MEMBER),
    ("PUT", "/api/events/{event}"): Call(ORGANISER, 200, WISH),
    ("POST", "/api/events/{event}/end"): Call(ORGANISER, 204),
    ("GET", "/api/events/{event}/accounts"): Call(ORGANISER),
    ("POST", "/api/events/{event}/accounts"): Call(ORGANISER, 204, {"accounts": 1}),
    ("POST", "/api/events/{event}/accounts/double"): Call(ORGANISER, 200, {}),
    ("POST", "/api/events/{event}/accounts/{number}/code"): Call(ORGANISER),
    ("POST", "/api/events/{event}/accounts/{number}/keep"): Call(ORGANISER),
    ("GET", "/api/events/{event}/cards.pdf"): Call(ORGANISER),
    ("GET", "/api/events/{event}/codes.csv"): Call(ORGANISER),
    ("PUT", "/api/events/{event}/teams/{team}"): Call(ORGANISER, 204, {"title": "Kite"}),
    ("GET", "/api/events/{event}/link"): Call(ORGANISER),
    ("PUT", "/api/events/{event}/link"): Call(ORGANISER, 200, {"sharing": True}),
    ("GET", "/api/events/{event}/live"): Call(ORGANISER),
    ("GET", "/api/events/{event}/teams"): Call(ORGANISER),
    ("POST", "/api/events/{event}/start"): Call(ORGANISER, 202, {"names": []}),
    ("POST", "/api/events/{event}/stop"): Call(ORGANISER, 202, {"names": []}),
    ("POST", "/api/events/{event}/messages"): Call(ORGANISER, 202, {"text": "Hello"}),
    ("POST", "/api/events/{event}/material"): Call(ORGANISER, 202),
    ("PUT", "/api/events/{event}/hand-outs/{name}"): Call(LEADER, 202, {}),
    ("POST", "/api/events/{event}/people/{name}/help"): Call(ORGANISER, 400),
    ("POST", "/api/events/{event}/people/{name}/put-back"): Call(ORGANISER, 400, {"path": "task.ipynb"}),
    ("GET", "/api/events/{event}/organisers"): Call(ORGANISER),
    ("PUT", "/api/events/{event}/organisers/{name}"): Call(ORGANISER, 204),
    ("DELETE", "/api/events/{event}/organisers/{name}"): Call(ORGANISER, 204),
    ("GET", "/api/events/{event}/copy.zip"): Call(SEATED),
    ("GET", "/api/events/{event}/seat"): Call(SEATED),
    ("PUT", "/api/events/{event}/seat"): Call(WORKING, 204, {"full_name": "Ada"}),
    ("GET", "/api/events/{event}/stored"): Call(ORGANISER),
    ("GET", "/api/events/{event}/keep"): Call(SEATED, 403),
    ("POST", "/api/events/{event}/keep"): Call(SEATED, 403),
    ("GET", "/api/events/{event}/actions"): Call(ORGANISER),
    ("GET", "/api/events/{event}/actions.csv"): Call(ORGANISER),
    ("GET", "/events/new"): page(ANYBODY),
    ("POST", "/events/new"): Call(MAKER, 303, form=FORM),
    ("GET", "/events/{event}"): page(MEMBER),
    ("GET", "/events/{event}/live"): page(ORGANISER),
    ("GET", "/take/{code}"): page(LINK),
    ("GET", "/take/{code}/copy.zip"): page(LINK),
    ("GET", "/events/{event}/rows"): page(ORGANISER),
    ("POST", "/events/{event}/servers"): Call(ORGANISER, 303, form={"do": "stop"}),
    ("POST", "/events/{event}/word"): Call(ORGANISER, 303, form={"do": "say", "text": "Hello"}),
    ("POST", "/events/{event}/hand-out"): Call(ORGANISER, 400, form={}),
    ("GET", "/events/{event}/help/{name}"): Call(ORGANISER, 400, is_page=True),
    ("POST", "/events/{event}/help/{name}"): Call(ORGANISER, 400, form={"do": "ask"}),
    ("GET", "/events/{event}/wall"): page(ORGANISER),
    ("POST", "/events/{event}/link"): Call(ORGANISER, 303, form={"do": "open"}),
    ("GET", "/events/{event}/accounts"): page(ORGANISER),
    ("GET", "/events/{event}/accounts/{number}/card"): page(ORGANISER),
    ("POST", "/events/{event}/accounts"): Call(ORGANISER, 303, form={"do": "more", "accounts": "1"}),
    ("GET", "/events/{event}/cards"): page(ORGANISER),
    ("GET", "/events/{event}/cards.pdf"): page(ORGANISER),
    ("GET", "/events/{event}/cards.csv"): page(ORGANISER),
    ("POST", "/events/{event}/name"): Call(WORKING, 303, form={"name": "Ada"}),
    ("GET", "/events/{event}/copy.zip"): page(SEATED),
    ("GET", "/events/{event}/keep"): Call(SEATED, 403, is_page=True),
    ("POST", "/events/{event}/keep"): Call(SEATED, 403),
    ("GET", "/events/{event}/settings"): page(ORGANISER),
    ("POST", "/events/{event}/settings"): Call(ORGANISER, 303, form=FORM),
    ("POST", "/events/{event}/organisers"): Call(ORGANISER, 303, form={"do": "add", "name": "newcomer"}),
    ("GET", "/events/{event}/log"): page(ORGANISER),
    ("GET", "/events/{event}/log.csv"): page(ORGANISER),
    ("GET", "/events/{event}/end"): page(ORGANISER),
    ("POST", "/events/{event}/end"): Call(ORGANISER, 303),
}
"""Method and path -> who may, and how it is called."""


def test_every_route_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is added needs a line above that says whose it is."""
    found = [route for route in routes_of_the_service(tmp_path, monkeypatch) if is_of_events(route)]

    assert found == sorted(CALLS)


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place."""
    return place_with(SETTINGS, conf=CONF)


@pytest.fixture(scope="module")
def people(place: Stack) -> Iterator[PeopleStore]:
    """Its people, with an account for everybody who asks."""
    with people_of(place) as store:
        for name in (*WHO, AFTER_END, "newcomer", "removed"):
            if name.startswith("participant"):
                store.signed_in("event", name, name)
            else:
                store.add_account(name, "", is_admin=name == "operator")
        for name in ("organiser", "organiser-of-another"):
            store.set_organiser(name, is_organiser=True)
        store.set_instructor("instructor", is_instructor=True)
        courses = {title: store.groups.add("class", title) for title in IN_CLASSES.values()}
        for name, title in IN_CLASSES.items():
            role = name.removesuffix("-of-another")
            store.groups.join(courses[title], id_of(store, name), role)  # type: ignore[arg-type]  # as written above
        other = store.events.add("Another", EventDetails(BEGINS, ENDS, profile="python"))
        store.groups.join(other, id_of(store, "participant-of-another"), "participant")
        store.groups.join(other, id_of(store, "organiser-of-another"), "organiser")
        yield store


@pytest.fixture(scope="module")
def codes(place: Stack, people: PeopleStore) -> Codes:
    """The codes of its events."""
    return Codes(place, people)


@pytest.fixture(scope="module")
def clients(place: Stack, people: PeopleStore, codes: Codes) -> Iterator[dict[str, httpx.Client]]:
    """What everybody asks with; the organiser's server has a token, and one that stopped had."""
    tokens = {"anonymous": ""}
    for name in (*WHO, AFTER_END, "removed"):
        tokens[name] = token_of(place, name)
    tokens[COMMANDS] = (place.data / "run" / "operator-token").read_text()
    tokens |= tokens_of_servers(place, "organiser")
    people.remove("removed")
    event = codes.event("Cards", BEGINS, ENDS, 4)
    tokens[CODE_AS_TOKEN] = codes.code(event, 4)
    found = {
        name: web.Client(timeout=30, headers={"Authorization": f"token {token}"} if token else {})
        for name, token in tokens.items()
    }
    for name, code in zip(CODES, (codes.expired(), codes.used_up(event, 1), codes.withdrawn(event, 2)), strict=True):
        found[name], answer = codes.type_in(code)
        assert (answer.status_code, NO_ENTRY in answer.text) == (403, True), name
    found[REPLACED] = replaced_card(place, codes, event, 3)
    yield found
    for client in found.values():
        client.close()


def replaced_card(place: Stack, codes: Codes, event: str, number: int) -> httpx.Client:
    """Return what the browser of somebody keeps who came in with a card that was replaced then."""
    found, answer = codes.type_in(codes.code(event, number))
    assert answer.url == f"{place.url}/services/people/events/{event}"
    assert re.search("<h1>Cards", answer.text)
    # Their forms are ours, so nothing is refused for that.
    found.headers["X-XSRFToken"] = form_sign(answer)
    codes.renew(event, number)
    soon(lambda: found.get(str(answer.url)).status_code == 303)
    return found


@pytest.fixture(scope="module")
def deleted(place: Stack, people: PeopleStore, codes: Codes, clients: dict[str, httpx.Client]) -> dict[str, str]:
    """What stands in addresses of an event of which nothing is left, whose participant had a token."""
    people.signed_in("event", AFTER_DELETION, AFTER_DELETION)
    values = new_event(place, codes, AFTER_DELETION)
    found = web.Client(timeout=30, headers={"Authorization": f"token {token_of(place, AFTER_DELETION)}"})
    clients[AFTER_DELETION] = found
    address = f"{place.url}/services/people/events/{values['event']}"
    assert found.get(address).status_code == 200
    people.events.close(values["event"], datetime.now(UTC), early=True)
    with closing(sqlite3.connect(place.data / "people.sqlite", timeout=10)) as database:
        ago = "ends = datetime(ends, '-2 days'), closed = datetime(closed, '-2 days')"
        database.execute(f'UPDATE events SET {ago} WHERE "group" = ?', (values["event"],))  # noqa: S608 - ours
        database.commit()
    soon(lambda: people.events.details(values["event"]).deleted is not None, patience_s=60)
    soon(lambda: found.get(address).status_code == 303)
    return values


def new_event(place: Stack, codes: Codes, who: str = "participant") -> dict[str, str]:
    """Return what stands in addresses of an event with everybody in their seat, in which nothing was done yet.

    Args:
        who: its participant.
    """
    people = codes.people
    details = EventDetails(
        BEGINS, ENDS, profile="python", repositories=(Material("https://git.example.org/hackathon/material"),)
    )
    made = people.events.add("Hackathon", details)
    people.seats.add(made, 0, lambda number: f"{made}-{number}", most=10, teams=[("Team 1", 2)])
    for name, role in (("organiser", "organiser"), ("newcomer", "organiser"), (who, "participant")):
        people.groups.join(made, id_of(people, name), role)  # type: ignore[arg-type]  # as written here
    team = people.seats.teams(made)[0].id
    participant = id_of(people, who)
    people.groups.join(team, participant, "member")
    with closing(sqlite3.connect(place.data / "people.sqlite", timeout=10)) as database:
        database.execute("UPDATE seats SET person = ? WHERE event = ? AND number = 1", (participant, made))
        database.commit()
    # What is done to an account is done to another one: whose card is replaced is signed out.
    people.entries.by_code(f"{made}-2", "")
    return {"event": made, "team": team, "number": "2", "name": "newcomer", "code": codes.team_code(team)}


def values_for(who: str, place: Stack, codes: Codes) -> dict[str, str]:
    """Return what stands in addresses of the event with which somebody tries a route."""
    if who == AFTER_END:
        values = new_event(place, codes, AFTER_END)
        codes.people.events.close(values["event"], datetime.now(UTC), early=True)
        return values
    return new_event(place, codes)


def of_commands(route: tuple[str, str], call: Call) -> set[int]:
    """Return what the status of the answer to the operator's commands can be."""
    if not route[1].startswith("/api/events/"):
        return {303} if call.is_page else {401}
    return {call.found} if call.level not in {SEATED, WORKING} else {403, 404}


def expected(who: str, route: tuple[str, str]) -> set[int]:
    """Return what the status of the answer to somebody can be."""
    call = CALLS[route]
    if call.level == LINK:
        # A code of a card is no link; nor is one of what is deleted.
        return {404} if who in SHUT_OUT else {call.found}
    if who in {"anonymous", "stopped-server", *SHUT_OUT}:
        return {303} if call.is_page else {401}
    if who == "removed":
        # For as long as the hub knows them, they are not led to a sign-in that would lead back.
        return {303, 401} if call.is_page else {401}
    if who == "server":
        return {403}
    if who == AFTER_END and call.level == WORKING:
        return {400}
    return of_commands(route, call) if who == COMMANDS else of_somebody(who, call)


def of_somebody(who: str, call: Call) -> set[int]:
    """Return what the status of the answer to somebody can be who is signed in."""
    is_participant = who in {"participant", AFTER_END}
    if call.level == ANYBODY:
        return {call.found}
    if call.level == MAKER:
        return {call.found} if who in {"operator", "organiser", "organiser-of-another"} else {403, 400}
    if not is_participant and who not in {"operator", "organiser"}:
        return {404}
    if call.level == LEADER and who == "operator":
        return {403}
    if call.level in {SEATED, WORKING}:
        return {call.found} if is_participant else {404}
    return {call.found} if call.level == MEMBER or not is_participant else {403}


@pytest.mark.parametrize("route", sorted(CALLS), ids=" ".join)
def test_who_may_do_what(
    place: Stack,
    codes: Codes,
    clients: dict[str, httpx.Client],
    deleted: dict[str, str],
    route: tuple[str, str],
) -> None:
    """Each of those who could ask gets what is theirs, and else a sentence that gives nothing away."""
    wrong, call, people = {}, CALLS[route], codes.people
    values: dict[str, str] = {}
    is_as_before = False
    for who in (*NO_TOKEN, *SHUT_OUT, COMMANDS, *WHO, AFTER_END):
        if who not in SHUT_OUT:
            if not is_as_before or who == AFTER_END:
                values = values_for(who, place, codes)
        else:
            # Whatever they try, it stays as it is.
            values = deleted if who == AFTER_DELETION else {**values, "code": codes.code(values["event"], 2)}
        url = f"{place.url}/services/people{route[1].format(**values)}"

        answer = clients[who].request(route[0], url, json=call.body, data=call.form)

        # Who is refused changes nothing; else the next one would not get the answer that is theirs.
        is_as_before = who not in SHUT_OUT and (route[0] == "GET" or answer.is_client_error)
        if answer.status_code not in expected(who, route):
            wrong[who] = (answer.status_code, answer.text[:200])
        if answer.status_code == 404:
            assert "Hackathon" not in answer.text, who
        if people.by_name("participant") is None or not people.by_name("participant").is_temporary:  # type: ignore[union-attr]  # just asked
            with closing(sqlite3.connect(place.data / "people.sqlite", timeout=10)) as database:
                database.execute(
                    "UPDATE people SET provider = 'event', subject = 'participant' WHERE name = 'participant'"
                )
                database.execute("DELETE FROM accounts WHERE person = ?", (id_of(people, "participant"),))
                database.commit()
    assert wrong == {}
