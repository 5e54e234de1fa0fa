"""What somebody does with what is another's at JupyterHub's own addresses is written down, as on pages of ours.

A program that does it, such as the service of classes, writes down by itself for whom.
"""

import asyncio
import re
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from logging import getLogger
from typing import Any
from urllib.parse import unquote

from jupyterhub.apihandlers.auth import OAuthAuthorizeHandler
from jupyterhub.apihandlers.users import UserServerAPIHandler, UserTokenAPIHandler, UserTokenListAPIHandler
from jupyterhub.handlers.pages import SpawnHandler

from sardonyx_hub_config.pages.handlers import StopHandler
from sardonyx_services.people.store import PeopleStore

log = getLogger(__name__)
OPENED = "code="
"""In the address to which somebody is led who may go on into a server."""
ADDRESSES = (
    ("POST", re.compile(r".*/api/users/(?P<name>[^/]+)/servers?(/.*)?"), "start"),
    ("DELETE", re.compile(r".*/api/users/(?P<name>[^/]+)/servers?(/.*)?"), "stop"),
    ("POST", re.compile(r".*/hub/spawn/(?P<name>[^/]+)(/.*)?"), "start"),
    ("POST", re.compile(r".*/hub/stop/(?P<name>[^/]+)(/.*)?"), "stop"),
    ("POST", re.compile(r".*/api/users/(?P<name>[^/]+)/tokens"), "token"),
    ("DELETE", re.compile(r".*/api/users/(?P<name>[^/]+)/tokens/.*"), "token-end"),
)
OF_OTHERS = (
    UserServerAPIHandler,
    UserTokenListAPIHandler,
    UserTokenAPIHandler,
    SpawnHandler,
    StopHandler,
    OAuthAuthorizeHandler,
)
IS_DONE = {HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT, HTTPStatus.FOUND}
"""A form with a fault is shown again, with another one."""
OF_GROUPS = ("class", "event")
"""What the slug of a profile begins with that is of one of them; its id comes after a hyphen."""


@dataclass(frozen=True)
class Done:
    """Something that was done.

    Args:
        who: name of who did it; so is `whom`: of whom it is.
        what: as `people/actions.py` has it.
        group: id of the class or event that the server is of; "" = none.
    """

    who: str
    what: str
    whom: str
    group: str = ""


def done_to(method: str, path: str) -> tuple[str, str] | None:
    """Return what a request does, and the name of whose it is; None = nothing that is written down."""
    for its, address, what in ADDRESSES:
        found = address.fullmatch(path) if method == its else None
        if found is not None:
            return what, unquote(found["name"])
    return None


def write_down(people: PeopleStore, done: Done) -> None:
    """Write down what was done, where both are known here."""
    who, whom = people.by_name(done.who), people.by_name(done.whom)
    if who is not None and whom is not None:
        people.actions.add(who.id, done.what, done.group, whom=(whom.id,))


class WrittenDown:
    """Mix-in, first among the bases of a handler that does something with what may be another's."""

    def on_finish(self: Any) -> None:
        """Write down what was done, beside the answer."""
        super().on_finish()  # type: ignore[misc]  # the other base has it
        done = _done(self)
        if done is not None:
            task = asyncio.ensure_future(asyncio.to_thread(write_down, self.authenticator.people, done))
            task.add_done_callback(_say_failure)


def _done(handler: Any) -> Done | None:
    user = getattr(handler, "_jupyterhub_user", None)
    if user is None or user.kind != "user" or handler.get_status() not in IS_DONE:
        return None
    if isinstance(handler, OAuthAuthorizeHandler):
        return _opened(handler, user.name)
    found = done_to(handler.request.method, handler.request.path)
    return Done(user.name, found[0], found[1]) if found is not None and found[1] != user.name else None


def _opened(handler: Any, who: str) -> Done | None:
    """Return whose server somebody has been let into; None = nobody else's."""
    if OPENED not in str(handler._headers.get("Location", "")):  # noqa: SLF001 - Tornado keeps what it has sent nowhere else
        return None
    client = handler.oauth_provider.fetch_by_client_id(handler.get_argument("client_id", ""))
    found = client.spawner if client is not None else None
    if found is None or found.user is None or found.user.name == who:
        return None
    profile = handler.users[found.user].spawners[found.name].running.profile
    kind, _hyphen, group = profile.partition("-")
    return Done(who, "open", found.user.name, group if kind in OF_GROUPS else "")


def _say_failure(task: asyncio.Future[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("What was done with somebody's server or keys could not be written down.", exc_info=task.exception())


@cache
def written_down(handler: type) -> type:
    """Return a handler that writes down what somebody does with what is another's."""
    if not issubclass(handler, OF_OTHERS):
        return handler
    return type(handler.__name__, (WrittenDown, handler), {"__module__": handler.__module__})
