"""How much is in places that have a limit: looked at again and again for as long as somebody gets keys for them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

from sardonyx_services.credentials.configuration import StoredLimits
from sardonyx_services.credentials.places import Place

REMEMBERED_S = 24 * 3600.0
"""So long a place is looked at after somebody wanted keys for it: no keys live longer."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Amount:
    """How much there is in a place, and how much may be; in bytes. Who counted stopped at the limit."""

    size: int
    limit: int

    @property
    def is_full(self) -> bool:
        """Whether no more may be written."""
        return self.size >= self.limit


class StoredAmounts:
    """Remembers them, and marks places that are full. What was not counted yet is not.

    Args:
        count: returns the bytes below a prefix, and no more than a limit; raises OSError where the store does not say.
    """

    def __init__(
        self,
        limits: StoredLimits,
        count: Callable[[str, int], Awaitable[int]],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits, self._count, self._ticks = limits, count, ticks
        self._sizes: dict[str, int] = {}
        self._wanted: dict[str, float] = {}
        self._is_new = asyncio.Event()

    def wanted(self, places: Iterable[Place]) -> tuple[Place, ...]:
        """Return places for which somebody gets keys, those marked that are full."""
        return tuple(self._marked(place) if place.is_writable else place for place in places)

    def of(self, prefix: str) -> Amount | None:
        """Return how much is in the place that a prefix is in; None = it has no limit, or was not counted yet."""
        root = root_of(prefix)
        limit, size = self._limits.of(root), self._sizes.get(root)
        return Amount(size, limit) if limit is not None and size is not None else None

    async def run(self) -> None:
        """Count for as long as the service runs: at once what was never counted, all others from time to time."""
        every_s = self._limits.count_every_s
        due = self._ticks() + every_s
        while True:
            try:
                async with asyncio.timeout(max(0, due - self._ticks())):
                    await self._is_new.wait()
            except TimeoutError:
                await self.look([*self._wanted])
                due = self._ticks() + every_s
            else:
                self._is_new.clear()
                await self.look([root for root in self._wanted if root not in self._sizes])

    async def look(self, roots: Iterable[str]) -> None:
        """Count what is in some places; those that nobody wanted for long are forgotten."""
        now = self._ticks()
        for root in roots:
            if now - self._wanted[root] > REMEMBERED_S:
                del self._wanted[root]
                self._sizes.pop(root, None)
                continue
            limit = self._limits.of(root)
            try:
                self._sizes[root] = await self._count(root, limit or 0)
            except OSError as error:
                # As it was: the next look may be better.
                log.warning("It cannot be counted now how much is in %s: %s", root, error)

    def _marked(self, place: Place) -> Place:
        root = root_of(place.prefix)
        if self._limits.of(root) is None:
            return place
        if root not in self._wanted:
            self._is_new.set()
        self._wanted[root] = self._ticks()
        amount = self.of(root)
        return replace(place, is_full=amount is not None and amount.is_full)


def root_of(prefix: str) -> str:
    """Return the place that has a limit of its own: "class/7mw2kfqd/" of "class/7mw2kfqd/shared/data/"."""
    return "/".join((*prefix.split("/")[:2], ""))
