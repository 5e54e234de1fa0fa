"""What went wrong with servers of late: kept by the hub that saw it, for whoever looks after a class."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sardonyx_spawner.language import in_all

REMEMBERED_S = 24 * 3600.0
PART_REMEMBERED_S = 600.0
"""So long does a server that goes on show that something in it was ended."""
Key = tuple[str, str]
"""Name of a person, and of their server; "" = the default one."""


@dataclass(frozen=True)
class Trouble:
    """What went wrong.

    Args:
        at: seconds since 1970.
        words: what happened, by language.
        profile: slug of what the server was.
        is_end: the server is not there because of it; else it goes on.
    """

    at: float
    words: Mapping[str, str]
    profile: str
    is_end: bool


class Troubles:
    """The troubles, the last one of each server."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._known: dict[Key, Trouble] = {}

    def note(self, key: Key, said: str, profile: str, *, is_end: bool) -> None:
        """Remember what went wrong with a server; of one that is not there any more, only what was noted first."""
        known = self._known.get(key)
        if known is not None and known.is_end:
            # A start that failed is cleared up as a server that ended, by who does not know why.
            return
        self._known[key] = Trouble(self._clock(), in_all(said), profile, is_end)

    def forget(self, key: Key) -> None:
        """Forget it: the server starts again, or was stopped by somebody."""
        self._known.pop(key, None)

    def all(self) -> Mapping[Key, Trouble]:
        """Return what went wrong with every server, for as long as that is worth knowing."""
        now = self._clock()
        self._known = {
            key: trouble
            for key, trouble in self._known.items()
            if now - trouble.at < (REMEMBERED_S if trouble.is_end else PART_REMEMBERED_S)
        }
        return self._known


TROUBLES = Troubles()
"""Those of this hub."""
