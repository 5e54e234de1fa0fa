"""The hub's own database on one machine, which JupyterHub makes and knows."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote


def sqlite_address(path: Path) -> str:
    """Return the address of a file, as SQLAlchemy takes it."""
    return f"sqlite:///{quote(str(path))}"


def write_ahead(path: Path) -> None:
    """Let SQLite write changes to a log first (sqlite.org/wal.html); the database remembers it.

    A start of a server is ten changes, each of which waits for the disk: twice or more often without this.
    What was told to be done survives a power cut all the same. Where it cannot be had, the database works as before.
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
