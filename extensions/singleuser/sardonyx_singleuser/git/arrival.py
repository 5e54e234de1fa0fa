"""What of a repository is on its way: it may take long as long as something comes."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

QUIET_S = 60.0
"""So long may nothing come."""
LONGEST_S = 4 * 3600.0
"""However much comes, it ends then."""
LOOK_S = 1.0
STEP_BYTES = 1 << 16
"""Less is what git writes before anything comes, or trickles in for ever."""


class Arrival:
    """One repository, as those see it who wait for it.

    Args:
        folder: where it grows; None = nowhere now: nothing long is brought.

    Attributes:
        place: where it is in the home; None = it is not there yet.
        arrived: bytes that have come of what is brought now.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.place: Path | None = None
        self.arrived, self._moved = 0, -QUIET_S
        self._quiet_s, self._since = QUIET_S, time.monotonic()
        self._pid = 0
        self._is_ended = False

    @property
    def is_moving(self) -> bool:
        """Tell whether something came lately."""
        return time.monotonic() - self._moved < QUIET_S

    def begin(self, share: float = 1) -> None:
        """Begin a try, in which nothing may come for so large a part of the usual time."""
        self._quiet_s, self._since, self.arrived = QUIET_S * share, time.monotonic(), 0

    @contextmanager
    def watching(self, folder: Path) -> Iterator[None]:
        """Bring something long into a folder of its own, of a repository that is there."""
        if self.folder is not None:
            # It is in the folder of a whole one.
            yield
            return
        self.folder, self.arrived = folder, _size(folder)
        try:
            yield
        finally:
            self.folder = None

    def moves(self) -> None:
        """Hear that something comes, where it is not seen."""
        self._moved = time.monotonic()

    def goes_on(self, pid: int) -> bool:
        """Look whether something came; tell whether to wait for more.

        Args:
            pid: of the process that brings it, the first of its group.
        """
        self._pid = pid
        now, size = time.monotonic(), _size(self.folder)
        if size >= self.arrived + STEP_BYTES and self.folder is not None:
            self.arrived, self._moved = size, now
            # Clones that nothing comes to any more are cleared away by their age.
            with suppress(OSError):
                os.utime(self.folder)
        return not self._is_ended and now - max(self._since, self._moved) < self._quiet_s

    def end(self) -> None:
        """End it, with all that it started."""
        self._is_ended = True
        if self._pid:
            with suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)

    def is_through(self) -> bool:
        """Say that its process is no more; tell whether it was ended from here."""
        self._pid = 0
        return self._is_ended


def _size(folder: Path | None) -> int:
    found = 0
    for where, _, names in os.walk(folder) if folder is not None else ():
        for name in names:
            with suppress(OSError):
                found += os.lstat(os.path.join(where, name)).st_size  # noqa: PTH118 - ten times faster for many
    return found
