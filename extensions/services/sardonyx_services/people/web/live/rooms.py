"""A class or an event, as far as something is done with the servers of its people: whose those are, and who may."""

from dataclasses import dataclass
from typing import Literal, Protocol

from sardonyx_services.people.groups import Group
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.desk import Desk
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.events.desk import EventDesk
from sardonyx_services.people.web.members import Member
from sardonyx_spawner.language import _
from sardonyx_spawner.repository import Repository

Kind = Literal["class", "event"]


@dataclass(frozen=True)
class Room:
    """A class or an event, as who leads it meets it.

    Args:
        why_not: why its servers are not started now; "" = they are.
        material: repositories that they have, of its own and of its profile.
        lets_in: people can be let into them.
        in_teams: each team works in one of them.
    """

    group: Group
    why_not: str
    material: tuple[Repository, ...]
    lets_in: bool
    in_teams: bool = False

    @property
    def has_material(self) -> bool:
        """Whether there is anything to bring."""
        return bool(self.material)

    @property
    def folders(self) -> list[str]:
        """The folders in homes in which a file can be put back."""
        return [each.place for each in self.material if each.is_material]


class Rooms(Protocol):
    """All classes, or all events."""

    @property
    def kind(self) -> Kind:
        """Which of both."""

    def room(self, caller: Caller, group: str) -> Room:
        """Return one, for who leads it.

        Raises:
            RefusedError: there is none for the caller, or they do not lead it.
        """

    def members(self, caller: Caller, group: str) -> list[Member]:
        """Return who is in it, by name.

        Raises:
            RefusedError: there is none for the caller, or they do not lead it.
        """


class ClassRooms:
    """All classes."""

    kind: Kind = "class"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def room(self, caller: Caller, group: str) -> Room:
        """Return one, for its staff."""
        seen, why_not = self._desk.seen(caller, group, Level.STAFF), ""
        if seen.is_over:
            why_not = _("This class is over: its servers are not started any more.")
        elif not seen.details.profile:
            why_not = _("This class has no servers of its own yet. Choose what they are in its settings.")
        lets_in = self._desk.is_for_working_together(seen)
        return Room(seen.group, why_not, self._desk.material(seen), lets_in)

    def members(self, caller: Caller, group: str) -> list[Member]:
        """Return who is in it, by name."""
        return self._desk.members(caller, group)


class EventRooms:
    """All events."""

    kind: Kind = "event"

    def __init__(self, desk: EventDesk, people: PeopleStore) -> None:
        self._desk, self._people = desk, people

    def room(self, caller: Caller, group: str) -> Room:
        """Return one, for its organisers."""
        seen, why_not = self._desk.seen(caller, group, Level.INSTRUCTOR), ""
        if seen.state != "on":
            why_not = _("The servers of an event are started while it is on, not before and not after it.")
        lets_in, details = self._desk.is_for_working_together(seen), seen.details
        return Room(seen.group, why_not, self._desk.material(seen), lets_in, details.team_servers)

    def members(self, caller: Caller, group: str) -> list[Member]:
        """Return who is in it, by name, with their teams; nobody whose account nobody has."""
        self._desk.seen(caller, group, Level.INSTRUCTOR)
        roles = self._people.groups.members(group)
        teams = {team.id: team for team in self._people.seats.teams(group)}
        of = {seat.person: teams.get(seat.team) for seat in self._people.seats.of(group)}
        everybody = self._people.everybody(group)
        return [Member(person, roles[person.id], of.get(person.id)) for person in everybody if person.id in roles]
