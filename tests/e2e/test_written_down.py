"""What administrators do at JupyterHub's own addresses with what is another's is under *What was done*; what is their own is not."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from support import web
from support.classes import CONF, ONE_PROFILE, hub, id_of, people_of, token_of
from support.stack import Stack
from support.waiting import soon

from sardonyx_services.people.store import PeopleStore


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place."""
    return place_with(ONE_PROFILE, conf=f'{CONF}c.Authenticator.admin_users = {{"ann"}}\n')


@pytest.fixture(scope="module")
def people(place: Stack) -> Iterator[PeopleStore]:
    """An administrator, and somebody who is none."""
    with people_of(place) as store:
        store.add_account("ann", "", is_admin=True)
        store.add_account("kim", "")
        for name in ("ann", "kim"):
            token_of(place, name)
        yield store


def as_ann(place: Stack, method: str, path: str, body: object = None) -> httpx.Response:
    """Ask the hub as the administrator."""
    headers = {"Authorization": f"token {token_of(place, 'ann')}"}
    return web.request(method, f"{place.url}/hub/api/users/{path}", headers=headers, json=body, timeout=60)


def done(people: PeopleStore, name: str) -> list[tuple[str, str]]:
    """Return what is written down, the latest last: by whom and to somebody."""
    whom = id_of(people, name)
    names = {"": "", **people.names.shown()}
    found = [each for each in people.actions.latest() if each.whom == whom]
    return [(names[each.who], each.what) for each in reversed(found)]


def test_what_is_done_to_others_is_written_down(place: Stack, people: PeopleStore) -> None:
    """A server that is started and stopped, a key that is made and ended, and who becomes an administrator."""
    assert as_ann(place, "POST", "kim/server", {"profile": "python"}).status_code in {201, 202}
    soon(lambda: bool(hub(place, "GET", "/users/kim")["servers"].get("", {}).get("ready")))
    assert as_ann(place, "DELETE", "kim/server").status_code in {202, 204}
    made = as_ann(place, "POST", "kim/tokens", {}).json()["id"]
    assert as_ann(place, "DELETE", f"kim/tokens/{made}").status_code == 204
    assert as_ann(place, "PATCH", "kim", {"admin": True}).status_code == 200
    assert as_ann(place, "PATCH", "kim", {"admin": False}).status_code == 200

    did = ["start", "stop", "token", "token-end", "admin", "admin-end"]
    soon(lambda: sorted(done(people, "kim")) == sorted(("ann", what) for what in did))


def test_what_is_refused_and_what_is_ones_own_is_not(place: Stack, people: PeopleStore) -> None:
    """It would hide the rest."""
    before = done(people, "kim"), done(people, "ann")
    headers = {"Authorization": f"token {token_of(place, 'kim')}"}
    assert web.post(f"{place.url}/hub/api/users/ann/server", headers=headers).status_code in {403, 404}
    assert as_ann(place, "POST", "ann/tokens", {}).status_code == 201
    assert as_ann(place, "POST", "kim/server", {"profile": "none"}).status_code == 400

    assert (done(people, "kim"), done(people, "ann")) == before
