"""Ends the connections of people who may not enter a server any more: one that is open stays so by itself."""

from collections.abc import Iterable
from typing import Any
from weakref import WeakSet

from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.web import RequestHandler

VISITS = "sardonyx_visits"
"""Under this name the web application has them."""
NOT_INVITED, SAID = 4403, "You are not invited any more."
SIGNED_OUT, SAID_OUT = 4401, "You are signed out."
LINGER_S = 0.2
"""So long the word that ends a websocket has to arrive; nothing is heard over it meanwhile."""
AGAIN_S = 1.0
"""Whoever was let in by an answer that was on its way is known after so long."""


class Visits:
    """What is connected to this server, known from now on.

    Args:
        auth: what asks the hub, and remembers its answers.
        owner: name of whose server it is.
    """

    def __init__(self, auth: Any, owner: str) -> None:
        self._auth, self._owner = auth, owner
        self._handlers = noted(RequestHandler)

    def watch(self, every_s: float) -> None:
        """Look every few seconds for those who are not invited any more; called when the server's loop runs."""
        PeriodicCallback(self._look, every_s * 1000).start()

    async def end(self) -> int:
        """Ask the hub anew about everybody, also the owner, and end what is not let in any more; return how much was.

        Kernels and terminals go on: they are of the server, and not of who looks at them.
        """
        IOLoop.current().call_later(AGAIN_S, self._end)
        return await self._end()

    async def _end(self) -> int:
        self._auth.cache.clear()
        stays: dict[str, bool] = {}
        ended = 0
        for each in [*sockets(self._handlers), *answers(self._handlers)]:
            token = self._auth.get_token(each) or ""
            if token not in stays:
                # Whom the hub says nothing of may come back at once; who is out must not stay.
                stays[token] = await may_stay(self._auth, each, unknown=False)
            # Before anybody has signed in, nothing is answered that is not for everybody.
            if not stays[token] and (token or is_socket(each)):
                cut(each, SIGNED_OUT, SAID_OUT)
                ended += 1
        return ended

    async def _look(self) -> None:
        for each in visits(list(self._handlers), self._owner):
            if not await may_stay(self._auth, each):
                cut(each, NOT_INVITED, SAID)


def noted(handlers: Any) -> WeakSet[Any]:
    """Return all handlers of a class that are made from now on: nothing else knows them, each extension has its own.

    Remove when tornado (6.5) or Jupyter Server has a list of open connections.
    """
    made: WeakSet[Any] = WeakSet()
    begin = handlers.__init__

    def __init__(handler: Any, *arguments: Any, **named: Any) -> None:  # noqa: N807 - takes its place
        begin(handler, *arguments, **named)
        made.add(handler)

    handlers.__init__ = __init__
    return made


def is_socket(handler: Any) -> bool:
    """Tell whether something is a websocket that is open."""
    return getattr(handler, "ws_connection", None) is not None


def sockets(handlers: Iterable[Any]) -> list[Any]:
    """Return the open websockets."""
    return [each for each in list(handlers) if is_socket(each)]


def answers(handlers: Iterable[Any]) -> list[Any]:
    """Return what is being answered, such as a page of a tool that is fed for as long as it is open."""
    return [each for each in list(handlers) if not is_socket(each) and not each._finished and _stream(each) is not None]  # noqa: SLF001 - has no other name


def visits(handlers: Iterable[Any], owner: str) -> list[Any]:
    """Return the open websockets of others than the owner."""
    return [each for each in sockets(handlers) if getattr(each.current_user, "username", owner) != owner]


def cut(handler: Any, code: int, said: str) -> None:
    """End a connection now: what is sent over it from here on is not heard."""
    if is_socket(handler):
        connection = handler.ws_connection
        handler.close(code, said)
        # Tornado would listen on for some seconds to whoever does not agree.
        connection.client_terminated = True
        # What is closed at once takes with it, in some proxies, why it was.
        IOLoop.current().call_later(LINGER_S, connection.close)
    elif (stream := _stream(handler)) is not None:
        stream.close()


def _stream(handler: Any) -> Any:
    stream = getattr(handler.request.connection, "stream", None)
    return None if stream is None or stream.closed() else stream


async def may_stay(auth: Any, visit: Any, *, unknown: bool = True) -> bool:
    """Ask the hub whether somebody may still enter, with what they came with.

    Args:
        unknown: what is so where the hub does not answer.
    """
    token = auth.get_token(visit)
    if not token:
        return False
    try:
        person = await auth.user_for_token(token, use_cache=False, sync=False)
    except Exception:  # noqa: BLE001 - of many kinds: the hub is away
        return unknown
    return bool(person and auth.check_scopes(auth.access_scopes, person))
