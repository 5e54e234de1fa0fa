"""A file from the store to a reader: as fast as they take it, and never more than some blocks of it in memory."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

import httpx
from starlette.types import Message, Receive, Scope, Send

from sardonyx_services.links.lookup import AWAY, ClosedLinkError

log = logging.getLogger(__name__)
BLOCK = 1 << 16
GONE = "Gone"
BUSY = "Busy"
AT_ONCE, AT_ONCE_BY_ONE_LINK = 256, 64
"""So many files go out at once; a link that everybody opens leaves room for others."""
CHANGED, NO_RANGE, FAILED = 412, 416, 500
NOT_THERE = {403, 404, 410}
"""A store says that a file is not there with the first, to who may not list what is."""


class Turns:
    """Who is sent a file now."""

    def __init__(self) -> None:
        self._by_link: Counter[str] = Counter()

    @contextmanager
    def turn(self, mark: str) -> Iterator[None]:
        """Take a turn for as long as a file goes out.

        Raises:
            ClosedLinkError: there are too many already.
        """
        if self._by_link.total() >= AT_ONCE or self._by_link[mark] >= AT_ONCE_BY_ONE_LINK:
            raise ClosedLinkError(BUSY)
        self._by_link[mark] += 1
        try:
            yield
        finally:
            self._by_link[mark] -= 1
            if not self._by_link[mark]:
                del self._by_link[mark]


@asynccontextmanager
async def stored(
    client: httpx.AsyncClient, method: str, address: str, headers: Mapping[str, str]
) -> AsyncIterator[httpx.Response]:
    """Ask the store for a file; what it answers is read by who asked.

    Raises:
        ClosedLinkError: it is not there, or not now.
    """
    try:
        async with client.stream(method, address, headers=headers) as answer:
            if answer.status_code != CHANGED or "if-match" not in headers:
                yield _looked_at(answer)
                return
        whole = {name: said for name, said in headers.items() if name not in {"range", "if-match"}}
        async with client.stream(method, address, headers=whole) as answer:
            yield _looked_at(answer)
    except httpx.HTTPError as error:
        log.warning("The store does not answer: %s", type(error).__name__)
        raise ClosedLinkError(AWAY) from error


def _looked_at(answer: httpx.Response) -> httpx.Response:
    if answer.status_code in NOT_THERE:
        raise ClosedLinkError(GONE)
    if not (answer.is_success or answer.status_code == NO_RANGE):
        log.warning("The store answers with %d", answer.status_code)
        raise ClosedLinkError(AWAY)
    return answer


async def pass_on(
    answer: httpx.Response, headers: Mapping[str, str], scope: Scope, receive: Receive, send: Send
) -> None:
    """Send what the store answers to a reader, until all is sent or they go away."""
    sending = asyncio.create_task(_send(answer, headers, send, with_body=scope["method"] == "GET"))
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        sending.cancel()
        failed = (await asyncio.gather(sending, leaving, return_exceptions=True))[0]
    if isinstance(failed, Exception):
        # Too late for a sentence; a connection that ends early is a download that failed, for every program.
        log.warning("A download ended early: %s", type(failed).__name__)


async def _send(answer: httpx.Response, headers: Mapping[str, str], send: Send, *, with_body: bool) -> None:
    raw = [(name.lower().encode(), said.encode("latin-1")) for name, said in headers.items()]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": raw})
    if with_body and answer.is_success:
        # The next block is read when this one was taken.
        async for block in answer.aiter_raw(BLOCK):
            await send(_body(block, more=True))
    await send(_body(b"", more=False))


def _body(block: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": block, "more_body": more}


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
