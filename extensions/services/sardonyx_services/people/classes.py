"""The classes in the database: made, changed, ended, and whether a link lets people in."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sardonyx_services.people.class_checks import check_details, check_until, checked_title
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import alone_with
from sardonyx_services.people.invited import end_group
from sardonyx_services.people.models import ClassRow, ExtensionRow, GroupRow
from sardonyx_services.people.moments import aware, in_tables
from sardonyx_spawner.class_limits import Limits
from sardonyx_spawner.language import _
from sardonyx_spawner.material import from_kept


class ChangedMeanwhileError(PeopleError):
    """Somebody else has changed the same class since it was read."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed this class meanwhile, and nothing of yours was kept."))


class Classes:
    """The classes in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def details(self, group: str) -> ClassDetails:
        """Return what a class is; one that was made on the command line is what all are at first."""
        with self._session() as session:
            row = session.get(ClassRow, group)
            return details_of(row) if row is not None else ClassDetails()

    def of_many(self, groups: Sequence[str]) -> dict[str, ClassDetails]:
        """Return what classes are, by id."""
        found = select(ClassRow).where(ClassRow.group.in_(groups))
        with self._session() as session:
            rows = {row.group: details_of(row) for row in session.scalars(found)} if groups else {}
        return {group: rows.get(group, ClassDetails()) for group in groups}

    def close(self, group: str, now: datetime) -> bool:
        """End a class whose time is over; return whether it was, and had not ended before."""
        with self._session() as session:
            above, row = alone_with(session, group), session.get(ClassRow, group)
            closes = details_of(row).closes if row is not None else None
            if above is None or above.ended is not None or closes is None or closes > now:
                return False
            end_group(session, above, now)
            return True

    def end(self, group: str, changed: int) -> None:
        """End a class as it was read, as `Groups.end` does.

        Args:
            changed: how often it was changed then.

        Raises:
            PeopleError: there is none with this id, or it has ended.
            ChangedMeanwhileError: it was changed since.
        """
        with self._session() as session:
            above, row = living_class(session, group), session.get(ClassRow, group)
            if (row.changed if row else 0) != changed:
                raise ChangedMeanwhileError
            end_group(session, above)

    def extensions(self, group: str) -> dict[str, datetime]:
        """Return until when those may hand in who have more time, by id."""
        found = select(ExtensionRow).where(ExtensionRow.group == group)
        with self._session() as session:
            return {row.person: aware(row.until) for row in session.scalars(found)}

    def extend(self, group: str, person: str, until: datetime | None) -> None:
        """Give somebody more time to hand in; None = no more than the others.

        Raises:
            PeopleError: it is no day that pages of every time zone can show.
        """
        check_until(until)
        with self._session() as session:
            alone_with(session, group)
            row = session.get(ExtensionRow, (group, person))
            if until is not None:
                session.merge(ExtensionRow(group=group, person=person, until=in_tables(until)))
            elif row is not None:
                session.delete(row)

    def change(self, group: str, details: ClassDetails, *, title: str = "") -> ClassDetails:
        """Keep what a class is now; return it as it is kept.

        Args:
            details: with `changed` as it was read.
            title: a new one; "" = as it is.

        Raises:
            PeopleError: something in it cannot be, or there is no such class, or it has ended.
            ChangedMeanwhileError: it was changed since.
        """
        check_details(details)
        with self._session() as session:
            above = living_class(session, group)
            row = session.get(ClassRow, group)
            if (row.changed if row else 0) != details.changed:
                raise ChangedMeanwhileError
            kept = replace(details, changed=details.changed + 1)
            session.merge(_row(group, kept))
            if title:
                above.title = checked_title(title)
            return kept


def living_class(session: Session, group: str) -> GroupRow:
    """Return a class that goes on, as `alone_with` does.

    Raises:
        PeopleError: there is none with this id, or it has ended.
    """
    above = alone_with(session, group)
    if above is None or above.kind != "class" or above.ended is not None:
        raise PeopleError(_("There is no such class, or it has ended."))
    return above


def details_of(row: ClassRow) -> ClassDetails:
    """Return what a row says."""
    return ClassDetails(
        row.description,
        row.profile,
        json.loads(row.answers),
        from_kept(json.loads(row.repositories)),
        row.first_day,
        row.last_day,
        row.zone,
        row.kept_days,
        aware(row.hand_in_until) if row.hand_in_until else None,
        row.joining,
        row.join_round,
        row.changed,
        row.after_end,  # type: ignore[arg-type]  # what `_row` wrote
        aware(row.going) if row.going else None,
        aware(row.deleted) if row.deleted else None,
        json.loads(row.report or "{}"),
        row.provider_group,
        aware(row.decided) if row.decided else None,
        Limits.from_kept(json.loads(row.limits)),
        row.exporting,
        aware(row.exported) if row.exported else None,
        json.loads(row.exports),
    )


def _row(group: str, kept: ClassDetails) -> ClassRow:
    return ClassRow(
        group=group,
        description=kept.description,
        profile=kept.profile,
        answers=json.dumps(dict(kept.answers), sort_keys=True),
        repositories=json.dumps([each.kept() for each in kept.repositories]),
        first_day=kept.first_day,
        last_day=kept.last_day,
        zone=kept.zone,
        kept_days=kept.kept_days,
        hand_in_until=in_tables(kept.hand_in_until) if kept.hand_in_until else None,
        joining=kept.joining,
        join_round=kept.join_round,
        changed=kept.changed,
        after_end=kept.after_end,
        provider_group=kept.provider_group,
        limits=json.dumps(kept.limits.kept()),
        exporting=kept.exporting,
    )
