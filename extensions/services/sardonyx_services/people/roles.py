"""Which roles there are where, in words where somebody is to have another one."""

from collections.abc import Collection

from sardonyx_services.people.errors import PeopleError
from sardonyx_spawner.language import _


def check_role(role: str, roles: Collection[str]) -> None:
    """Make sure that somebody can be that in a class, an event or a team.

    Args:
        roles: those that there are.

    Raises:
        PeopleError: nobody can.
    """
    if role not in roles:
        said = _("Nobody is “{role}” there; write one of: {roles}.")
        raise PeopleError(said.format(role=role[:40], roles=", ".join(roles)))
