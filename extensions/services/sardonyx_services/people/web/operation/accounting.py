"""Looks each minute which servers run, and writes down for how long."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.hub import Hub, Server

EVERY_S = 60.0
LONGEST_S = 3 * EVERY_S
"""Time in which nobody looked, as while this service was not there, counts for so long at most."""


class Accounting:
    """Adds up hours. What a restart loses is a minute.

    Args:
        clock: returns the moment that it is, with its time zone; `ticks` seconds that only go on.
    """

    def __init__(
        self,
        people: PeopleStore,
        hub: Hub,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._people, self._hub, self._clock, self._ticks = people, hub, clock, ticks
        self._looked = ticks()

    async def look(self) -> None:
        """Count the time since the last look for each server that runs."""
        servers = await self._hub.servers()
        now = self._ticks()
        passed, self._looked = min(now - self._looked, LONGEST_S), now
        if passed:
            await asyncio.to_thread(self._write, servers, round(passed))

    def _write(self, servers: Iterable[Server], seconds: int) -> None:
        running = [each for each in servers if each.state == "running"]
        ids = self._people.names.ids({each.name for each in running})
        used: Counter[tuple[str, str]] = Counter()
        for each in running:
            if each.name in ids:
                used[ids[each.name], each.profile] += seconds
        today = self._clock().date()
        self._people.hours.add(today, used)
        self._people.hours.forget_old(today)
