"""People in a real PostgreSQL: made once, brought forward, and in words where it does not work."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from jupyterhub import orm
from sqlalchemy import Boolean, Connection, Date, DateTime, MetaData, Table, create_engine, insert, select
from support.authority import Authority
from support.earlier_people import EARLIER, called_now
from support.ports import free_ports
from support.postgresql import PASSWORD, PostgresqlServer, running_postgresql

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.models import Base
from sardonyx_services.people.postgresql import Postgresql, look_at
from sardonyx_services.people.revisions import REVISIONS, RevisionRow
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.upgrade import upgrade

OPEN = """
import os
from sardonyx_services.people.postgresql import Postgresql
from sardonyx_services.people.store import PeopleStore
PeopleStore(Postgresql(os.environ["ADDRESS"]))
"""
FORM = "Write postgresql://NAME:PASSWORD@HOST/DATABASE, with %-codes for special characters in the password."


@pytest.fixture
def address(postgresql: PostgresqlServer) -> str:
    """A database with nothing in it."""
    return postgresql.empty()


@contextmanager
def ours(address: str) -> Iterator[Connection]:
    """Look at the schema that is ours, as Alembic does."""
    engine = create_engine(Postgresql(address).url())
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS sardonyx_people")
        connection.exec_driver_sql("SET LOCAL search_path TO sardonyx_people")
        yield connection
    engine.dispose()


def differences(connection: Connection) -> list[Any]:
    """Return what Alembic would change to make the tables those of the models."""
    found: list[Any] = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    return found


def test_new_tables_are_those_of_the_models_and_of_the_revisions(address: str, postgresql: PostgresqlServer) -> None:
    """However they are made; a start makes them from the models."""
    PeopleStore(Postgresql(address)).close()
    with ours(address) as connection:
        assert differences(connection) == []

    postgresql.empty()
    with ours(address) as connection:
        upgrade(connection)
        assert differences(connection) == []


def test_several_processes_may_open_it_first(address: str) -> None:
    """The hub, the keys service and the command line start when they like."""
    command = [sys.executable, "-c", OPEN]
    environment = {**os.environ, "ADDRESS": address}
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) for _ in range(4)]

    assert [process.communicate()[1] for process in processes] == [""] * 4
    with ours(address) as connection:
        assert differences(connection) == []


@pytest.mark.parametrize("is_first", [True, False])
def test_jupyterhub_has_its_tables_beside_ours(address: str, is_first: bool) -> None:  # noqa: FBT001 - pytest passes by name
    """Some have the same names, and both have a table with Alembic's revision in it."""
    where = Postgresql(address).url().render_as_string(hide_password=False)

    def hub() -> None:
        session = orm.new_session_factory(where)()
        session.add(orm.Group(name="students"))
        session.commit()
        session.close()
        session.get_bind().dispose()

    if is_first:
        hub()
    people = PeopleStore(Postgresql(address))
    people.groups.add("class", "Statistics")
    people.close()
    if not is_first:
        hub()

    again = PeopleStore(Postgresql(address))
    assert len(again.groups.living()) == 1
    again.close()
    session = orm.new_session_factory(where)()
    assert [group.name for group in session.query(orm.Group)] == ["students"]
    session.close()
    session.get_bind().dispose()


