"""Accounts of an event that are made ahead."""

from dataclasses import dataclass

from sardonyx_services.people.seat_codes import SeatCodes
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_spawner.language import _

MOST_IN_A_TEAM = 100


@dataclass(frozen=True)
class Wanted:
    """Accounts that are to be made.

    Args:
        accounts: of no team.
        teams: so many new teams, of `team_size` each.
    """

    accounts: int = 0
    teams: int = 0
    team_size: int = 0

    @property
    def count(self) -> int:
        """How many accounts these are."""
        return self.accounts + self.teams * self.team_size


class NewSeats:
    """Makes them, within what the operator allows.

    Args:
        most: accounts that one event may have.
    """

    def __init__(self, people: PeopleStore, codes: SeatCodes, most: int) -> None:
        self._people, self.codes, self._most = people, codes, most

    def check(self, wanted: Wanted) -> None:
        """Make sure that an event can have these.

        Raises:
            RefusedError: it cannot.
        """
        if wanted.accounts < 0 or wanted.teams < 0 or (wanted.teams and not 1 <= wanted.team_size <= MOST_IN_A_TEAM):
            raise RefusedError(_("A team has 1 to 100 people."))
        if not 1 <= wanted.count <= self._most:
            raise RefusedError(_("An event has 1 to {most} accounts here.").format(most=self._most))

    def add(self, event: str, wanted: Wanted) -> None:
        """Make them.

        Raises:
            PeopleError: these are too many, or the event is over.
        """
        there = len(self._people.seats.teams(event))
        teams = [
            (_("Team {number}").format(number=there + place), wanted.team_size) for place in range(1, wanted.teams + 1)
        ]
        self._people.seats.add(
            event, wanted.accounts, lambda number: self.hash_of(event, number, 1), most=self._most, teams=teams
        )

    def hash_of(self, event: str, number: int, code_round: int) -> str:
        """Return what is kept of a code."""
        return self.codes.hashed(self.codes.code(event, number, code_round))
