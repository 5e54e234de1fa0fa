"""Under which user a person's servers run where the hub is root: one of their own, kept for good."""

import os
from pathlib import Path

FIRST = 1_900_000_000
"""Far from the ranges that distributions, systemd and container tools give away."""
FILE = "uid"


class Owners:
    """Gives each person a number and never the same to two.

    The number is kept in the person's folder among those of the servers, which no server can see.
    """

    def __init__(self, servers: Path) -> None:
        self._servers = servers
        self._next = 0

    def of(self, folder: Path) -> int:
        """Return the number for a person's folder.

        Raises:
            OSError: it cannot be read or kept.
        """
        try:
            return _read(folder / FILE)
        except FileNotFoundError:
            pass
        if not self._next:
            self._next = max([FIRST - 1, *(_read(path) for path in self._servers.glob(f"*/{FILE}"))]) + 1
        number, self._next = self._next, self._next + 1
        # In one step: half a number would be another one.
        partial = folder / f".{FILE}"
        partial.write_text(str(number))
        partial.replace(folder / FILE)
        return number


def _read(path: Path) -> int:
    text = path.read_text()
    if not text.isdigit() or int(text) < FIRST:
        raise OSError(f"{path} has to hold a number from {FIRST} on, and holds {text[:20]!r}")
    return int(text)


def give(tree: Path, owner: int) -> None:
    """Give a folder and all in it to a user, if it is not theirs already; links are not followed."""
    if tree.lstat().st_uid == owner:
        return
    for _, folders, files, descriptor in os.fwalk(tree):
        for name in (*folders, *files):
            os.chown(name, owner, owner, dir_fd=descriptor, follow_symlinks=False)
    # Last: after an interruption the next start begins again.
    os.chown(tree, owner, owner, follow_symlinks=False)
