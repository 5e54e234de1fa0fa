"""How long to wait after mistyped passwords: growing, with a ceiling, never for good."""

from collections import OrderedDict

FREE = 4
"""Failures without any wait: people do mistype."""
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 900.0
FREE_PER_ADDRESS = 30
"""A class behind one address mistypes more often than one person."""
FORGIVEN = 5
"""Failures at an address that one success there takes back: not all, or whoever has an account could guess for ever."""
FREE_PER_NAME = 20
LONGEST_PER_NAME_S = 60.0
"""Whoever guesses from many addresses is slowed down by the name; not so much that the name's owner is shut out."""
REMEMBERED = 10_000


def wait_after(failures: int, free: int = FREE, longest_s: float = LONGEST_WAIT_S) -> float:
    """Return the seconds to wait after so many failures in a row."""
    if failures <= free:
        return 0.0
    return min(longest_s, FIRST_WAIT_S * 2.0 ** min(failures - free - 1, 20))


class Throttle:
    """Failures by name, by client address or by both, for as many as fit; the least recent are forgotten first.

    Names count whether they exist or not: otherwise a wait would tell that one does.
    """

    def __init__(self, free: int, longest_s: float = LONGEST_WAIT_S) -> None:
        self._free, self._longest_s = free, longest_s
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, key: str, now: float) -> float:
        """Return how long this one still has to wait."""
        count, last = self._failures.get(key, (0, 0.0))
        return max(0.0, last + wait_after(count, self._free, self._longest_s) - now)

    def failed(self, key: str, now: float) -> None:
        """Count a failure; after a quiet hour counting begins anew."""
        count, last = self._failures.pop(key, (0, 0.0))
        self._failures[key] = (1 if now - last > 4 * LONGEST_WAIT_S else count + 1, now)
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def forgive(self, key: str, failures: int) -> None:
        """Take back some failures: somebody else at the same address mistyped, and somebody did not."""
        count, last = self._failures.get(key, (0, 0.0))
        if count:
            self._failures[key] = (max(0, count - failures), last)

    def succeeded(self, key: str) -> None:
        """Forget the failures."""
        self._failures.pop(key, None)
