"""Where the hub's tables and the people are: in files of SQLite, or in a PostgreSQL."""

import time
from collections.abc import Callable
from contextlib import closing

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.hub import sqlite_address, write_ahead
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import DatabaseAwayError, PeopleError
from sardonyx_services.people.postgresql import Postgresql, look_at
from sardonyx_services.people.store import PeopleStore

WAIT_S, LOOK_AGAIN_S = 120.0, 1.0
"""So long may a PostgreSQL take to start that is started together with the hub."""


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


def wait_for_database(settings: Settings, say: Callable[[str], None]) -> None:
    """Wait until a PostgreSQL answers, whatever it says; who opens it then is told what is wrong.

    Args:
        say: tells the operator that somebody waits.

    Raises:
        OperatorError: the address of the database cannot be read.
    """
    database = postgresql(settings)
    deadline, is_said = time.monotonic() + WAIT_S, False
    while database is not None and time.monotonic() < deadline:
        try:
            look_at(database)
        except DatabaseAwayError:
            if not is_said:
                say("The PostgreSQL does not answer yet. The hub waits for it.")
            is_said = True
            time.sleep(LOOK_AGAIN_S)
        except PeopleError:
            return
        else:
            return


def left_behind(people: PeopleStore, folder: DataFolder) -> int:
    """Return how many people are in people.sqlite, where nobody is where people are now."""
    if not folder.people_database.exists() or people.everybody():
        return 0
    with closing(PeopleStore(folder.people_database)) as left:
        return len(left.everybody())


def refuse_to_leave_anybody(people: PeopleStore, folder: DataFolder, how: str = "sardonyx database move") -> None:
    """Make sure that nobody is left behind in people.sqlite, and becomes a stranger where people are now.

    Args:
        how: they are taken along here.

    Raises:
        OperatorError: there is somebody in the file, and nobody in the PostgreSQL.
    """
    if count := left_behind(people, folder):
        raise OperatorError(
            f"{folder.people_database} has {'one person' if count == 1 else f'{count} people'}, and the PostgreSQL nobody:"
            f" they would get new ids and empty homes. Take them along with: {how}"
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
