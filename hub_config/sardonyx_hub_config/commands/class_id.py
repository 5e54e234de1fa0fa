"""The class that a command is about, named by its id."""

import click

from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Group, Kind
from sardonyx_services.people.store import PeopleStore

CLASS: Kind = "class"

id_argument = click.argument("class_id", metavar="ID")


def class_of_id(people: PeopleStore, class_id: str, *, goes_on: bool = False) -> Group:
    """Return a class.

    Raises:
        OperatorError: there is none with this id, or it has ended and should go on.
    """
    try:
        found = people.groups.get(CLASS, class_id)
    except PeopleError as error:
        raise OperatorError(f"{error.message} See which there are with: sardonyx class list") from error
    if goes_on and found.ended is not None:
        raise OperatorError(f"“{found.title}” has ended: nobody joins it any more. Nothing was changed.")
    return found
