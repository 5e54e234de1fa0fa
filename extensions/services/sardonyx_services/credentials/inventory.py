"""How much is in each place of the store, with a limit or without: all of it is listed from time to time, a part after the other."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

EVERY_S = 6 * 3600.0
"""All of it is counted so often where nobody looks."""
OLD_S = 600.0
"""Who looks at what is older than this lets it be counted again."""
REST_S = 5.0
"""Between two parts: whoever works in the store comes before this."""
FIRST_S = 20.0
"""A store that starts with this service is there by then."""
AWAY_S = 15.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """What was found in a part of the store.

    Args:
        sizes: bytes by place, such as "home/7mw2kfqd/".
        last: the key at which the next part goes on; "" = there is no more.
    """

    sizes: Mapping[str, int]
    last: str


@dataclass(frozen=True)
class Counted:
    """How much is in a place, and when that was found."""

    size: int
    at: datetime


class Inventory:
    """Counts, and remembers what it found last; who asks waits for nothing.

    Args:
        prefixes: of all places.
        part: (prefix, key) -> what is below the prefix and after the key, but no more than one answer should hold; raises
            OSError where the store does not say.
        clock: returns the moment that it is, with its time zone; `ticks` seconds that only go on.
        rest_s: between two parts; `first_s`: before the first one.
    """

    def __init__(
        self,
        prefixes: tuple[str, ...],
        part: Callable[[str, str], Awaitable[Part]],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
        rest_s: float = REST_S,
        first_s: float = FIRST_S,
    ) -> None:
        self._prefixes, self._part, self._clock, self._ticks = prefixes, part, clock, ticks
        self._rest_s, self._first_s = rest_s, first_s
        self._known: dict[str, Counted] = {}
        self._left, self._after = list(prefixes), ""
        self._sums: Counter[str] = Counter()
        self._through: float | None = None
        self._is_wanted = asyncio.Event()

    @property
    def is_whole(self) -> bool:
        """Whether everything was counted once."""
        return self._through is not None

    def seen(self) -> Mapping[str, Counted]:
        """Return what was counted last, by place; what is old is counted again soon."""
        if self._through is not None and self._ticks() - self._through > OLD_S:
            self._is_wanted.set()
        return self._known

    async def run(self) -> None:
        """Count for as long as the service runs."""
        is_away = False
        await asyncio.sleep(self._first_s)
        while True:
            try:
                is_through = await self.step()
            except OSError as error:
                if not is_away:
                    log.warning("It cannot be counted now how much is in the data store: %s", error)
                is_away = True
                await asyncio.sleep(AWAY_S)
                continue
            is_away = False
            if is_through:
                await self._until_wanted()
            else:
                await asyncio.sleep(self._rest_s)

    async def step(self) -> bool:
        """Count a part; return whether that was the last one.

        Raises:
            OSError: the store does not say; the next step tries it again.
        """
        part = await self._part(self._left[0], self._after)
        self._sums.update(part.sizes)
        # A part may end, and so begin, amid a place.
        done = {*part.sizes, place_of(self._after)} - {place_of(part.last), ""}
        now = self._clock()
        self._known |= {place: Counted(self._sums[place], now) for place in done}
        self._after = part.last
        if part.last:
            return False
        del self._left[0]
        if self._left:
            return False
        self._known = {place: counted for place, counted in self._known.items() if place in self._sums}
        self._left, self._sums, self._through = list(self._prefixes), Counter(), self._ticks()
        return True

    async def _until_wanted(self) -> None:
        self._is_wanted.clear()
        try:
            async with asyncio.timeout(EVERY_S):
                await self._is_wanted.wait()
        except TimeoutError:
            return


def place_of(key: str) -> str:
    """Return the place that a file is in: "class/7mw2kfqd/" of "class/7mw2kfqd/shared/a.csv"; "" = in none."""
    kind, of, name = (*key.split("/", 2), "", "")[:3]
    return f"{kind}/{of}/" if of and name else ""
