"""The teams that work in one server each, from the events that somebody is in."""

from collections.abc import Callable
from datetime import UTC, datetime

from sardonyx_services.people.database import Place
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import group_name_of
from sardonyx_services.people.lookup import looking_up
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.teams import Team


class TeamSource:
    """The teams of events whose organisers want that; the people are asked when something of them has changed.

    Args:
        place: where the people are.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        place: Place,
        people: Callable[[], PeopleStore],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._place, self._people, self._clock = place, people, clock
        self._find: Callable[[str], tuple[tuple[EventDetails, Team], ...]] | None = None

    def of(self, person: str) -> tuple[Team, ...]:
        """Return the teams that somebody is in and that work in one server each now: while their event is on.

        Args:
            person: their id.

        Raises:
            PeopleError: the people are away.
        """
        if self._find is None:
            # Not before: the tables have to be there.
            self._people()
            self._find = looking_up(self._place, self._of)
        now = self._clock()
        return tuple(team for details, team in self._find(person) if details.is_on(now))

    def _of(self, person: str) -> tuple[tuple[EventDetails, Team], ...]:
        people, found = self._people(), []
        for each in people.groups.of(person):
            event = people.groups.get("team", each.group).within if each.kind == "team" else ""
            details = people.events.of_many([event]).get(event) if event else None
            if details is not None and details.team_servers:
                found.append((details, self._team(each.group, event)))
        return tuple(found)

    def _team(self, team: str, event: str) -> Team:
        inside = self._people().everybody(team)
        return Team(
            team,
            group_name_of("event", event),
            {each.name: each.full_name or each.name for each in inside},
            # What somebody has whose account lasts is more than what is of the event.
            frozenset(each.name for each in inside if each.is_temporary),
        )
