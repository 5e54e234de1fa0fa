"""Who is in a class or an event."""

from dataclasses import dataclass

from sardonyx_services.people.groups import STAFF, Role
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.seats import Team

LEADING: tuple[Role, ...] = (*STAFF, "organiser")
"""Who looks after the others, and is none of those whose servers are started and stopped with all."""


@dataclass(frozen=True)
class Member:
    """Somebody in a class or an event.

    Args:
        team: of an event; None = none.
    """

    person: PersonRecord
    role: Role
    team: Team | None = None
