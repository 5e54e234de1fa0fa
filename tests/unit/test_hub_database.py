import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sardonyx_hub_config.database.hub import write_ahead


def mode(path: Path) -> str:
    """Return how a database writes, as whoever opens it next finds it."""
    with closing(sqlite3.connect(path)) as connection:
        found: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
        return found


@pytest.mark.parametrize("is_new", [True, False])
def test_the_database_writes_ahead(tmp_path: Path, is_new: bool) -> None:  # noqa: FBT001 - pytest passes by name
    """A new one, and one that an earlier version made, with what is in it."""
    path = tmp_path / "hub.sqlite"
    if not is_new:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript("CREATE TABLE users (name); INSERT INTO users VALUES ('amina');")

    write_ahead(path)

    assert mode(path) == "wal"
    if not is_new:
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT name FROM users").fetchall() == [("amina",)]


def test_a_file_that_is_no_database_is_left_to_the_hub(tmp_path: Path) -> None:
    """It says what is wrong with it."""
    path = tmp_path / "hub.sqlite"
    path.write_text("no database" * 100)

    write_ahead(path)

    assert path.read_text() == "no database" * 100
