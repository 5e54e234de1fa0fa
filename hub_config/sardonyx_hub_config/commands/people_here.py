"""The people of a place, for commands: beside a running hub or without one."""

from collections.abc import Iterable

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.place import open_people
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.file import find_settings, load_settings
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.store import PeopleStore


def people_here() -> tuple[Settings, PeopleStore]:
    """Return the settings, and the people of a place that was started once.

    Raises:
        OperatorError: it was not, or a newer release has written who there is.
    """
    settings = load_settings(find_settings(None))
    folder = DataFolder(settings.data_folder)
    if not folder.root.is_dir():
        raise OperatorError(f"{folder.root} is not there yet. Start Sardonyx once with: make up")
    return settings, open_people(settings, folder)


def ids_of(people: PeopleStore, names: Iterable[str]) -> dict[str, str]:
    """Return the ids of people by their names: of all of them, or nothing is to be changed.

    Raises:
        OperatorError: there is nobody of one of these names.
    """
    found = {name: people.by_name(name) for name in names}
    missing = [name for name, person in found.items() if person is None]
    if missing:
        raise OperatorError(
            f"there is nobody called {', '.join(missing)} here. Nothing was changed."
            " See who there is with: sardonyx user list"
        )
    return {name: person.id for name, person in found.items() if person is not None}
