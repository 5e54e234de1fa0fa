"""Under which user a person's servers run where the hub is root: one of their own, kept for good."""

import os
from contextlib import suppress
from pathlib import Path

from sardonyx_spawner.contract import FIRST_OWNER
from sardonyx_spawner.local.trees import entries_below

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
            self._next = max([FIRST_OWNER - 1, *(_read(path) for path in self._servers.glob(f"*/{FILE}"))]) + 1
        number, self._next = self._next, self._next + 1
        # In one step: half a number would be another one.
        partial = folder / f".{FILE}"
        partial.write_text(str(number))
        partial.replace(folder / FILE)
        return number


def read_owner(folder: Path) -> int:
    """Return the number that was given to a person, from their folder among those of the servers.

    Raises:
        OSError: there is none, or it is wrong.
    """
    return _read(folder / FILE)


def _read(path: Path) -> int:
    text = path.read_text()
    if not text.isdigit() or int(text) < FIRST_OWNER:
        raise OSError(f"{path} has to hold a number from {FIRST_OWNER} on, and holds {text[:20]!r}")
    return int(text)


def give(tree: Path, owner: int) -> None:
    """Give a folder and all in it to a user, if it is not theirs already; links are not followed."""
    if tree.lstat().st_uid == owner:
        return
    # It may also be a file.
    for folder, name, _ in entries_below(tree) if tree.is_dir() and not tree.is_symlink() else ():
        with suppress(FileNotFoundError):
            os.chown(name, owner, owner, dir_fd=folder, follow_symlinks=False)
    # Last: after an interruption the next start begins again.
    os.chown(tree, owner, owner, follow_symlinks=False)
