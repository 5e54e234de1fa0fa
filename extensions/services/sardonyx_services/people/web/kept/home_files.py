"""The files of a home, read by a process that may read more than its owner: no link leads out of it."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BLOCK = 1 << 18
DEEPEST = 60
"""Folders within each other; deeper ones are left out, since no person has made them."""
LEFT_OUT = frozenset({".cache", ".venv", "venv", "node_modules", "__pycache__", ".ipynb_checkpoints", ".local"})
"""What programs make again, and what is larger than all that somebody has written."""

Steps = tuple[str, ...]
"""The way to a file, from the home on."""


def files_below(home: Path) -> list[Steps]:
    """Return the files of a home; none where there is no home."""
    found: list[Steps] = []
    below: list[Steps] = [()]
    while below:
        steps = below.pop()
        try:
            with _opened(home, steps, os.O_DIRECTORY) as folder:
                entries = [(entry.name, entry.stat(follow_symlinks=False).st_mode) for entry in os.scandir(folder)]
        except OSError:
            # It is gone meanwhile, or is something else.
            continue
        for name, mode in entries:
            if stat.S_ISREG(mode):
                found.append((*steps, name))
            elif stat.S_ISDIR(mode) and len(steps) < DEEPEST and name not in LEFT_OUT:
                below.append((*steps, name))
    return sorted(found)


def read_below(home: Path, steps: Steps) -> Iterator[bytes]:
    """Yield a file of a home, as long as it is now; nothing if it is something else by now."""
    try:
        with _opened(home, steps, os.O_NONBLOCK) as file:
            found = os.fstat(file)
            left = found.st_size if stat.S_ISREG(found.st_mode) else 0
            while left and (block := os.read(file, min(BLOCK, left))):
                left -= len(block)
                yield block
    except OSError:
        return


@contextmanager
def _opened(home: Path, steps: Steps, flags: int) -> Iterator[int]:
    """Open what is at the end of a way, of which no step is a link."""
    way = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    here = os.open(home, way if steps else way | flags)
    for place, step in enumerate(steps, start=1):
        is_last = place == len(steps)
        try:
            found = os.open(step, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | flags if is_last else way, dir_fd=here)
        finally:
            os.close(here)
        here = found
    try:
        yield here
    finally:
        os.close(here)
