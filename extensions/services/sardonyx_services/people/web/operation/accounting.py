"""Looks each minute which servers run, and writes down for how long: also for the time in which nobody looked."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.hub import Hub, Server

EVERY_S = 60.0
LONGEST_S = 3 * EVERY_S
"""A server of which nobody knows since when it runs counts for so long at most."""
LONGEST_AWAY_S = 3 * 24 * 3600.0
"""This service is not away for longer: a clock that was wrong makes nobody's hours more than that."""


class Accounting:
    """Adds up hours, none of them twice. The hub says since when each server runs.

    Time is taken from the clock that only goes on, and after a restart of this service from the other one, which can be
    wrong: set back, it counts nothing of what passed in between.

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
        self._until: datetime | None = None
        self._ran: dict[tuple[str, str], datetime | None] = {}

    async def look(self) -> None:
        """Count the time since the last look for each server that runs, from its beginning on."""
        servers = [each for each in await self._hub.servers() if each.state == "running"]
        await asyncio.to_thread(self._count, servers, self._clock(), self._ticks())

    def _count(self, servers: Iterable[Server], now: datetime, ticks: float) -> None:
        counted = self._people.hours.counted_until()
        passed = ticks - self._looked
        # Without an end of our own, this is the first look; with another one, somebody else has counted.
        if counted is not None and counted != self._until:
            passed = min(max((now - counted).total_seconds(), 0.0), LONGEST_AWAY_S)
        ids = self._people.names.ids({each.name for each in servers})
        used: Counter[tuple[date, str, str]] = Counter()
        for each in servers:
            if each.name not in ids:
                continue
            is_same = each.since is not None and self._ran.get((each.name, each.server)) == each.since
            for day, seconds in on_days(now, passed if is_same else since_began(each, now, passed)).items():
                used[day, ids[each.name], each.profile] += seconds
        if self._people.hours.count(used, counted, now):
            self._looked, self._until = ticks, now
            self._ran = {(each.name, each.server): each.since for each in servers}
        self._people.hours.forget_old(now.date())


def since_began(server: Server, now: datetime, passed: float) -> float:
    """Return for how many of the seconds that passed a server ran that was not there at the last look."""
    if server.since is None:
        return min(passed, LONGEST_S)
    return min(passed, max((now - server.since).total_seconds(), 0.0))


def on_days(end: datetime, seconds: float) -> Mapping[date, int]:
    """Return how many of the seconds before a moment are on each day, in UTC."""
    left, end, days = round(seconds), end.astimezone(UTC), dict[date, int]()
    while left > 0:
        midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
        here = min(left, round((end - midnight).total_seconds()))
        if here:
            days[end.date()] = here
        left, end = left - here, midnight - timedelta(microseconds=1)
    return days
