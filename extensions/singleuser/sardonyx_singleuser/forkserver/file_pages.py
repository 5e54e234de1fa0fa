"""Lets go of what a zygote has touched of its libraries while it imported them, and nobody may ever touch again.

These pages are the files' own: whoever needs one gets it from the system's cache of files, and a fork does not copy
them. Held by a zygote, they are memory that the system cannot take back.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from sardonyx_singleuser.forkserver.pages import let_go as let_go_of

_RANGE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r-[-x]p [0-9a-f]+ \S+ [1-9][0-9]* +/")
"""A private part of a file that is only read; it has an inode."""
_CHANGED = ("Anonymous:", "Swap:")
"""What a process has written there, such as the addresses in a library: it is in no file."""


def let_go() -> int:
    """Do so with this process; return how many bytes of files it could hold without that."""
    lines = Path("/proc/self/smaps").read_text().splitlines()
    return sum(end - begin for begin, end in unchanged(lines) if let_go_of(begin, end - begin))


def unchanged(smaps: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Return where memory is as it is in a file, from the first address to the one behind the last.

    Args:
        smaps: lines of /proc/PID/smaps, see proc(5).
    """
    found: tuple[int, int] | None = None
    for line in smaps:
        if not line[:1].isupper():
            if found is not None:
                yield found
            told = _RANGE.match(line)
            found = None if told is None else (int(told[1], 16), int(told[2], 16))
        elif line.startswith(_CHANGED) and line.split()[1] != "0":
            found = None
    if found is not None:
        yield found
