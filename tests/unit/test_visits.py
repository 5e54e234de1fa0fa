"""What is open in a server ends with the session with which it was opened, and nothing else does: real connections."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.simple_httpclient import HTTPStreamClosedError
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler, websocket_connect

from sardonyx_singleuser.visits import LINGER_S, SIGNED_OUT, Visits

OPENING = (
    b"GET /kernel?token=old HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
WORD = b"\x81\x82\0\0\0\0hi"
"""A frame with a text, hidden by zeros."""
MINE = "access:servers!server=ada/"


class Auth:
    """What asks the hub, and remembers its answers; tokens are in addresses here."""

    access_scopes = frozenset({MINE})

    def __init__(self) -> None:
        self.good, self.cache, self.is_away = {"old", "new"}, {"old": "let in"}, False

    def get_token(self, visit: Any) -> str:
        """Return what somebody came with."""
        found: str = visit.get_argument("token", "")
        return found

    async def user_for_token(self, token: str, **_named: bool) -> dict[str, Any] | None:
        """Answer as the hub does."""
        if self.is_away:
            raise OSError
        return {"scopes": [MINE]} if token in self.good else None

    def check_scopes(self, wanted: frozenset[str], person: dict[str, Any]) -> bool:
        """Tell whether somebody may enter."""
        return bool(wanted & set(person["scopes"]))


class Echo(WebSocketHandler):
    """A kernel, as it were: it hears."""

    heard: list[str]

    def initialize(self, heard: list[str]) -> None:
        """Know where to keep it."""
        self.heard = heard

    def on_message(self, message: str | bytes) -> None:
        """Keep it, and say it."""
        self.heard.append(str(message))
        self.write_message(message)


class Feed(RequestHandler):
    """A page that never ends."""

    async def get(self) -> None:
        """Go on for as long as somebody listens."""
        try:
            while True:
                self.write("on ")
                await self.flush()
                await asyncio.sleep(0.01)
        except StreamClosedError:
            pass


class Place:
    """A server with a kernel and a page, and what ends visits to it."""

    def __init__(self) -> None:
        self.auth, self.heard = Auth(), list[str]()
        self._clients: list[Any] = []
        # As in a server: before the first of its handlers is made.
        self._begin = RequestHandler.__init__
        self.visits = Visits(self.auth, "ada")
        (socket,) = bind_sockets(0, "127.0.0.1")
        self.port = socket.getsockname()[1]
        self.server = HTTPServer(Application([("/kernel", Echo, {"heard": self.heard}), ("/feed", Feed)]))
        self.server.add_socket(socket)

    async def kernel(self, token: str) -> Any:
        """Open a websocket."""
        made = await websocket_connect(f"ws://127.0.0.1:{self.port}/kernel?token={token}")
        self._clients.append(made)
        return made

    def feed(self, token: str, heard: list[bytes]) -> "asyncio.Future[Any]":
        """Open the page."""
        return AsyncHTTPClient(force_instance=True).fetch(
            f"http://127.0.0.1:{self.port}/feed?token={token}", streaming_callback=heard.append, request_timeout=0
        )

    async def close(self) -> None:
        """End it."""
        RequestHandler.__init__ = self._begin  # type: ignore[method-assign]
        for client in self._clients:
            client.close()
        self.server.stop()
        # What was ended is closed after a moment.
        await asyncio.sleep(2 * LINGER_S)
        await self.server.close_all_connections()


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - a stream tells nobody
            await asyncio.sleep(0.01)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    """One at which nobody is."""
    found = Place()
    yield found
    await found.close()


async def test_websockets_of_a_session_that_has_ended_are_closed_and_the_others_go_on(place: Place) -> None:
    """The owner's, too: a new session of theirs is as good as it was."""
    old, new = await place.kernel("old"), await place.kernel("new")
    place.auth.good.remove("old")

    assert await place.visits.end() == 1

    assert await old.read_message() is None
    assert old.close_code == SIGNED_OUT
    await new.write_message("still here")
    assert await new.read_message() == "still here"


async def test_what_is_sent_after_that_is_not_heard(place: Place) -> None:
    """By a program that does not agree to the end, as browsers do."""
    reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
    writer.write(OPENING)
    await reader.readuntil(b"\r\n\r\n")
    writer.write(WORD)
    await _until(lambda: place.heard == ["hi"])
    place.auth.good.remove("old")

    await place.visits.end()
    with suppress(ConnectionError):
        writer.write(WORD)
        await reader.read()
    writer.close()

    assert place.heard == ["hi"]


async def test_a_page_that_is_fed_ends_with_its_session(place: Place) -> None:
    """Tools and apps have such, which are no websockets."""
    heard: list[bytes] = []
    more: list[bytes] = []
    feed, other = place.feed("old", heard), place.feed("new", more)
    await _until(lambda: bool(heard and more))
    place.auth.good.remove("old")

    assert await place.visits.end() == 1

    with pytest.raises(HTTPStreamClosedError):
        await feed
    count = len(more)
    await _until(lambda: len(more) > count + 3)
    await place.close()
    with pytest.raises(HTTPStreamClosedError):
        await other


async def test_what_was_remembered_of_a_session_is_forgotten(place: Place) -> None:
    """The next request is asked of the hub."""
    await place.visits.end()

    assert place.auth.cache == {}


async def test_nobody_stays_of_whom_the_hub_says_nothing(place: Place) -> None:
    """Whoever may come back does so at once; kernels go on meanwhile."""
    socket = await place.kernel("new")
    place.auth.is_away = True

    assert await place.visits.end() == 1

    assert await socket.read_message() is None
