"""How much is in places that have a limit: looked at again and again for as long as somebody gets keys for them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from sardonyx_services.credentials.configuration import StoredLimits
from sardonyx_services.credentials.places import Place

REMEMBERED_S = 24 * 3600.0
"""So long something is looked at after somebody wanted keys for it: no keys live longer."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Amount:
    """How much there is of somebody or something, and how much may be; in bytes. Who counted stopped at the limit."""

    size: int
    limit: int

    @property
    def is_full(self) -> bool:
        """Whether no more may be written."""
        return self.size >= self.limit


async def _none_chosen(_whole: str) -> None:
    """Know of none."""


class StoredAmounts:
    """Remembers them, and marks places that are full. What was not counted yet is not.

    A whole is what has a limit, by its own place: "home/…/", "class/…/", "team/…/", or "event/…/", which is that of its
    teams and accounts, too. A place can be of several, and is full if one of them is.

    Args:
        count: returns the bytes of a whole, and no more than a limit; None = it is not through with it, and goes on with
            the next call; raises OSError where the store does not say.
        chosen: returns the limit that those who lead a whole have chosen, in bytes, which counts where it is less than
            ours; None = none; raises OSError where that cannot be looked up.
    """

    def __init__(
        self,
        limits: StoredLimits,
        count: Callable[[str, int], Awaitable[int | None]],
        chosen: Callable[[str], Awaitable[int | None]] = _none_chosen,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits, self._count, self._look_up, self._ticks = limits, count, chosen, ticks
        self._sizes: dict[str, int] = {}
        self._chosen: dict[str, int | None] = {}
        self._wanted: dict[str, float] = {}
        self._is_new = asyncio.Event()

    def wanted(self, places: Iterable[Place]) -> tuple[Place, ...]:
        """Return places for which somebody gets keys, those marked that are full."""
        return tuple(self._marked(place) if place.is_writable else place for place in places)

    def of(self, place: Place) -> Mapping[str, Amount]:
        """Return how much there is of each whole that a place is of; none that has no limit, or was not counted yet."""
        found = {whole: self._amount(whole) for whole in wholes_of(place)}
        return {whole: amount for whole, amount in found.items() if amount is not None}

    def all(self) -> Mapping[str, Amount]:
        """Return how much there is of each whole that was counted, and for which somebody wanted keys in the last day."""
        return {whole: amount for whole in self._sizes if (amount := self._amount(whole)) is not None}

    def asked(self, whole: str) -> tuple[int | None, int] | None:
        """Return the bytes of a whole, and its limit, for who only looks; it is counted, too.

        The bytes are None where it was not counted yet; all of it is None where it has no limit.
        """
        limit = self._limit(whole)
        if limit is None:
            return None
        self._want(whole)
        amount = self._amount(whole)
        return (amount.size if amount is not None else None, limit)

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
                await self.look([whole for whole in self._wanted if whole not in self._sizes])

    async def look(self, wholes: Iterable[str]) -> None:
        """Count some, one after the other; what nobody wanted for long is forgotten."""
        now = self._ticks()
        for whole in wholes:
            if now - self._wanted[whole] > REMEMBERED_S:
                del self._wanted[whole]
                self._sizes.pop(whole, None)
                self._chosen.pop(whole, None)
                continue
            try:
                self._chosen[whole] = await self._look_up(whole)
                size = await self._count(whole, self._limit(whole) or 0)
            except OSError as error:
                # As it was: the next look may be better.
                log.warning("It cannot be counted now how much is in %s: %s", whole, error)
            else:
                self._sizes |= {} if size is None else {whole: size}

    def _marked(self, place: Place) -> Place:
        for whole in wholes_of(place):
            if self._limits.of(whole) is not None:
                self._want(whole)
        return replace(place, is_full=any(amount.is_full for amount in self.of(place).values()))

    def _limit(self, whole: str) -> int | None:
        allowed, chosen = self._limits.of(whole), self._chosen.get(whole)
        return allowed if allowed is None or chosen is None else min(allowed, chosen)

    def _want(self, whole: str) -> None:
        if whole not in self._wanted:
            self._is_new.set()
        self._wanted[whole] = self._ticks()

    def _amount(self, whole: str) -> Amount | None:
        limit, size = self._limit(whole), self._sizes.get(whole)
        return Amount(size, limit) if limit is not None and size is not None else None


def wholes_of(place: Place) -> tuple[str, ...]:
    """Return what a place is of, by its own place: "class/7mw2kfqd/" of "class/7mw2kfqd/shared/data/"; of a team, its event, too."""
    own = "/".join((*place.prefix.split("/")[:2], ""))
    return (own, f"event/{place.event}/") if place.event else (own,)
