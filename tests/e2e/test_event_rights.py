"""Who may do what with an event: every route of events, pages and API, for everybody who could ask."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import httpx
import pytest
from fastapi.routing import APIRoute
from support.classes import CONF, id_of, people_of, token_of, tokens_of_servers
from support.stack import Stack

from sardonyx_services.people.events import EventDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web import event_api, event_routes

SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles: {{python: {{title: Python, environment: python}}}}
events: {{keep_accounts: true}}
"""
Level = Literal["everybody", "maker", "member", "seated", "organiser"]
ANYBODY: Level = "everybody"
MAKER: Level = "maker"
MEMBER: Level = "member"
SEATED: Level = "seated"
"""Who has an account in it, and nobody else: not even its organisers read what is somebody's own."""
ORGANISER: Level = "organiser"
WHO = (
    "participant",
    "participant-of-another",
    "organiser",
    "organiser-of-another",
    "student",
    "instructor",
    "operator",
)
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
    ("POST", "/api/events/{event}/accounts/{number}/code"): Call(ORGANISER),
    ("POST", "/api/events/{event}/accounts/{number}/keep"): Call(ORGANISER),
    ("GET", "/api/events/{event}/codes.csv"): Call(ORGANISER),
    ("PUT", "/api/events/{event}/teams/{team}"): Call(ORGANISER, 204, {"title": "Kite"}),
    ("GET", "/api/events/{event}/link"): Call(ORGANISER),
    ("PUT", "/api/events/{event}/link"): Call(ORGANISER, 200, {"sharing": True}),
    ("GET", "/api/events/{event}/live"): Call(ORGANISER),
    ("GET", "/api/events/{event}/organisers"): Call(ORGANISER),
    ("PUT", "/api/events/{event}/organisers/{name}"): Call(ORGANISER, 204),
    ("DELETE", "/api/events/{event}/organisers/{name}"): Call(ORGANISER, 204),
    ("GET", "/api/events/{event}/copy.zip"): Call(SEATED),
    ("GET", "/api/events/{event}/keep"): Call(SEATED, 403),
    ("POST", "/api/events/{event}/keep"): Call(SEATED, 403),
    ("GET", "/api/events/{event}/actions"): Call(ORGANISER),
    ("GET", "/events/new"): page(ANYBODY),
    ("POST", "/events/new"): Call(MAKER, 303, form=FORM),
    ("GET", "/events/{event}"): page(MEMBER),
    ("GET", "/events/{event}/live"): page(ORGANISER),
    ("GET", "/events/{event}/wall"): page(ORGANISER),
    ("POST", "/events/{event}/link"): Call(ORGANISER, 303, form={"do": "open"}),
    ("GET", "/events/{event}/accounts"): page(ORGANISER),
    ("POST", "/events/{event}/accounts"): Call(ORGANISER, 303, form={"do": "more", "accounts": "1"}),
    ("GET", "/events/{event}/cards"): page(ORGANISER),
    ("GET", "/events/{event}/cards.csv"): page(ORGANISER),
    ("GET", "/events/{event}/copy.zip"): page(SEATED),
    ("GET", "/events/{event}/keep"): Call(SEATED, 403, is_page=True),
    ("POST", "/events/{event}/keep"): Call(SEATED, 403),
    ("GET", "/events/{event}/settings"): page(ORGANISER),
    ("POST", "/events/{event}/settings"): Call(ORGANISER, 303, form=FORM),
    ("POST", "/events/{event}/organisers"): Call(ORGANISER, 303, form={"do": "add", "name": "newcomer"}),
    ("GET", "/events/{event}/log"): page(ORGANISER),
    ("GET", "/events/{event}/end"): page(ORGANISER),
    ("POST", "/events/{event}/end"): Call(ORGANISER, 303),
}
"""Method and path -> who may, and how it is called."""


