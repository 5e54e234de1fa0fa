"""Coming into an event: with the code of a seat, or by the link that leads each into the next free one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import NameTakenError, PeopleError
from sardonyx_services.people.event_details import MOST_SIGN_INS
from sardonyx_services.people.event_models import EventRow, SeatRow
from sardonyx_services.people.groups import alone_with
from sardonyx_services.people.models import MemberRow, PersonRow
from sardonyx_services.people.moments import aware, in_tables, utc_now
from sardonyx_services.people.new_person import add_person
from sardonyx_services.people.records import EVENT
from sardonyx_services.people.seats import LONGEST_NAME
from sardonyx_spawner.language import _


class NoEntryError(PeopleError):
    """A code or link lets nobody in; why makes no difference to what is said."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This code is not good, or its event is not on now. The card says when it is; compare the code with it, too."
                " The people at its desk can give you another one."
            )
        )


class FullError(PeopleError):
    """The link of an event is good, and nobody is left to be."""

    def __init__(self) -> None:
        super().__init__(_("All accounts of this event are taken. Ask its organisers for more."))


HashOf = Callable[[int, int], str]
"""Number and round of an account -> what is kept of its code."""


@dataclass(frozen=True)
class Entry:
    """Somebody who came in.

    Args:
        name: under which the hub knows them.
    """

    event: str
    person: str
    name: str


class Entries:
    """The ways in; each is looked at and walked through in one transaction."""

    def __init__(
        self,
        session: Callable[[], AbstractContextManager[Session]],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._session, self._clock = session, clock

    def by_code(self, code_hash: str, shown_name: str, *, most: int = MOST_SIGN_INS) -> Entry:
        """Let somebody in with a code: the first time into a new account, and then into the same.

        Args:
            shown_name: how others see them; "" = as it is.
            most: no code lets anybody in more often here, whatever its event says.

        Raises:
            NoEntryError: it is no code of an event that is on.
        """
        with self._session() as session:
            found = session.scalars(select(SeatRow).where(SeatRow.code_hash == code_hash)).first()
            event = found.event if found is not None else ""
        if not event:
            raise NoEntryError
        with self._session() as session:
            row = self._alone_with_event(session, event)
            seat = session.scalars(select(SeatRow).where(SeatRow.code_hash == code_hash)).first()
            if seat is None or seat.is_kept or seat.sign_ins >= min(row.sign_ins, most):
                raise NoEntryError
            return _enter(session, row, seat, shown_name)

    def by_link(self, event: str, link_round: int, shown_name: str, hash_of: HashOf) -> Entry:
        """Let somebody in by the link: into the last account that nobody has.

        Its card may be in somebody's hand: that is good for nothing any more, or two people would have one home.

        Args:
            link_round: which link it is that they have.
            hash_of: number and round of an account -> what is kept of its code.

        Raises:
            NoEntryError: it is not the link of an event that is on.
            FullError: it is, and all accounts are taken.
        """
        with self._session() as session:
            row = self._alone_with_event(session, event)
            if not row.sharing or row.link_round != link_round:
                raise NoEntryError
            free = select(SeatRow).where(SeatRow.event == event, SeatRow.person.is_(None), SeatRow.is_kept.is_(False))
            seat = session.scalars(free.order_by(SeatRow.number.desc()).limit(1)).first()
            if seat is None:
                raise FullError
            seat.code_round += 1
            seat.code_hash, seat.sign_ins = hash_of(seat.number, seat.code_round), 0
            return _enter(session, row, seat, shown_name)

    def round_of(self, event: str) -> int:
        """Return which link lets people into an event now; 0 = none does."""
        with self._session() as session:
            row = session.get(EventRow, event)
            return row.link_round if row is not None and row.sharing and self._is_on(row) else 0

    def is_any_on(self) -> bool:
        """Tell whether a code could be good: an event is not over."""
        with self._session() as session:
            found = select(EventRow.group).where(EventRow.closed.is_(None), EventRow.ends > in_tables(self._clock()))
            return session.scalars(found.limit(1)).first() is not None

    def _alone_with_event(self, session: Session, event: str) -> EventRow:
        above, row = alone_with(session, event), session.get(EventRow, event)
        if above is None or above.ended is not None or row is None or not self._is_on(row):
            raise NoEntryError
        return row

    def _is_on(self, row: EventRow) -> bool:
        return row.closed is None and aware(row.begins) <= self._clock() < aware(row.ends)


def _enter(session: Session, event: EventRow, seat: SeatRow, shown_name: str) -> Entry:
    person = session.get(PersonRow, seat.person) if seat.person is not None else _new(session, event, seat)
    if person is None or person.removed is not None:
        raise NoEntryError
    seat.sign_ins += 1
    said = " ".join(shown_name.split())[:LONGEST_NAME]
    if said and said.isprintable():
        person.full_name = said
    return Entry(seat.event, person.id, person.name)


def _new(session: Session, event: EventRow, seat: SeatRow) -> PersonRow:
    person = _person(session, event, seat.number)
    seat.person, seat.taken = person.id, utc_now()
    session.add(MemberRow(group=seat.event, person=person.id, role="participant"))
    if seat.team:
        session.add(MemberRow(group=seat.team, person=person.id, role="member"))
    return person


def _person(session: Session, event: EventRow, number: int) -> PersonRow:
    subject = f"{event.group}:{number}"
    try:
        with session.begin_nested():
            return add_person(session, EVENT, subject, f"{event.prefix}-{number}")
    except NameTakenError:
        # Somebody else here is called so. An id is nobody's name.
        return add_person(session, EVENT, subject, f"{event.prefix}-{event.group}-{number}")
