"""People of an earlier release come forward with all that was kept of them."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from support.earlier_people import EARLIER, called_now

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.models import Base
from sardonyx_services.people.records import Owed
from sardonyx_services.people.revisions import REVISIONS
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.upgrade import configuration, upgrade
from sardonyx_spawner.class_limits import NO_LIMITS, Limits
from sardonyx_spawner.repository import Material

OPEN = "import sys, pathlib, sardonyx_services.people.store as s; s.PeopleStore(pathlib.Path(sys.argv[1]))"
KILLED_AT = """
import os, pathlib, signal, sys
from sqlalchemy import Engine, event
from sardonyx_services.people.store import PeopleStore

@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *_):
    if sys.argv[2] in statement:
        os.kill(os.getpid(), signal.SIGKILL)

@event.listens_for(Engine, "commit")
def die_last(connection):
    if sys.argv[2] == "COMMIT":
        os.kill(os.getpid(), signal.SIGKILL)

PeopleStore(pathlib.Path(sys.argv[1]))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database is."""
    return tmp_path / "people.sqlite"


@pytest.fixture(params=EARLIER, ids=lambda file: file.stem)
def earlier(request: pytest.FixtureRequest, path: Path) -> Path:
    """A database of an earlier release."""
    return write(path, request.param.stem)


def write(path: Path, name: str) -> Path:
    """Make a database of an earlier release."""
    text = next(file for file in EARLIER if file.stem == name).read_text()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(text)
    return path


def kept(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table that is about people."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: [dict(row) for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY 1, 2')]  # noqa: S608 - ours
            for table in tables
            if table not in {"schema_version", "alembic_version"}
        }


def shape(path: Path) -> list[tuple[object, ...]]:
    """Return columns, keys, references and indexes of all tables, whatever they were made by."""
    found: list[tuple[object, ...]] = []
    with closing(sqlite3.connect(path)) as connection:
        for table in sorted(Base.metadata.tables):
            for _, name, kind, is_needed, _default, key in connection.execute(f'PRAGMA table_info("{table}")'):
                found.append((table, name, kind, is_needed, key))
            # A table that was made anew has its references in another order.
            references = connection.execute(f'PRAGMA foreign_key_list("{table}")')
            found += sorted((table, here, to, there) for _, _, to, here, there, *_ in references)
        found += connection.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL ORDER BY name")
    return found


def differences(path: Path) -> list[Any]:
    """Return what Alembic would change to make the tables those of the models."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        found: list[Any] = compare_metadata(context, Base.metadata)
    engine.dispose()
    return found


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A database that this release has made."""
    path = tmp_path / "new.sqlite"
    PeopleStore(path).close()
    return path


def test_each_earlier_version_is_tried() -> None:
    """Also those that nobody has any more, one would hope."""
    assert {file.stem.partition("_")[0] for file in EARLIER} == {
        f"v{number}" for number in range(1, len(REVISIONS) + 1)
    }


def test_everything_is_kept(earlier: Path) -> None:
    """Every row with all that it had; it is opened again afterwards as any other."""
    before = kept(earlier)
    assert all(before.values())

    for _ in range(2):
        PeopleStore(earlier).close()
        after = kept(earlier)
        for table, rows in before.items():
            now = called_now(table, rows)
            assert [{name: row[name] for name in now[0]} for row in after.pop(table)] == now
        assert not any(after.values())


def test_the_tables_become_those_of_the_models(earlier: Path, new: Path) -> None:
    """So what is tried on a new database holds on each that is older. Defaults are not looked at: we always say a value."""
    PeopleStore(earlier).close()

    assert differences(earlier) == []
    assert shape(earlier) == shape(new)


def test_the_revisions_alone_make_the_tables_of_the_models(path: Path, new: Path) -> None:
    """From nothing on, as a new database is not made: that takes a fraction of the time."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()

    assert differences(path) == differences(new) == []
    assert shape(path) == shape(new)


def test_the_names_of_the_revisions_are_those_that_alembic_finds() -> None:
    """In one line, without branches."""
    found = ScriptDirectory.from_config(configuration()).walk_revisions()

    assert [script.revision for script in found] == list(reversed(REVISIONS))


def test_the_hub_owes_what_the_first_release_left_to_do(path: Path) -> None:
    """It forgot nobody who was removed."""
    people = PeopleStore(write(path, "v1"))

    assert people.owed() == [Owed("belaaaaaaaaaaa33", "bela", "let-go")]
    assert [person.name for person in people.everybody()] == ["amina", "bela"]
    people.close()


