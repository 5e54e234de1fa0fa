"""How much room the home of this server has: for its person's eyes, before it is full.

Where the home is a file system of its own, or the file system keeps a limit for it (project quotas), the system knows at
once. Where there is a limit that no system keeps, as for an emptyDir or a volume that is a folder of a large disk, the
files are counted in the background; elsewhere only what is free on the disk is known, which others use, too.
"""

import asyncio
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

OVERHEAD = 1.05
"""A file system is smaller than what it was made on; one that is larger than its limit by more is somebody else's, too."""
EVERY_S = 300.0
"""Files are counted so often at most."""
REST = 20.0
"""After each count, so many times as long as it took."""
BLOCK = 512
"""Of what stat(2) counts in `st_blocks`, in bytes."""


@dataclass(frozen=True)
class Space:
    """What is known now.

    Args:
        used: bytes in the home; None = not known.
        limit: bytes that it may have; None = as many as there are.
        free: bytes that can still be written; None = not known.
    """

    used: int | None = None
    limit: int | None = None
    free: int | None = None


@dataclass
class HomeSpace:
    """Looks again and again.

    Args:
        limit: bytes, as the hub says; None = it knows of no limit.
        mounts: where the system lists what is mounted, see proc_pid_mountinfo(5).
    """

    home: Path
    limit: int | None = None
    mounts: Path = Path("/proc/self/mountinfo")
    _counted: int | None = field(default=None, init=False)
    _count_at: float = field(default=0.0, init=False)
    _count: asyncio.Task[None] | None = field(default=None, init=False)

    async def look(self) -> Space:
        """Return what is known; where files have to be counted, what was counted last."""
        try:
            found = await asyncio.to_thread(os.statvfs, self.home)
        except OSError:
            return Space()
        whole, free = found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize
        if (self.limit and whole <= self.limit * OVERHEAD) or is_in_memory(self.home, self.mounts):
            return Space(whole - found.f_bfree * found.f_frsize, whole, free)
        if not self.limit:
            return Space(free=free)
        self._count_again()
        used = self._counted
        return Space(used, self.limit, free if used is None else max(0, min(free, self.limit - used)))

    def _count_again(self) -> None:
        if self._count is None and time.monotonic() >= self._count_at:
            self._count = asyncio.ensure_future(self._count_now())

    async def _count_now(self) -> None:
        began = time.monotonic()
        try:
            self._counted = await asyncio.to_thread(count, self.home)
        finally:
            ended = time.monotonic()
            self._count_at, self._count = ended + max(EVERY_S, REST * (ended - began)), None


def is_in_memory(home: Path, mounts: Path) -> bool:
    """Tell whether a home is a file system in memory, made for it alone."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return False
    # The last one on a folder is what is seen; after a dash stands its kind.
    found = [line.partition(" - ")[2].split()[0] for line in lines if line.split()[4] == str(home)]
    return found[-1:] == ["tmpfs"]


def count(folder: Path) -> int:
    """Return the bytes that a folder takes on its disk; what cannot be read, and other disks, are left out.

    Args:
        folder: a large one takes seconds.
    """
    seen: set[int] = set()
    total = 0
    for found in _all_in(folder):
        # A file with several names takes its room once.
        is_alone = found.st_nlink == 1 or stat.S_ISDIR(found.st_mode)
        if is_alone or found.st_ino not in seen:
            total += found.st_blocks * BLOCK
        if not is_alone:
            seen.add(found.st_ino)
    return total


def _all_in(folder: Path) -> Iterator[os.stat_result]:
    waiting = [str(folder)]
    try:
        disk = folder.stat().st_dev
    except OSError:
        return
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        for entry in entries:
            try:
                found = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if found.st_dev != disk:
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            yield found
