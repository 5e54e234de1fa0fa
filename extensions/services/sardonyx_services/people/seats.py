"""The seats of an event: accounts that are made ahead, and who has taken them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_models import EventRow, SeatRow
from sardonyx_services.people.groups import alone_with, new_group
from sardonyx_services.people.models import SIGN_OUT, AccountRow, GroupRow, PersonRow
from sardonyx_services.people.moments import aware
from sardonyx_services.people.records import EVENT, LOCAL
from sardonyx_spawner.language import _, ngettext

LONGEST_NAME = 80
"""Of what somebody is called, as it fits on a card; of a team, too."""
HashOf = Callable[[int], str]
"""Number of a seat -> what is kept of its code."""


@dataclass(frozen=True)
class Seat:
    """An account of an event.

    Args:
        number: in the event, from 1.
        team: id; "" = none.
        code_round: which code it is.
        person: id of who has taken it; None = nobody yet.
        sign_ins: how often somebody came in with its code.
        is_kept: it is an account of this place by now, which does not end with the event.
    """

    event: str
    number: int
    team: str
    code_round: int
    person: str | None
    taken: datetime | None
    sign_ins: int
    is_kept: bool


@dataclass(frozen=True)
class Team:
    """A team of an event."""

    id: str
    title: str


class Seats:
    """The seats in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def of(self, event: str) -> list[Seat]:
        """Return the seats of an event, by number."""
        with self._session() as session:
            found = session.scalars(select(SeatRow).where(SeatRow.event == event).order_by(SeatRow.number))
            return [_seat(row) for row in found]

    def one(self, event: str, number: int) -> Seat | None:
        """Return a seat of an event; None = there is no such."""
        with self._session() as session:
            row = session.get(SeatRow, (event, number))
            return _seat(row) if row is not None else None

    def of_person(self, person: str) -> Seat | None:
        """Return the seat that somebody has taken; None = they have not come in by a code."""
        with self._session() as session:
            row = session.scalars(select(SeatRow).where(SeatRow.person == person)).first()
            return _seat(row) if row is not None else None

    def teams(self, event: str) -> list[Team]:
        """Return the teams of an event, oldest first."""
        found = select(GroupRow).where(GroupRow.within == event).order_by(GroupRow.created, GroupRow.id)
        with self._session() as session:
            return [Team(row.id, row.title) for row in session.scalars(found)]

    def add(
        self,
        event: str,
        count: int,
        hash_of: HashOf,
        *,
        most: int,
        teams: Sequence[tuple[str, int]] = (),
        there: int | None = None,
    ) -> None:
        """Add seats to an event that has not ended.

        Args:
            count: of those that are of no team.
            most: seats that an event may have here.
            teams: title and number of seats of each new team.
            there: so many are there already, as far as who asks knows; None = they do not say.

        Raises:
            PeopleError: these are too many, or it has ended, or there are others already.
        """
        wanted = count + sum(seats for _title, seats in teams)
        with self._session() as session:
            self._alone(session, event)
            last = session.scalar(select(func.max(SeatRow.number)).where(SeatRow.event == event)) or 0
            if there is not None and there != last:
                said = ngettext(
                    "There is {count} account by now. Look at it before you make more.",
                    "There are {count} accounts by now. Look at them before you make more.",
                    last,
                )
                raise PeopleError(said.format(count=last))
            if wanted < 1 or last + wanted > most:
                raise PeopleError(
                    _("An event has 1 to {most} accounts here; this one has {count}.").format(most=most, count=last)
                )
            of = [*([""] * count)]
            for title, seats in teams:
                of.extend([new_group(session, "team", _checked_team(title), within=event).id] * seats)
            for number, team in enumerate(of, start=last + 1):
                session.add(_new_row(event, number, team, hash_of(number)))

    def rename_team(self, event: str, team: str, title: str) -> None:
        """Call a team otherwise.

        Raises:
            PeopleError: it is no title, or there is no such team.
        """
        with self._session() as session:
            self._alone(session, event)
            row = session.get(GroupRow, team)
            if row is None or row.within != event:
                raise PeopleError(_("There is no such team in this event."))
            row.title = _checked_team(title)

    def rename(self, event: str, person: str, name: str) -> str:
        """Call somebody otherwise whose account is of an event; return the name as it is kept.

        Raises:
            PeopleError: it is no name, or nobody has that account any more, or the event has ended.
        """
        said = " ".join(name.split())
        if not said or len(said) > LONGEST_NAME or not said.isprintable():
            raise PeopleError(_("A name has 1 to 80 characters, all of which can be seen."), field="name")
        with self._session() as session:
            self._alone(session, event)
            row = session.get(PersonRow, person)
            if row is None or row.provider != EVENT or row.removed is not None:
                raise PeopleError(_("There is no such account in this event."))
            row.full_name = said
            return said

    def renew(self, event: str, number: int, hash_of: Callable[[int], str]) -> str:
        """Give a seat another code, because its card was lost. Who has come in signs in again.

        Args:
            hash_of: round -> what is kept of that code.

        Returns:
            The id of whose sessions end by that; "" = nobody's.

        Raises:
            PeopleError: there is no such seat, or its person was removed, or the event has ended.
        """
        with self._session() as session:
            self._alone(session, event)
            row = session.get(SeatRow, (event, number))
            if row is None:
                raise PeopleError(_("There is no such account in this event."))
            person = session.get(PersonRow, row.person) if row.person is not None else None
            if person is not None and person.removed is not None:
                said = _("This account was removed by the people who run this place. Make another one instead.")
                raise PeopleError(said)
            ended = ""
            if person is not None and not row.is_kept:
                ended = person.id
                # Whoever has found the card may have used it.
                person.owed = SIGN_OUT
            row.code_round += 1
            row.code_hash, row.sign_ins = hash_of(row.code_round), 0
            return ended

    def keep(self, event: str, number: int) -> str:
        """Make a lasting account of one that somebody has taken; return the person's id. They have no password yet.

        Somebody who has not yet chosen one can be given another link for that.

        Raises:
            PeopleError: nobody has taken it, or it lasts already, or the event is being deleted.
        """
        with self._session() as session:
            alone_with(session, event)
            row, of = session.get(SeatRow, (event, number)), session.get(EventRow, event)
            person = session.get(PersonRow, row.person) if row is not None and row.person is not None else None
            if row is None or person is None or person.removed is not None or of is None or of.going is not None:
                raise PeopleError(_("Nobody has this account, or it lasts already."))
            if row.is_kept:
                account = session.get(AccountRow, person.id)
                if account is None or account.password_hash:
                    raise PeopleError(_("Nobody has this account, or it lasts already."))
                return person.id
            row.is_kept = True
            person.provider = LOCAL
            session.add(AccountRow(person=person.id, password_hash=""))
            return person.id

    def _alone(self, session: Session, event: str) -> None:
        above, row = alone_with(session, event), session.get(EventRow, event)
        if above is None or row is None or row.closed is not None:
            raise PeopleError(_("There is no such event, or it has ended."))


def _checked_team(text: str) -> str:
    title = " ".join(text.split())
    if not title or len(title) > LONGEST_NAME or not title.isprintable():
        raise PeopleError(_("A team needs a name, of 80 characters at most."))
    return title


def _new_row(event: str, number: int, team: str, code_hash: str) -> SeatRow:
    return SeatRow(
        event=event,
        number=number,
        team=team,
        code_round=1,
        code_hash=code_hash,
        person=None,
        taken=None,
        sign_ins=0,
        is_kept=False,
    )


def _seat(row: SeatRow) -> Seat:
    taken = aware(row.taken) if row.taken else None
    return Seat(row.event, row.number, row.team, row.code_round, row.person, taken, row.sign_ins, row.is_kept)
