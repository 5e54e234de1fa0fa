"""Where the accessors are kept, so that a broker that was restarted goes on renewing and ending tokens."""

import json
import logging
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path

from sardonyx_services.credentials.vault.leases import Lease

log = logging.getLogger(__name__)
COLUMNS = tuple(field.name for field in fields(Lease))
TABLE = f"CREATE TABLE IF NOT EXISTS leases ({', '.join(COLUMNS)}, PRIMARY KEY (accessor)) WITHOUT ROWID"


class LeaseStore:
    """All of them in memory, and a file for its owner only; one process has it open."""

    def __init__(self, path: Path) -> None:
        """Read the file; one that is damaged is put aside: its tokens end by themselves."""
        try:
            self._open(path)
        except sqlite3.DatabaseError:
            aside = path.with_suffix(".damaged")
            log.exception("%s is damaged and now called %s: what it held ends by itself", path, aside.name)
            path.replace(aside)
            for part in ("-wal", "-shm"):
                path.with_name(path.name + part).unlink(missing_ok=True)
            self._open(path)

    def _open(self, path: Path) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        self._database = sqlite3.connect(path, isolation_level=None)
        try:
            # A commit does not wait for the disk: what a power cut takes ends by itself.
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.execute(TABLE)
            rows = self._database.execute(f"SELECT {', '.join(COLUMNS)} FROM leases").fetchall()  # noqa: S608 - our own names
        except sqlite3.DatabaseError:
            self._database.close()
            raise
        self._leases = {lease.accessor: lease for lease in map(_lease, rows)}

    def all(self) -> list[Lease]:
        """Return every token that is known."""
        return list(self._leases.values())

    def of(self, name: str, server: str) -> list[Lease]:
        """Return those of a server, of whichever run."""
        return [lease for lease in self._leases.values() if (lease.name, lease.server) == (name, server)]

    def has(self, accessor: str) -> bool:
        """Tell whether a token is still known."""
        return accessor in self._leases

    def put(self, leases: Iterable[Lease]) -> None:
        """Keep some, or what they are now.

        Raises:
            sqlite3.Error: the disk is full or broken; in memory they are kept all the same.
        """
        found = list(leases)
        self._leases.update((lease.accessor, lease) for lease in found)
        marks = ", ".join("?" * len(COLUMNS))
        rows = [astuple(lease) for lease in found]
        self._write(
            f"INSERT OR REPLACE INTO leases VALUES ({marks})",  # noqa: S608 - question marks
            [[json.dumps(part) if isinstance(part, tuple) else part for part in row] for row in rows],
        )

    def drop(self, accessors: Iterable[str]) -> None:
        """Forget some.

        Raises:
            sqlite3.Error: the disk is full or broken; in memory they are forgotten all the same.
        """
        found = list(accessors)
        for accessor in found:
            self._leases.pop(accessor, None)
        self._write("DELETE FROM leases WHERE accessor = ?", [[accessor] for accessor in found])

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _write(self, statement: str, rows: list[list[object]]) -> None:
        if rows:
            with self._database:
                self._database.execute("BEGIN")
                self._database.executemany(statement, rows)


def _lease(row: tuple[object, ...]) -> Lease:
    said = dict(zip(COLUMNS, row, strict=True))
    said["groups"] = tuple(json.loads(str(said["groups"])))
    return Lease(**said)  # type: ignore[arg-type]  # what `put` wrote