def test_every_route_is_tried() -> None:
    """One that is added needs a line above that says whose it is."""
    found = [route for router in (event_api.router, event_routes.router) for route in router.routes]
    assert sorted(
        (method, route.path) for route in found if isinstance(route, APIRoute) for method in route.methods or ()
    ) == sorted(CALLS)


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place."""
    return place_with(SETTINGS, conf=CONF)


@pytest.fixture(scope="module")
def people(place: Stack) -> Iterator[PeopleStore]:
    """Its people, with an account for everybody who asks."""
    with people_of(place) as store:
        for name in (*WHO, "newcomer", "removed"):
            if name.startswith("participant"):
                store.signed_in("event", name, name)
            else:
                store.add_account(name, "", is_admin=name == "operator")
        for name in ("organiser", "organiser-of-another"):
            store.set_organiser(name, is_organiser=True)
        store.set_instructor("instructor", is_instructor=True)
        other = store.events.add("Another", EventDetails(BEGINS, ENDS, profile="python"))
        store.groups.join(other, id_of(store, "participant-of-another"), "participant")
        store.groups.join(other, id_of(store, "organiser-of-another"), "organiser")
        yield store


@pytest.fixture(scope="module")
def tokens(place: Stack, people: PeopleStore) -> dict[str, str]:
    """A token for everybody; the organiser's server has one, and one that stopped had."""
    found = {"anonymous": ""}
    for name in (*WHO, "removed"):
        found[name] = token_of(place, name)
    found |= tokens_of_servers(place, "organiser")
    people.remove("removed")
    return found


def new_event(place: Stack, people: PeopleStore) -> dict[str, str]:
    """Return what stands in addresses of an event with everybody in their seat, in which nothing was done yet."""
    made = people.events.add("Hackathon", EventDetails(BEGINS, ENDS, profile="python"))
    people.seats.add(made, 0, lambda number: f"{made}-{number}", most=10, teams=[("Team 1", 2)])
    for name, role in (("organiser", "organiser"), ("newcomer", "organiser"), ("participant", "participant")):
        people.groups.join(made, id_of(people, name), role)  # type: ignore[arg-type]  # as written here
    team = people.seats.teams(made)[0].id
    participant = id_of(people, "participant")
    people.groups.join(team, participant, "member")
    with closing(sqlite3.connect(place.data / "people.sqlite", timeout=10)) as database:
        database.execute("UPDATE seats SET person = ? WHERE event = ? AND number = 1", (participant, made))
        database.commit()
    # What is done to an account is done to another one: whose card is replaced is signed out.
    people.entries.by_code(f"{made}-2", "")
    return {"event": made, "team": team, "number": "2", "name": "newcomer"}


def expected(who: str, route: tuple[str, str]) -> set[int]:
    """Return what the status of the answer to somebody can be."""
    call = CALLS[route]
    if who in {"anonymous", "stopped-server"}:
        return {303} if call.is_page else {401}
    if who == "removed":
        return {303, 401} if call.is_page else {401}
    if who == "server":
        return {403}
    if call.level == ANYBODY:
        return {call.found}
    if call.level == MAKER:
        return {call.found} if who in {"operator", "organiser", "organiser-of-another"} else {403, 400}
    if who not in {"operator", "organiser", "participant"}:
        return {404}
    if call.level == SEATED:
        return {call.found} if who == "participant" else {404}
    return {call.found} if call.level == MEMBER or who != "participant" else {403}


@pytest.mark.parametrize("route", sorted(CALLS), ids=" ".join)
def test_who_may_do_what(place: Stack, people: PeopleStore, tokens: dict[str, str], route: tuple[str, str]) -> None:
    """Each of those who could ask gets what is theirs, and else a sentence that gives nothing away."""
    wrong, call = {}, CALLS[route]
    for who in (*NO_TOKEN, *WHO):
        values = new_event(place, people)
        headers = {"Authorization": f"token {tokens[who]}"} if tokens[who] else {}
        url = f"{place.url}/services/people{route[1].format(**values)}"

        answer = httpx.request(route[0], url, headers=headers, timeout=30, json=call.body, data=call.form)

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
