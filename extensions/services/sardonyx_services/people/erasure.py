"""Somebody who wants nothing to be kept of them: removed at once, and a day later all that is theirs is deleted."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.invited import forget, theirs
from sardonyx_services.people.leaving import leave
from sardonyx_services.people.models import (
    HOME,
    LET_GO,
    AccountRow,
    ClassRow,
    ExtensionRow,
    GitAccountRow,
    GroupRow,
    HoursRow,
    InvitationRow,
    MemberRow,
    PersonRow,
)
from sardonyx_services.people.moments import aware, in_tables, utc_now
from sardonyx_services.people.records import EVENT
from sardonyx_spawner.language import _

GRACE = timedelta(days=1)
"""Until then no key to their data is left, and who was taken for somebody else is readmitted."""
WANTED, GOING, DONE = "wanted", "going", "done"


class Erasure:
    """Says who is erased, in steps between which the hub and the store do theirs."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def want(self, who: str) -> datetime:
        """Remove somebody, and erase them a day later; return when, with its time zone.

        Args:
            who: their name, or the id of somebody who was removed before.

        Raises:
            PeopleError: there is nobody like that, they have an account of an event, are the only administrator, or are
                erased already.
        """
        with self._session() as session:
            row = session.scalars(
                select(PersonRow).where(PersonRow.name == who, PersonRow.removed.is_(None))
            ).first() or session.get(PersonRow, who)
            if row is None:
                raise PeopleError(_("There is nobody called “{name}” here, and nobody with that id.").format(name=who))
            if row.provider == EVENT:
                raise PeopleError(
                    _("“{name}” is an account of an event: it is erased with the event.").format(name=row.name)
                )
            if row.erasure:
                raise PeopleError(_("{person} is being erased already.").format(person=row.id))
            if row.removed is None and row.is_admin and not _others_lead(session, row.id):
                raise PeopleError(
                    _("“{name}” is the only administrator here. Make somebody else one before.").format(name=row.name)
                )
            if row.removed is None:
                leave(session, row, LET_GO)
            row.erasure, row.erase_at = WANTED, utc_now() + GRACE
            return aware(row.erase_at)

    def due(self, now: datetime) -> list[str]:
        """Return the ids of those who are erased now, also of those with whom it was begun before."""
        found = select(PersonRow.id).where(
            PersonRow.erase_at <= in_tables(now), PersonRow.erasure.in_((WANTED, GOING)), PersonRow.removed.is_not(None)
        )
        with self._session() as session:
            return list(session.scalars(found.order_by(PersonRow.erase_at, PersonRow.id)))

    def begin(self, person: str, now: datetime) -> bool:
        """Let the hub delete a home, once; return whether it has: then what is in the store goes."""
        with self._session() as session:
            # In one step: they may be readmitted in the same moment. While their servers are being stopped, something else is owed.
            begins = update(PersonRow).where(
                PersonRow.id == person,
                PersonRow.erasure == WANTED,
                PersonRow.removed.is_not(None),
                PersonRow.erase_at <= in_tables(now),
                PersonRow.owed.in_(("", HOME)),
            )
            session.execute(begins.values(erasure=GOING, owed=HOME))
            row = session.get(PersonRow, person)
            return row is not None and row.owed == "" and row.erasure == GOING

    def take_back(self, person: str) -> bool:
        """Erase somebody not, after all; return whether that was in time."""
        with self._session() as session:
            wanted = update(PersonRow).where(PersonRow.id == person, PersonRow.erasure.in_(("", WANTED)))
            result: Any = session.execute(wanted.values(erasure="", erase_at=None))
            return bool(result.rowcount)

    def prefixes(self, person: str) -> tuple[str, ...]:
        """Return what is somebody's own in the store: their place, and what they handed in in any class whose data is there."""
        found = (
            select(GroupRow.id)
            .outerjoin(ClassRow, ClassRow.group == GroupRow.id)
            .where(GroupRow.kind == "class", ClassRow.deleted.is_(None))
            .order_by(GroupRow.created, GroupRow.id)
        )
        with self._session() as session:
            return (f"home/{person}/", *(f"class/{group}/hand-in/{person}/" for group in session.scalars(found)))

    def finish(self, person: str) -> None:
        """Forget who somebody was: only an id is left, which nobody gets again and under which others wrote things down."""
        with self._session() as session:
            row = session.get(PersonRow, person)
            if row is None or row.erasure != GOING:
                return
            for table in (MemberRow, ExtensionRow, AccountRow, GitAccountRow, HoursRow):
                session.execute(delete(table).where(table.person == person))
            forget(session, theirs(row, by_name=False))
            # What came after they had gone is for whoever is called so by now.
            forget(session, theirs(row, by_name=True), InvitationRow.made <= row.removed)
            row.name, row.subject, row.full_name, row.mail, row.language = f"erased-{person}", "", "", "", ""
            row.mail_is_verified = False
            row.is_admin = row.is_instructor = row.is_organiser = False
            row.erasure = DONE


def _others_lead(session: Session, person: str) -> bool:
    """Tell whether there is an administrator beside somebody."""
    others = select(PersonRow.id).where(PersonRow.removed.is_(None), PersonRow.is_admin, PersonRow.id != person)
    return session.scalars(others).first() is not None
