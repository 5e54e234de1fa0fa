"""Looks people up again and again, and asks the database only when it has changed."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from sardonyx_services.people.database import Place

Found = TypeVar("Found")


class Lookup(Generic[Found]):
    """Remembers what was found until anybody changes anything in people.sqlite.

    SQLite counts the changes by others that a connection sees (`PRAGMA data_version`), over all processes; asking for
    the count takes a hundredth of what a look-up takes. So an answer is as fresh as one from the database.

    Args:
        path: people.sqlite; the tables are there.
        find: looks somebody up.

    For one thread at a time.
    """

    def __init__(self, path: Path, find: Callable[[str], Found]) -> None:
        # Nothing is ever written by it: its own changes would not count.
        self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self._find = find
        self._version = -1
        self._known: dict[str, Found] = {}

    def __call__(self, key: str) -> Found:
        """Return what there is now."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._known = {}
            self._version = version
        if key not in self._known:
            self._known[key] = self._find(key)
        return self._known[key]

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


def looking_up(place: Place, find: Callable[[str], Found]) -> Callable[[str], Found]:
    """Return what looks people up; a PostgreSQL, which says nothing of changes, is asked each time.

    Args:
        find: looks somebody up.
    """
    return Lookup(place, find) if isinstance(place, Path) else find
