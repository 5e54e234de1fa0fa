"""The deletion of a class's data in the database: that it begins, how much there is, and that all of it is gone."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from sardonyx_services.people.class_details import AfterEnd
from sardonyx_services.people.class_end import deletion_at, given_up_at
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import alone_with
from sardonyx_services.people.models import ClassRow, GroupRow
from sardonyx_services.people.moments import in_tables, utc_now
from sardonyx_services.people.reports import add_to_report, is_counted
from sardonyx_spawner.language import _


class ClassRemoval:
    """Says which data goes, in steps between which the store does its own."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def due(self, now: datetime) -> list[str]:
        """Return the ids of the classes whose data goes now, also of those with which it was begun before."""
        found = (
            select(GroupRow, ClassRow)
            .join(ClassRow, ClassRow.group == GroupRow.id)
            .where(GroupRow.ended.is_not(None), ClassRow.after_end == "delete", ClassRow.deleted.is_(None))
            .order_by(GroupRow.ended, GroupRow.id)
        )
        with self._session() as session:
            return [above.id for above, row in session.execute(found) if _is_due(above, row, in_tables(now))]

    def begin(self, group: str, now: datetime) -> bool:
        """Note that the data of a class begins to go; return whether it may: nobody wants it kept, and it is time."""
        with self._session() as session:
            above, row = alone_with(session, group), session.get(ClassRow, group)
            if above is None or row is None or not _is_due(above, row, in_tables(now)):
                return False
            row.going = row.going or utc_now()
            return True

    def decide(self, group: str, after_end: AfterEnd) -> None:
        """Say what becomes of the data of a class, which may have ended.

        Raises:
            PeopleError: there is no such class, or its data is gone or goes just now.
        """
        if after_end not in get_args(AfterEnd):
            raise PeopleError(_("What is in the store after the end is “delete” or “keep”."))
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
            row.after_end, row.decided = after_end, utc_now()
            row.changed = (row.changed or 0) + 1

    def is_counted(self, group: str) -> bool:
        """Tell whether it is written down how much there was to delete of a class."""
        with self._session() as session:
            return is_counted(session.get(ClassRow, group))

    def count(self, group: str, there: Mapping[str, int]) -> None:
        """Write down how much there is to delete of a class, before any of it goes."""
        with self._session() as session:
            alone_with(session, group)
            add_to_report(session.get(ClassRow, group), there)

    def finish(self, group: str) -> bool:
        """Note that all of it is deleted; return whether that was not so before."""
        with self._session() as session:
            alone_with(session, group)
            row = session.get(ClassRow, group)
            if row is None or row.going is None or row.deleted is not None:
                return False
            row.deleted, row.report = utc_now(), row.report or json.dumps({"objects": 0, "bytes": 0})
            return True


def _is_due(above: GroupRow, row: ClassRow, now: datetime) -> bool:
    if above.ended is None or row.after_end != "delete" or row.deleted is not None:
        return False
    waits = row.exporting and row.exported is None and row.going is None and now < given_up_at(above.ended)
    return deletion_at(above.ended, row.decided) <= now and not waits
