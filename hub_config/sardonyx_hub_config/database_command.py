"""`sardonyx database move`: from the files of SQLite into the PostgreSQL that the settings name."""

import os
from contextlib import closing
from pathlib import Path

import click
from jupyterhub import orm
from sqlalchemy import Connection, MetaData, Table, create_engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database_place import hub_address, open_people
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.hub_database import sqlite_address
from sardonyx_hub_config.settings_file import find_settings, load_settings
from sardonyx_services.people.models import Base
from sardonyx_services.people.postgresql import SCHEMA
from sardonyx_services.people.revisions import RevisionRow
from sardonyx_services.people.store import PeopleStore


@click.group()
def database() -> None:
    """The database: move into a PostgreSQL."""


@database.command()
@click.argument("settings", required=False, type=click.Path(path_type=Path))
def move(settings: Path | None) -> None:
    """Copy everybody and JupyterHub's tables from the data folder into the PostgreSQL of the settings: all of it or nothing."""
    found = load_settings(find_settings(settings))
    if found.database.url is None:
        raise OperatorError("the settings name no PostgreSQL. Add 'database: {url: {file: …}}' first.")
    folder = DataFolder(found.data_folder)
    if not folder.people_database.exists() or not folder.hub_database.exists():
        raise OperatorError(f"{folder.root} has no people in files. Start Sardonyx: there is nothing to move.")
    lock = folder.lock()
    with closing(open_people(found, folder)) as people:
        if people.everybody():
            raise OperatorError("the PostgreSQL has people already, and nothing was moved. Name an empty database.")
    try:
        _prepare(folder, hub_address(found, folder))
        count = _copy(folder, hub_address(found, folder))
    except orm.DatabaseSchemaMismatch as error:
        raise OperatorError(f"nothing was moved, since JupyterHub's tables are of another release. {error}") from error
    except DBAPIError as error:
        # The whole error would have the rows in it.
        raise OperatorError(f"nothing was moved: {' '.join(str(error.orig).split())[:300]}") from None
    finally:
        os.close(lock)
    click.echo(
        f"{'One person' if count == 1 else f'{count} people'} and JupyterHub's tables are in the PostgreSQL now."
        f" The files are left as they were: {folder.people_database}, {folder.hub_database}"
    )


def _prepare(folder: DataFolder, address: str) -> None:
    """Have tables of this release on both sides."""
    PeopleStore(folder.people_database).close()
    for where in (sqlite_address(folder.hub_database), address):
        session = orm.new_session_factory(where)()
        try:
            if where == address and session.query(orm.User).first() is not None:
                raise OperatorError(
                    "the PostgreSQL has JupyterHub's users already, and nothing was moved. Name an empty database."
                )
        finally:
            session.close()
            session.get_bind().dispose()


def _copy(folder: DataFolder, address: str) -> int:
    """Copy everything in one transaction; return how many people there are."""
    target = create_engine(address, hide_parameters=True)
    sources = [create_engine(sqlite_address(path)) for path in (folder.hub_database, folder.people_database)]
    try:
        with target.begin() as there, sources[0].connect() as hub, sources[1].connect() as people:
            _copy_tables(orm.Base.metadata, hub, there)
            for table in orm.Base.metadata.sorted_tables:
                _count_on(table, there)
            ours = there.execution_options(schema_translate_map={None: SCHEMA})
            _copy_tables(Base.metadata, people, ours)
            return ours.scalar(select(func.count()).select_from(Base.metadata.tables["people"])) or 0
    finally:
        for engine in (target, *sources):
            engine.dispose()


def _copy_tables(tables: MetaData, here: Connection, there: Connection) -> None:
    for table in tables.sorted_tables:
        rows = [dict(row) for row in here.execute(select(table)).mappings()]
        if rows and table.name != RevisionRow.__tablename__:
            there.execute(insert(table), rows)


def _count_on(table: Table, there: Connection) -> None:
    """Let the next number of a row be one that no row has: PostgreSQL counts beside the table."""
    column = table.autoincrement_column
    if column is not None:
        last = select(func.max(column)).scalar_subquery()
        there.execute(select(func.setval(func.pg_get_serial_sequence(text(f"'{table.name}'"), column.name), last)))
