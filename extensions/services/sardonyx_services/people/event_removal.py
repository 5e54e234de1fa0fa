"""The end of an event in the database: its accounts are let go, what was deleted is counted, and then nothing of it is known."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from sardonyx_services.people.event_models import EventRow, SeatRow
from sardonyx_services.people.groups import alone_with
from sardonyx_services.people.leaving import leave
from sardonyx_services.people.models import (
    CLEAR,
    ActionRow,
    ExtensionRow,
    GroupRow,
    HoursRow,
    LinkRow,
    MemberRow,
    PersonRow,
)
from sardonyx_services.people.moments import in_tables, utc_now
from sardonyx_services.people.records import EVENT
from sardonyx_services.people.reports import add_to_report, is_counted

TELLING = ("event-make", "event-change", "event-end", "move", "role", "seats", "card")
"""Actions whose detail stays when all of an event is deleted: its title, a day, a role, or a number."""


class EventRemoval:
    """Takes an event out of the database, in steps between which the hub and the store do theirs."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def let_go(self, event: str, now: datetime) -> bool:
        """Remove all whose account ends with an event, once; return whether it is time for that.

        The hub owes them that their servers and homes go, also those whom the operator had removed before.
        """
        with self._session() as session:
            alone_with(session, event)
            row = session.get(EventRow, event)
            if row is None or row.deleted is not None or not _is_over(row, in_tables(now)):
                return False
            if row.going is None:
                row.going = utc_now()
                for person in session.scalars(_of_event(event)):
                    leave(session, person, CLEAR)
            return True

    def is_owed(self, event: str) -> bool:
        """Tell whether the hub has still something to do for who had an account."""
        with self._session() as session:
            return session.scalars(_of_event(event).where(PersonRow.owed != "").limit(1)).first() is not None

    def is_counted(self, event: str) -> bool:
        """Tell whether it is written down how much there was to delete of an event in the store."""
        with self._session() as session:
            return is_counted(session.get(EventRow, event))

    def count(self, event: str, there: Mapping[str, int]) -> None:
        """Write down how much there is to delete of an event in the store, before any of it goes."""
        with self._session() as session:
            alone_with(session, event)
            add_to_report(session.get(EventRow, event), there)

    def end_groups(self, event: str) -> None:
        """End an event and its teams as groups: nobody gets keys to anything of them any more."""
        with self._session() as session:
            alone_with(session, event)
            for group in session.scalars(_groups_of(event)):
                group.ended = group.ended or utc_now()

    def forget(self, event: str) -> bool:
        """Delete its accounts, their people, who was in what, and what was written; return whether it was not deleted yet.

        What is left is its title, when it was, who organised it, and what was deleted. Only when nothing is owed to its
        people, and nothing of theirs is in the store.
        """
        with self._session() as session:
            alone_with(session, event)
            row = session.get(EventRow, event)
            if row is None or row.deleted is not None:
                return False
            people = list(session.scalars(_of_event(event).with_only_columns(PersonRow.id)))
            groups = list(session.scalars(_groups_of(event).with_only_columns(GroupRow.id)))
            session.execute(delete(SeatRow).where(SeatRow.event == event))
            # Who organised it is still asked what was deleted.
            session.execute(delete(MemberRow).where(MemberRow.group.in_(groups), MemberRow.role != "organiser"))
            session.execute(delete(MemberRow).where(MemberRow.person.in_(people)))
            session.execute(delete(ExtensionRow).where(ExtensionRow.person.in_(people)))
            session.execute(delete(HoursRow).where(HoursRow.person.in_(people)))
            session.execute(delete(LinkRow).where(LinkRow.purpose.in_(people)))
            session.execute(delete(PersonRow).where(PersonRow.id.in_(people)))
            add_to_report(row, {"accounts": len(people), "teams": len(groups) - 1})
            self._blank(session, row)
            row.deleted, row.sharing = utc_now(), False
            return True

    def _blank(self, session: Session, row: EventRow) -> None:
        """Take away what people wrote: how teams are called, what was said to them, and what of the event is not its title."""
        row.welcome, row.place, row.repositories, row.answers, row.limits = "", "", "[]", "{}", "{}"
        # A row of a team stays: its id is never used again.
        session.execute(update(GroupRow).where(GroupRow.within == row.group).values(title=""))
        written = (ActionRow.group == row.group) & ActionRow.what.not_in(TELLING)
        session.execute(update(ActionRow).where(written).values(detail=""))


def _of_event(event: str) -> Any:
    """Select the people whose account ends with an event."""
    return (
        select(PersonRow)
        .join(SeatRow, SeatRow.person == PersonRow.id)
        .where(SeatRow.event == event, PersonRow.provider == EVENT)
    )


def _groups_of(event: str) -> Any:
    """Select an event and its teams."""
    return select(GroupRow).where((GroupRow.id == event) | (GroupRow.within == event))


def _is_over(row: EventRow, now: datetime) -> bool:
    return row.closed is not None and max(row.ends, row.closed) + timedelta(hours=row.read_hours) <= now