def test_references_are_looked_at_after_that(earlier: Path) -> None:
    """They were not, while tables changed."""
    people = PeopleStore(earlier)

    with people._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    people.close()


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("DROP TABLE schema_version", id="before the number goes"),
        pytest.param("EXISTS git_accounts", id="between two revisions"),
        pytest.param("UPDATE alembic_version", id="after the first of them"),
        pytest.param("COMMIT", id="at the very end"),
    ],
)
def test_a_power_cut_leaves_what_was_there(path: Path, statement: str) -> None:
    """All steps or none; the next start does them."""
    write(path, "v1")
    before = list(dump(path))

    ended = subprocess.run([sys.executable, "-c", KILLED_AT, str(path), statement], capture_output=True, check=False)

    assert ended.returncode == -9, ended.stderr
    assert list(dump(path)) == before
    PeopleStore(path).close()
    assert differences(path) == []


def dump(path: Path) -> Iterator[str]:
    """Return a database as statements."""
    with closing(sqlite3.connect(path)) as connection:
        yield from connection.iterdump()


def test_nothing_is_deleted_of_a_class_of_before(path: Path) -> None:
    """Its people were told so."""
    people = PeopleStore(write(path, "v8"))

    assert people.classes.details("stats222").after_end == "keep"
    people.close()


def test_the_material_of_a_class_of_before_stays_where_it_is(path: Path) -> None:
    """In the home of each student, with their work in it; that of an event, too, which would be elsewhere today."""
    people = PeopleStore(write(path, "v12"))

    (course,) = people.classes.details("stats222").repositories
    (event,) = people.events.details("evnt2345").repositories
    assert (course, course.place) == (
        Material("https://git.example.org/statistics/material", branch="main"),
        "material",
    )
    assert (event.url, event.place) == ("https://git.example.org/health/~~data~~2026~", "data-2026")
    people.close()


@pytest.mark.parametrize(("version", "sign_ins", "storage"), [("v8", 30, ""), ("v13", 30, ""), ("v14", 12, "20G")])
def test_an_event_of_before_has_what_it_had(path: Path, version: str, sign_ins: int, storage: str) -> None:
    """Its cards are printed, and its data is there."""
    people = PeopleStore(write(path, version))

    found = people.events.details("evnt2345")
    assert (found.sign_ins, found.storage) == (sign_ins, storage)
    people.close()


@pytest.mark.parametrize(
    ("version", "of_class", "of_event"),
    [
        ("v8", NO_LIMITS, NO_LIMITS),
        ("v14", NO_LIMITS, NO_LIMITS),
        ("v15", Limits(("vscode",), "3h", "30m"), Limits(None, "8h")),
    ],
)
def test_servers_of_before_have_all_that_their_profile_has(
    path: Path, version: str, of_class: Limits, of_event: Limits
) -> None:
    """Nobody had said that they should have less."""
    people = PeopleStore(write(path, version))

    assert people.classes.details("stats222").limits == of_class
    assert people.events.details("evnt2345").limits == of_event
    people.close()


@pytest.mark.parametrize("has_ended", [True, False])
def test_of_a_class_that_ended_before_nothing_is_copied_any_more(path: Path, *, has_ended: bool) -> None:
    """Its data may be going; of one that goes on it is, once it has ended."""
    write(path, "v15")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE groups SET ended = ?", ["2026-12-01 08:00:00.000000" if has_ended else None])
        connection.commit()

    people = PeopleStore(path)

    assert people.classes.details("stats222").exporting is not has_ended
    people.close()


@pytest.mark.parametrize("version", ["new", "v1", "v7"])
def test_several_processes_may_open_it_first(path: Path, version: str) -> None:
    """The hub, the keys service and the command line start when they like."""
    if version != "new":
        write(path, version)
    command = [sys.executable, "-c", OPEN, str(path)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]

    assert [process.communicate()[1] for process in processes] == [""] * 4
    assert differences(path) == []


@pytest.mark.parametrize("version", ["new", "v18"])
def test_alembic_is_imported_where_there_is_something_to_bring_forward(path: Path, version: str) -> None:
    """Not in the keys service, nor for a command, on each day but one."""
    if version != "new":
        write(path, version)
    code = f"{OPEN}; s.PeopleStore(pathlib.Path(sys.argv[1])); assert 'alembic' not in sys.modules"

    ended = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)

    assert ended.stderr == ""


@pytest.mark.parametrize(
    ("version", "change"),
    [
        pytest.param("v6", "UPDATE schema_version SET version = 99", id="number"),
        pytest.param("new", "UPDATE alembic_version SET version_num = 'v99_later'", id="revision"),
    ],
)
def test_a_database_of_a_newer_version_is_not_touched(path: Path, version: str, change: str) -> None:
    """A step back needs the backup."""
    if version == "new":
        PeopleStore(path).close()
    else:
        write(path, version)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()
    before = list(dump(path))

    with pytest.raises(PeopleError, match="was written by a newer Sardonyx. Upgrade this one, or restore the backup"):
        PeopleStore(path)

    assert list(dump(path)) == before
