"""How much room each kept home has: set in the file system where that can be, measured and said where it cannot."""

import asyncio
import logging
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

from sardonyx_spawner.local.home_use import HomeLimit, HomeUse, measure, read_uses, warning, write_uses
from sardonyx_spawner.local.owners import read_owner
from sardonyx_spawner.local.project_quota import ProjectQuotas, find_quotas, project_of

EVERY_S = 900.0
"""All homes are looked at so often at most."""
REST = 9.0
"""After each home, so many times as long as it took: a tenth of the time of one disk at most, also for one person."""
LONGEST_S = 600.0
OLD_S = 5.0
"""Whoever asks is told what was found last, and finds something newer a moment later if it is older than this."""
RESERVE = 4 << 20
"""So much is free after each start: Jupyter writes small files into a home, and without it nobody could delete others."""

log = logging.getLogger(__name__)


class HomeRoom:
    """The room of all kept homes of one data folder.

    Args:
        homes: one folder per person, named by immutable id.
        servers: one folder per person, too.
        notes: file in which is kept what was found.
        most: bytes that each home may take; None = no limit, and nothing is measured.
    """

    def __init__(self, homes: Path, servers: Path, notes: Path, most: int | None, longest_s: float = LONGEST_S) -> None:
        self._homes, self._servers, self._notes = homes, servers, notes
        self._most, self._longest_s = most, longest_s
        self._found: tuple[ProjectQuotas | None, str] | None = None
        self._uses: dict[str, HomeUse] | None = None
        self._asked: dict[str, None] = {}
        self._took: dict[str, float] = {}
        self._round: deque[str] = deque()
        self._wake = asyncio.Event()

    def limit(self, person: str) -> HomeLimit | None:
        """Return how much somebody's home may take; None = as much as they like."""
        if self._most is None:
            return None
        return HomeLimit(self._most, is_kept=self._project(person) is not None)

    async def claim(self, person: str, owner: int | None) -> str:
        """Set the limit of a home that is about to be used; return a warning for the person, or "".

        Args:
            owner: number of the user that the home belongs to; None = the hub's, whom no limit stops.

        Raises:
            OSError: the limit cannot be set.
        """
        home, quotas = self._homes / person, self._quotas()
        if quotas is not None and owner is not None:
            is_set = await asyncio.to_thread(project_of, home) == owner
            if self._most is not None or is_set:
                await asyncio.to_thread(_set, quotas, home, owner, self._most or 0)
                await self._look(person)
        limit, use = self.limit(person), self._known().get(person)
        self.ask(person)
        return warning(use, limit) if limit is not None and use is not None else ""

    def use(self, person: str) -> HomeUse | None:
        """Return what somebody's home took when it was last looked at, and look again soon if that is long ago."""
        use = self._known().get(person)
        if use is None or time.time() - use.at > max(OLD_S, REST * self._took.get(person, 0)):
            self.ask(person)
        return use

    def uses(self) -> dict[str, HomeUse]:
        """Return what is known of all homes."""
        return dict(self._known()) if self._most is not None else {}

    def ask(self, person: str) -> None:
        """Look at a home soon."""
        if self._most is not None:
            self._asked[person] = None
            self._wake.set()

    async def run(self) -> None:
        """Look at all homes, one after the other, for ever; those first that somebody asked for."""
        if self._most is None:
            return
        next_round = 0.0
        while True:
            if not self._round and time.monotonic() >= next_round:
                next_round = time.monotonic() + EVERY_S
                self._round.extend(await asyncio.to_thread(self._people))
            self._wake.clear()
            if self._asked:
                person = next(iter(self._asked))
                del self._asked[person]
                await self._look(person)
            elif self._round:
                began = time.monotonic()
                await self._look(self._round.popleft())
                await self._rest(REST * (time.monotonic() - began))
            else:
                await self._rest(next_round - time.monotonic())

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _look(self, person: str) -> None:
        quotas, project, began = self._quotas(), self._project(person), time.monotonic()
        try:
            if quotas is not None and project is not None:
                use: HomeUse | None = HomeUse(await asyncio.to_thread(quotas.used, project), time.time())
            else:
                use = await measure(self._homes / person, self._longest_s)
            if use is not None:
                self._known()[person] = use
                await asyncio.to_thread(write_uses, self._notes, self.uses())
            elif (self._homes / person).exists():
                log.warning("The home %s could not be measured in %.0f s, or not at all", person, self._longest_s)
            else:
                self._known().pop(person, None)
        except OSError as error:
            log.warning("The home %s could not be measured: %s", person, error)
        self._took[person] = time.monotonic() - began

    def _people(self) -> list[str]:
        return sorted(path.name for path in self._homes.iterdir())

    def _known(self) -> dict[str, HomeUse]:
        if self._uses is None:
            self._uses = read_uses(self._notes)
        return self._uses

    def _project(self, person: str) -> int | None:
        """Return the project that a home is in, where the file system keeps a limit for it."""
        with suppress(OSError):
            owner = read_owner(self._servers / person)
            if self._quotas() is not None and project_of(self._homes / person) == owner:
                return owner
        return None

    def _quotas(self) -> ProjectQuotas | None:
        if self._found is None:
            self._found = find_quotas(self._homes)
        return self._found[0]


def _set(quotas: ProjectQuotas, home: Path, owner: int, most: int) -> None:
    quotas.limit(home, owner, most)
    used = quotas.used(owner)
    if 0 < most < used + RESERVE:
        quotas.limit(home, owner, used + RESERVE)
