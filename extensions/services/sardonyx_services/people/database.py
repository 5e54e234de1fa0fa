"""The database itself: opened by several processes at once, its tables made on the first run."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

from sardonyx_services.exclusive import exclusive
from sardonyx_services.people.postgresql import Postgresql, open_postgresql
from sardonyx_services.people.revisions import LATEST, bring_forward, revision_of

Place = Path | Postgresql
"""Where the people are: in a file of SQLite, or in a PostgreSQL."""
BUSY_S = 10


def open_database(place: Place) -> Engine:
    """Open the database; make its tables on the first run, and those of an earlier version new.

    Raises:
        PeopleError: a newer version has written it, or a PostgreSQL cannot be used.
    """
    return open_postgresql(place) if isinstance(place, Postgresql) else _open_file(place)


def _open_file(path: Path) -> Engine:
    """Open a file of SQLite, for its owner only."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    engine = _engine(path)
    # SQLite refuses at once, without waiting, where two processes switch a new database to WAL.
    with exclusive(path.with_suffix(".lock")), engine.connect() as connection:
        if revision_of(connection) != LATEST:
            connection.rollback()
            # A table that SQLite cannot change is made anew, and the old one dropped: nothing that names it may be in the way.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            # All steps or none, also after a power cut.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            bring_forward(connection, str(path))
            connection.commit()
            # The next one looks at references again.
            connection.invalidate()
    return engine


def _engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_S})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        # Readers do not wait for the writer, and a committed sign-in survives a power cut.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine
