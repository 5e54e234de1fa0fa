"""What was handed in in a class that has ended goes into its people's own data: for whom that is still to do, in the database."""

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sardonyx_services.people.class_end import given_up_at
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Membership, alone_with
from sardonyx_services.people.models import ClassRow, GroupRow, MemberRow
from sardonyx_services.people.moments import in_tables, utc_now
from sardonyx_spawner.language import _

Why = Literal["", "waiting", "full", "files", "away"]
"""Why somebody has not got it: their turn has not come, their place is full, some files were refused, the store was away."""


class ClassExports:
    """Says what is to be copied, and for whom it was."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def due(self, now: datetime) -> list[str]:
        """Return the ids of the classes of which something is to be copied, the one that ended first before the others."""
        found = (
            select(GroupRow, ClassRow)
            .outerjoin(ClassRow, ClassRow.group == GroupRow.id)
            .where(GroupRow.kind == "class", GroupRow.ended.is_not(None))
            .order_by(GroupRow.ended, GroupRow.id)
        )
        with self._session() as session:
            return [above.id for above, row in session.execute(found) if _is_due(above, row, now)]

    def begin(self, group: str, people: Iterable[str], now: datetime) -> dict[str, Why]:
        """Note who gets something of a class, by id; return why each has not got it yet, {} = nothing is to be copied."""
        with self._session() as session:
            row = _due_row(session, group, now)
            if row is None:
                return {}
            before = json.loads(row.exports)
            found: dict[str, Why] = {person: before.get(person, "waiting") for person in people}
            row.exports = json.dumps(found)
            return found

    def note(self, group: str, person: str, why: Why, now: datetime) -> bool:
        """Note how it went for one of them; return whether the others are still to get it."""
        with self._session() as session:
            row = _due_row(session, group, now)
            if row is None:
                return False
            row.exports = json.dumps({**json.loads(row.exports), person: why})
            return True

    def finish(self, group: str, now: datetime) -> bool:
        """Note that all have it; return whether that was not so before."""
        with self._session() as session:
            row = _due_row(session, group, now)
            if row is None or any(json.loads(row.exports).values()):
                return False
            row.exported = utc_now()
            return True

    def decide(self, group: str, *, exporting: bool) -> None:
        """Say whether what was handed in is copied; also of a class that has ended, and while it goes on.

        Raises:
            PeopleError: there is no such class, or its data is gone or goes just now.
        """
        with self._session() as session:
            above, row = alone_with(session, group), session.get(ClassRow, group)
            if above is None or above.kind != "class":
                raise PeopleError(_("There is no such class, or it has ended."))
            if row is None:
                row = ClassRow(group=group)
                session.add(row)
            if row.going is not None:
                raise PeopleError(
                    _("The data of this class is being deleted, or is gone: that cannot be changed any more.")
                )
            row.exporting = exporting
            row.changed = (row.changed or 0) + 1

    def leaving(self, group: str, person: str, now: datetime) -> Membership | None:
        """Return what somebody was in a class of which they get something now; None = they get nothing."""
        with self._session() as session:
            above, member = session.get(GroupRow, group), session.get(MemberRow, (group, person))
            if above is None or member is None or not _is_due(above, session.get(ClassRow, group), now):
                return None
            return Membership("class", group, member.role, above.title)  # type: ignore[arg-type]  # what `join` wrote


def _due_row(session: Session, group: str, now: datetime) -> ClassRow | None:
    """Return the row of a class of which something is to be copied, which nobody else changes until the session is through."""
    above, row = alone_with(session, group), session.get(ClassRow, group)
    if above is None or not _is_due(above, row, now):
        return None
    if row is None:
        row = ClassRow(group=group, exports="{}")
        session.add(row)
    return row


def _is_due(above: GroupRow, row: ClassRow | None, now: datetime) -> bool:
    if above.kind != "class" or above.ended is None or in_tables(now) >= given_up_at(above.ended):
        return False
    return row is None or (row.exporting and row.exported is None and row.going is None)