def rows_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a database of an earlier release."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(path.read_text())
        connection.row_factory = sqlite3.Row
        return {
            table: [dict(row) for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY 1, 2')]  # noqa: S608 - ours
            for table in Base.metadata.tables
            if table != RevisionRow.__tablename__
            and connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        }


def as_kept(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of SQLite with PostgreSQL's kinds of values."""
    found = dict(row)
    for name, value in row.items():
        kind = table.columns[name].type
        if value is not None and isinstance(kind, Boolean | DateTime | Date):
            found[name] = bool(value) if isinstance(kind, Boolean) else kind.python_type.fromisoformat(value)
    return found


@pytest.mark.parametrize("earlier", EARLIER, ids=lambda file: file.stem)
def test_rows_of_an_earlier_version_are_kept(address: str, earlier: Path) -> None:
    """Every row with all that it had, as in SQLite."""
    number = earlier.stem.partition("_")[0].removeprefix("v")
    revision = REVISIONS[int(number) - 1]
    before = {}
    with ours(address) as connection:
        upgrade(connection, revision)
        for name, rows in rows_of(earlier).items():
            if name == "git_accounts" and revision == "v4_full_names":
                continue
            table = Table(name, MetaData(), autoload_with=connection)
            before[name] = [as_kept(table, row) for row in rows]
            connection.execute(insert(table), before[name])

    PeopleStore(Postgresql(address)).close()

    with ours(address) as connection:
        assert differences(connection) == []
        for name, rows in before.items():
            table = Table(name, MetaData(), autoload_with=connection)
            now = called_now(name, rows)
            columns = [table.columns[column] for column in now[0]]
            after = connection.execute(select(*columns).order_by(*list(table.columns)[:2])).mappings()
            assert [{**row} for row in after] == now


def test_a_database_of_a_newer_version_is_not_touched(address: str) -> None:
    """A step back needs the backup."""
    PeopleStore(Postgresql(address)).close()
    with ours(address) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'v99_later'")

    with pytest.raises(PeopleError) as caught:
        PeopleStore(Postgresql(address))

    assert str(caught.value).startswith("The database “sardonyx” was written by a newer Sardonyx.")


def test_a_restart_of_the_server_is_not_noticed(address: str, postgresql: PostgresqlServer) -> None:
    """A connection that is gone is made anew."""
    people = PeopleStore(Postgresql(address))
    person = people.add_account("amina", "hash")

    postgresql.end()
    postgresql.start()

    assert people.everybody() == [person]
    people.close()


def test_the_password_is_never_shown(address: str) -> None:
    """Neither by the place itself nor by what SQLAlchemy makes of it."""
    place = Postgresql(address)
    people = PeopleStore(place)

    shown = f"{place!r} {place.url()} {people._engine!r} {people._engine.url!r}"

    people.close()
    assert not [part for part in (PASSWORD, address, address.split(":")[2].split("@", maxsplit=1)[0]) if part in shown]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("no address", "the address of the database cannot be read.", id="none"),
        pytest.param(
            "postgresql://u:secret@h:port/x", "the address of the database cannot be read.", id="no number for a port"
        ),
        pytest.param(
            "mysql://u:secret@h/x", "the address of the database is not one of a PostgreSQL.", id="another one"
        ),
        pytest.param("postgresql://u:secret@h", "the address of the database names no database.", id="no database"),
        pytest.param(
            "postgresql://u@h/x?password=secret",
            "the password in the address of the database belongs before the @.",
            id="password at the end",
        ),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(text: str, said: str) -> None:
    """It may have a password in it."""
    with pytest.raises(PeopleError) as caught:
        PeopleStore(Postgresql(text))

    assert str(caught.value) == f"{said} {FORM}"


@pytest.mark.parametrize("use", [PeopleStore, look_at])
def test_what_is_wrong_is_said_with_what_to_do(postgresql: PostgresqlServer, use: Any) -> None:
    """At a start as by `sardonyx doctor`; the password is in none of it."""
    postgresql.empty()
    postgresql.ask("DROP ROLE IF EXISTS guest")
    postgresql.ask("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    at, nowhere = f"127.0.0.1:{postgresql.port}", free_ports()

    def said(address: str) -> str:
        with pytest.raises(PeopleError) as caught:
            use(Postgresql(address))
        assert caught.value.__context__ is None or caught.value.__suppress_context__
        return str(caught.value)

    assert said(f"postgresql://sardonyx:x@127.0.0.1:{nowhere}/sardonyx") == (
        f"no PostgreSQL answers at 127.0.0.1:{nowhere}. Look whether it runs, and correct the address of the database."
    )
    assert said(postgresql.address(password="wrong")) == (
        f"PostgreSQL at {at} does not let “sardonyx” in: the name or the password is wrong."
        " Correct the address of the database."
    )
    assert said(postgresql.address("nothing")) == (
        f"PostgreSQL at {at} has no database “nothing”."
        ' As an administrator of PostgreSQL: CREATE DATABASE "nothing" OWNER "sardonyx"'
    )
    assert said(postgresql.address(name="guest", password="guest")) == (
        "“guest” may not make tables in the database “sardonyx”."
        ' As an administrator of PostgreSQL: ALTER DATABASE "sardonyx" OWNER TO "guest"'
    )


def test_who_may_not_make_the_schema_is_told_who_makes_it(postgresql: PostgresqlServer) -> None:
    """An administrator may have made a role that has tables in the usual schema only."""
    postgresql.empty()
    postgresql.ask("DROP ROLE IF EXISTS guest")
    postgresql.ask("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    postgresql.ask("GRANT CREATE ON SCHEMA public TO guest", "sardonyx")
    place = Postgresql(postgresql.address(name="guest", password="guest"))

    for _ in ("nobody made it", "somebody else did"):
        with pytest.raises(PeopleError) as caught:
            PeopleStore(place)
        said, _, remedy = str(caught.value).partition(" As an administrator of PostgreSQL, there: ")
        assert said == "“guest” may not make or use the schema sardonyx_people in the database “sardonyx”."
        assert remedy == ('CREATE SCHEMA IF NOT EXISTS sardonyx_people; ALTER SCHEMA sardonyx_people OWNER TO "guest"')
        postgresql.ask("CREATE SCHEMA IF NOT EXISTS sardonyx_people", "sardonyx")

    postgresql.ask(remedy, "sardonyx")
    PeopleStore(place).close()
    postgresql.ask("DROP SCHEMA sardonyx_people CASCADE; DROP OWNED BY guest; DROP ROLE guest", "sardonyx")


def test_a_role_with_the_name_of_our_schema_is_refused(postgresql: PostgresqlServer) -> None:
    """PostgreSQL would show JupyterHub our tables first."""
    postgresql.empty()
    postgresql.ask("DROP ROLE IF EXISTS sardonyx_people")
    postgresql.ask("CREATE ROLE sardonyx_people SUPERUSER LOGIN PASSWORD 'theirs'")

    with pytest.raises(PeopleError, match="has the name of our schema, .* Let another role own the database."):
        PeopleStore(Postgresql(postgresql.address(name="sardonyx_people", password="theirs")))

    postgresql.ask("DROP ROLE sardonyx_people")


def test_looking_makes_nothing(address: str, postgresql: PostgresqlServer) -> None:
    """`sardonyx doctor` tells what there is."""
    said = look_at(Postgresql(address))
    assert said.endswith(
        f" answers at 127.0.0.1:{postgresql.port}; its database “sardonyx” gets our tables at the next start"
    )

    PeopleStore(Postgresql(address)).close()

    assert look_at(Postgresql(address)).endswith("“sardonyx” has our tables")


@pytest.mark.parametrize(
    ("named", "said"),
    [
        pytest.param("company.crt", "", id="who has signed it"),
        pytest.param(
            "another.crt", "is not signed by whom sslrootcert in the address of the database names", id="somebody else"
        ),
        pytest.param(
            "nothing.crt", "wants the certificate of PostgreSQL at 127.0.0.1:{port} to be looked at", id="no file"
        ),
    ],
)
def test_a_certificate_is_looked_at_where_the_address_says_so(tmp_path: Path, named: str, said: str) -> None:
    """And what is wrong with it is a sentence of ours."""
    company = Authority()
    (tmp_path / "company.crt").write_text(company.pem)
    (tmp_path / "another.crt").write_text(Authority().pem)
    with running_postgresql(certificate=company.certificate("127.0.0.1")) as server:
        wanted = Postgresql(f"{server.empty()}?sslmode=verify-full&sslrootcert={tmp_path / named}")
        if not said:
            assert look_at(wanted).startswith("PostgreSQL ")
            return
        with pytest.raises(PeopleError) as raised:
            look_at(wanted)

    assert said.format(port=server.port) in str(raised.value)
    assert PASSWORD not in str(raised.value)
