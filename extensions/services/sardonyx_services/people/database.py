"""people.sqlite itself: opened by several processes at once, its tables made on the first run."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, select, update
from sqlalchemy.orm import Session

from sardonyx_services.exclusive import exclusive
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.models import VERSION, Base, SchemaVersion

BUSY_S = 10
STEPS = {
    1: (
        "ALTER TABLE people ADD COLUMN owed VARCHAR(10) NOT NULL DEFAULT ''",
        # What version 1 left of them in the hub. The words are those of that step, whatever they are called later.
        "UPDATE people SET owed = 'let-go' WHERE removed IS NOT NULL",
    ),
    # Version 3 has tables more; SQLAlchemy makes those that are missing.
    2: (),
    3: (
        "ALTER TABLE people ADD COLUMN full_name VARCHAR(200) NOT NULL DEFAULT ''",
        "ALTER TABLE people ADD COLUMN mail VARCHAR(254) NOT NULL DEFAULT ''",
    ),
    4: ("ALTER TABLE people ADD COLUMN language VARCHAR(10) NOT NULL DEFAULT ''",),
    # Version 6 has the table of shared links.
    5: (),
}
"""Version of the tables -> what makes the next one of it."""


def open_database(path: Path) -> Engine:
    """Open the database for its owner only; make its tables on the first run, and those of an earlier version new.

    Raises:
        PeopleError: a newer version has written it.
    """
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    engine = _engine(path)
    # SQLite refuses at once, without waiting, where two processes switch a new database to WAL.
    with exclusive(path.with_suffix(".lock")):
        version = _make_tables(engine)
    if version > VERSION:
        raise PeopleError(
            f"{path} was written by a newer Sardonyx. Upgrade this one, or restore the backup from before."
        )
    return engine


def _make_tables(engine: Engine) -> int:
    with engine.connect() as connection:
        # All steps or none, also after a power cut.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        Base.metadata.create_all(connection)
        with Session(connection) as session:
            version = session.scalars(select(SchemaVersion.version)).first()
            if version is None:
                session.add(SchemaVersion(version=VERSION))
            for step in range(version or VERSION, VERSION):
                for statement in STEPS[step]:
                    connection.exec_driver_sql(statement)
                session.execute(update(SchemaVersion).values(version=step + 1))
            session.commit()
        connection.commit()
    return version or VERSION


def _engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_S})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        # Readers do not wait for the writer, and a committed sign-in survives a power cut.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine
