"""Many requests at once from one process: a few lines over asyncio, because a client library would be what is measured."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Answers:
    """What a load was answered with.

    Args:
        seconds: of each request.
        statuses: of each request.
        taken_s: from the first to the last.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    taken_s: float = 0.0

    @property
    def per_second(self) -> float:
        """How many were answered in a second."""
        return len(self.seconds) / self.taken_s

    def percentile(self, share: float) -> float:
        """Return the seconds within which this share of the requests was answered."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


async def get(url: str, token: str) -> int:
    """Ask once on a connection of its own; return the status.

    Raises:
        OSError, asyncio.IncompleteReadError: there is no answer.
    """
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        path = where.path + (f"?{where.query}" if where.query else "")
        head = (
            f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: token {token}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode())
        await writer.drain()
        answer = await reader.read()
        if not answer:
            raise asyncio.IncompleteReadError(b"", None)
        return int(answer.split(b" ", 2)[1])
    finally:
        writer.close()


async def load(url: str, tokens: Sequence[str], at_once: int) -> Answers:
    """Ask once with each token, so many at once."""
    answers = Answers()
    turn = asyncio.Semaphore(at_once)

    async def one(token: str) -> None:
        async with turn:
            began = time.monotonic()
            answers.statuses.append(await get(url, token))
            answers.seconds.append(time.monotonic() - began)

    began = time.monotonic()
    await asyncio.gather(*(one(token) for token in tokens))
    answers.taken_s = time.monotonic() - began
    return answers
