"""Many people who start and stop their servers, as their browsers do: a request, and then the page that tells of it."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aiohttp import ClientSession, ClientTimeout, TCPConnector
from support.hollow.hubs import TOKEN

SENT_AWAY_S, AGAIN_S = 5.0, 1.0
"""Who is told that too many start just now asks again so soon; JupyterHub proposes half a minute or a whole one."""
GIVEN_UP_S = 900.0
TRIES = 5
"""Whose start fails tries again."""
TOO_MANY, ACCEPTED, GONE = 429, 202, 204
Each = Callable[[ClientSession, str], Awaitable[bool]]


@dataclass
class Times:
    """How long it took each of many.

    Args:
        seconds: of each, from their first request.
        taken_s: from the first to the last.
        failed: what was said of each start, or stop, that came to nothing and was tried again.
        sent_away: how often somebody had to ask again.
    """

    seconds: list[float]
    taken_s: float
    failed: list[str]
    sent_away: int = 0

    @property
    def per_second(self) -> float:
        """How many came through in a second."""
        return len(self.seconds) / self.taken_s

    def within(self, share: float) -> float:
        """Return the seconds within which this share of them was through."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


class Crowd:
    """Asks a hub for many.

    Args:
        url: of the place.
    """

    def __init__(self, url: str) -> None:
        self._api = f"{url}/hub/api/users"
        self._sent_away = 0
        self._failed: list[str] = []

    def start(self, names: Sequence[str], at_once: int) -> Times:
        """Start their servers, so many at a time; through when all are ready or refused."""
        return self._apart(self._start, names, at_once)

    def stop(self, names: Sequence[str], at_once: int) -> Times:
        """Stop them; through when the hub has seen the end of all."""
        return self._apart(self._stop, names, at_once)

    def _apart(self, each: Each, names: Sequence[str], at_once: int) -> Times:
        # In a thread of its own, because a browser of Playwright's keeps a loop running in the thread of the tests.
        with ThreadPoolExecutor(1) as apart:
            return apart.submit(asyncio.run, self._all(each, names, at_once)).result()

    async def _all(self, each: Each, names: Sequence[str], at_once: int) -> Times:
        turn, seconds = asyncio.Semaphore(at_once), []
        self._sent_away, self._failed = 0, []

        async def one(session: ClientSession, name: str) -> None:
            async with turn:
                began = time.monotonic()
                if await each(session, name):
                    seconds.append(time.monotonic() - began)

        headers, patience = {"Authorization": f"token {TOKEN}"}, ClientTimeout(total=GIVEN_UP_S)
        async with ClientSession(headers=headers, timeout=patience, connector=TCPConnector(limit=0)) as session:
            began = time.monotonic()
            await asyncio.gather(*(one(session, name) for name in names))
            return Times(seconds, time.monotonic() - began, self._failed, self._sent_away)

    async def _start(self, session: ClientSession, name: str) -> bool:
        for _time in range(TRIES):
            if await self._start_once(session, name):
                return True
        return False

    async def _start_once(self, session: ClientSession, name: str) -> bool:
        while True:
            async with session.post(f"{self._api}/{name}/server") as answer:
                said = await answer.text()
                if answer.status != TOO_MANY:
                    break
            self._sent_away += 1
            await asyncio.sleep(SENT_AWAY_S)
        if answer.status not in {201, ACCEPTED}:
            self._failed.append(f"{name}: {answer.status} {said}")
            return False
        last: dict[str, object] = {}
        async with session.get(f"{self._api}/{name}/server/progress") as answer:
            async for line in answer.content:
                if line.startswith(b"data: "):
                    last = json.loads(line.removeprefix(b"data: "))
        if not last.get("ready"):
            self._failed.append(f"{name}: {last}")
        return bool(last.get("ready"))

    async def _stop(self, session: ClientSession, name: str) -> bool:
        while True:
            async with session.delete(f"{self._api}/{name}/server") as answer:
                said = await answer.text()
                if answer.status == GONE:
                    return True
                # It takes longer than the hub lets somebody wait for an answer; the question can be asked again.
                if answer.status != ACCEPTED:
                    self._failed.append(f"{name}: {answer.status} {said}")
                    return False
            await asyncio.sleep(AGAIN_S)
