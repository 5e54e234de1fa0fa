"""The links by which whoever has one takes what a team of an event has: made from the team, good until all of it is deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import Group
from sardonyx_services.people.join_link import JoinLinks, group_of
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.seats import Team
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.errors import NoTeamLinkError, NotOpenError
from sardonyx_services.people.web.events.desk import EventDesk, state_of
from sardonyx_spawner.language import _

ROUND = 1
"""No link of a team takes the place of another one: they end with the event."""


@dataclass(frozen=True)
class TeamLink:
    """The link of a team.

    Args:
        address: as people open it: a secret.
    """

    team: Team
    address: str


@dataclass(frozen=True)
class Taken:
    """What a link leads to."""

    event: Group
    details: EventDetails
    team: Group


class TeamLinks:
    """Makes the links, and knows them again.

    Args:
        links: made with a secret of their own: what joins a class or an event is none of these.
        address: of the pages of this service, as people open it, with a slash at its end.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        desk: EventDesk,
        people: PeopleStore,
        links: JoinLinks,
        address: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk, self._people, self._links = desk, people, links
        self._address, self._clock = address, clock

    def of(self, caller: Caller, event: str) -> list[TeamLink]:
        """Return the links of an event's teams, oldest first; [] = it has none, or they are not good yet or any more.

        Raises:
            RefusedError: the caller does not lead it.
        """
        seen = self._desk.seen(caller, event, Level.INSTRUCTOR)
        teams = self._people.seats.teams(event) if seen.state in {"on", "read"} else []
        return [TeamLink(team, f"{self._address}take/{self._links.code(team.id, ROUND)}") for team in teams]

    def taken(self, code: str) -> Taken:
        """Return what a link leads to.

        Raises:
            NoTeamLinkError: to nothing, or not any more: the answer is the same.
        """
        team = group_of(code)
        if not self._links.is_of(code, team, ROUND):
            raise NoTeamLinkError
        try:
            found = self._people.groups.get("team", team)
            event = self._people.groups.get("event", found.within)
            details = self._people.events.details(event.id)
        except PeopleError as error:
            raise NoTeamLinkError from error
        if state_of(details, self._clock()) not in {"on", "read"}:
            raise NoTeamLinkError
        return Taken(event, details, found)

    def member(self, taken: Taken) -> PersonRecord:
        """Return somebody of the team, with whose rights to read what it has is read.

        Raises:
            RefusedError: nobody is in it, so nobody has written anything there.
        """
        members = self._people.groups.members(taken.team.id)
        found = next((self._people.by_id(person) for person in sorted(members)), None)
        if found is None:
            raise NotOpenError(_("Nobody of this team has come in, so there is nothing to take."))
        return found

    def note(self, taken: Taken) -> None:
        """Write down that it was taken, by whoever had the link."""
        self._people.actions.add(taken.team.id, "team-take", taken.event.id, detail=taken.team.title)
