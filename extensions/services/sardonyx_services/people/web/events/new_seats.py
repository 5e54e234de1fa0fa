"""Accounts of an event that are made ahead."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sardonyx_services.people.seat_codes import SeatCodes
from sardonyx_services.people.seats import Seat
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


@dataclass(frozen=True)
class Again:
    """Accounts that are made once more.

    Args:
        accounts: of no team.
        teams: how many accounts each of the new teams has.
    """

    accounts: int = 0
    teams: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many accounts these are."""
        return self.accounts + sum(self.teams)


def as_many_again(seats: Sequence[Seat], room: int) -> Again:
    """Return as many accounts as there are, in teams of the same sizes; less where there is no room for all, but whole teams.

    Args:
        room: so many more may there be.
    """
    sizes = Counter(seat.team for seat in seats)
    alone, teams = sizes.pop("", 0), []
    for size in sizes.values():
        if size <= room:
            teams.append(size)
            room -= size
    return Again(min(alone, room), tuple(teams))


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
            raise RefusedError(_("A team has 1 to 100 people."), field="team_size")
        if not wanted.accounts and not wanted.teams:
            raise RefusedError(_("Say how many accounts you want."), field="accounts")
        if not 1 <= wanted.count <= self._most:
            said = _("An event has 1 to {most} accounts here.").format(most=self._most)
            raise RefusedError(said, field="teams" if wanted.teams else "accounts")

    def add(self, event: str, wanted: Wanted) -> None:
        """Make them.

        Raises:
            PeopleError: these are too many, or the event is over.
        """
        self._add(event, Again(wanted.accounts, (wanted.team_size,) * wanted.teams))

    def again(self, event: str) -> Again:
        """Return what `double` would make."""
        seats = self._people.seats.of(event)
        return as_many_again(seats, self._most - len(seats))

    def double(self, event: str, there: int | None) -> int:
        """Make as many again as there are; return how many these are.

        Args:
            there: so many are there, as far as who asks knows: who clicks twice does not have four times as many.

        Raises:
            PeopleError: there is no room, or the event is over, or there are others already.
        """
        seats = self._people.seats.of(event)
        made = as_many_again(seats, self._most - len(seats))
        # Between this look and the making of them somebody may have made some, too.
        self._add(event, made, len(seats) if there is None else there)
        return made.count

    def _add(self, event: str, wanted: Again, there: int | None = None) -> None:
        before = len(self._people.seats.teams(event))
        teams = [
            (_("Team {number}").format(number=before + place), size) for place, size in enumerate(wanted.teams, start=1)
        ]
        self._people.seats.add(
            event,
            wanted.accounts,
            lambda number: self.hash_of(event, number, 1),
            most=self._most,
            teams=teams,
            there=there,
        )

    def hash_of(self, event: str, number: int, code_round: int) -> str:
        """Return what is kept of a code."""
        return self.codes.hashed(self.codes.code(event, number, code_round))
