"""Where the hub's tables and the people are: in files of SQLite, or in a PostgreSQL."""

from contextlib import closing

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.hub_database import sqlite_address, write_ahead
from sardonyx_hub_config.settings import Settings
from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.postgresql import Postgresql, look_at
from sardonyx_services.people.store import PeopleStore


def postgresql(settings: Settings) -> Postgresql | None:
    """Return the database that the settings name; None = there is none.

    Raises:
        OperatorError: its address cannot be read.
    """
    url = settings.database.url
    return None if url is None else Postgresql(url.value())


def people_place(settings: Settings, folder: DataFolder) -> Place:
    """Return where the people are.

    Raises:
        OperatorError: the address of the database cannot be read.
    """
    return postgresql(settings) or folder.people_database


def open_people(settings: Settings, folder: DataFolder) -> PeopleStore:
    """Open the store of people.

    Raises:
        OperatorError: that cannot be done, in a sentence.
    """
    try:
        return PeopleStore(people_place(settings, folder))
    except PeopleError as error:
        raise OperatorError(str(error)) from error


def refuse_to_leave_anybody(people: PeopleStore, folder: DataFolder) -> None:
    """Make sure that nobody is left behind in people.sqlite, and becomes a stranger where people are now.

    Raises:
        OperatorError: there is somebody in the file, and nobody in the PostgreSQL.
    """
    if not folder.people_database.exists() or people.everybody():
        return
    with closing(PeopleStore(folder.people_database)) as left:
        count = len(left.everybody())
    if count:
        raise OperatorError(
            f"{folder.people_database} has {'one person' if count == 1 else f'{count} people'}, and the PostgreSQL nobody:"
            " they would get new ids and empty homes. Take them along with: sardonyx database move"
            " (to begin anew, move that file away)."
        )


def hub_address(settings: Settings, folder: DataFolder) -> str:
    """Return the address of JupyterHub's own tables, ready for it; with a PostgreSQL it has the password.

    Raises:
        OperatorError: the address of the database cannot be read.
    """
    database = postgresql(settings)
    if database is None:
        write_ahead(folder.hub_database)
        return sqlite_address(folder.hub_database)
    try:
        return database.url().render_as_string(hide_password=False)
    except PeopleError as error:
        raise OperatorError(str(error)) from error


def look_at_database(settings: Settings) -> str:
    """Return what `sardonyx doctor` says of a PostgreSQL; "" = there is none.

    Raises:
        OperatorError: it cannot be used, in a sentence.
    """
    database = postgresql(settings)
    try:
        return look_at(database) if database else ""
    except PeopleError as error:
        raise OperatorError(str(error)) from error
