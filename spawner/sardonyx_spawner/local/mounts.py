"""What is mounted on this machine, from /proc/self/mountinfo (proc(5))."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePath

MOUNTS = Path("/proc/self/mountinfo")
Identity = tuple[int, int]
"""Device and number of a file."""


def mount_points(mounts: str, tree: PurePath) -> Iterator[str]:
    """Yield where something is mounted below a folder, which is not one of them itself.

    Args:
        mounts: what the file holds; blanks and the like in it are written as octal numbers.
        tree: without links.
    """
    for line in mounts.splitlines():
        point = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), line.split()[4])
        if tree in PurePath(point).parents:
            yield point


def identity(status: os.stat_result) -> Identity:
    """Return what tells a file from all others."""
    return status.st_dev, status.st_ino


def mounted_below(tree: Path) -> frozenset[Identity]:
    """Return what is mounted below a folder, files too; a bind mount is of the same device as the rest."""
    found = set()
    for point in mount_points(MOUNTS.read_text(errors="surrogateescape"), PurePath(os.path.realpath(tree))):
        # What a person has mounted with FUSE even root cannot look at.
        with suppress(OSError):
            found.add(identity(os.lstat(point)))
    return frozenset(found)
