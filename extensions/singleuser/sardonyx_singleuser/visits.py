"""Ends the connections of people who may not enter a server any more: a websocket that is open stays so by itself."""

from collections.abc import Iterable
from typing import Any
from weakref import WeakSet

from tornado.ioloop import PeriodicCallback
from tornado.websocket import WebSocketHandler

NOT_INVITED, SAID = 4403, "You are not invited any more."


def watch_visits(server: Any, owner: str, every_s: float) -> None:
    """Look every few seconds; called when the server's loop runs.

    Args:
        owner: name of whose server it is.
    """
    auth, sockets = server.identity_provider.hub_auth, noted(WebSocketHandler)

    async def look() -> None:
        for each in visits(list(sockets), owner):
            if not await may_stay(auth, each):
                each.close(NOT_INVITED, SAID)

    PeriodicCallback(look, every_s * 1000).start()


def noted(handlers: Any) -> WeakSet[Any]:
    """Return all handlers of a class that are made from now on: nothing else knows them, each extension has its own.

    Remove when tornado (6.5) or Jupyter Server has a list of open websockets.
    """
    made: WeakSet[Any] = WeakSet()
    begin = handlers.__init__

    def __init__(handler: Any, *arguments: Any, **named: Any) -> None:  # noqa: N807 - takes its place
        begin(handler, *arguments, **named)
        made.add(handler)

    handlers.__init__ = __init__
    return made


def visits(sockets: Iterable[Any], owner: str) -> list[Any]:
    """Return the open websockets of others than the owner."""
    return [
        each
        for each in sockets
        if each.ws_connection is not None and getattr(each.current_user, "username", owner) != owner
    ]


async def may_stay(auth: Any, visit: Any) -> bool:
    """Ask the hub whether somebody may still enter, with what they came with."""
    token = auth.get_token(visit)
    if not token:
        return False
    try:
        person = await auth.user_for_token(token, use_cache=False, sync=False)
    except Exception:  # noqa: BLE001 - of many kinds: the hub is away, and whoever is in stays until it is back
        return True
    return bool(person and auth.check_scopes(auth.access_scopes, person))
