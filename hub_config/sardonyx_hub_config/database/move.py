"""Everything that is remembered moves from files of SQLite into the PostgreSQL that the settings name."""

from contextlib import closing

from jupyterhub import orm
from sqlalchemy import Connection, MetaData, Table, create_engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.hub import sqlite_address
from sardonyx_hub_config.database.place import hub_address, open_people
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.models import Base
from sardonyx_services.people.postgresql import SCHEMA
from sardonyx_services.people.revisions import RevisionRow
from sardonyx_services.people.store import PeopleStore


def move_everybody(settings: Settings, folder: DataFolder) -> str:
    """Copy everybody and JupyterHub's tables, all of it or nothing; return what the operator is told. The folder has to be locked.

    Raises:
        OperatorError: nothing was moved; it says why.
    """
    with closing(open_people(settings, folder)) as people:
        if people.everybody():
            raise OperatorError("the PostgreSQL has people already, and nothing was moved. Name an empty database.")
    try:
        _prepare(folder, hub_address(settings, folder))
        count = _copy(folder, hub_address(settings, folder))
    except orm.DatabaseSchemaMismatch as error:
        raise OperatorError(f"nothing was moved, since JupyterHub's tables are of another release. {error}") from error
    except DBAPIError as error:
        # The whole error would have the rows in it.
        raise OperatorError(f"nothing was moved: {' '.join(str(error.orig).split())[:300]}") from None
    return (
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
