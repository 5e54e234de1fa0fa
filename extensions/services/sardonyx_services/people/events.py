"""The events in the database: made, read, changed and ended."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_checks import check_event, checked_event_title
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.event_models import EventRow
from sardonyx_services.people.groups import alone_with, new_group
from sardonyx_services.people.moments import aware, in_tables
from sardonyx_spawner.class_limits import Limits
from sardonyx_spawner.language import _
from sardonyx_spawner.material import from_kept


class EventChangedError(PeopleError):
    """Somebody else has changed the same event since it was read."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed this event meanwhile, and nothing of yours was kept."))


class Events:
    """The events in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def add(self, title: str, details: EventDetails) -> str:
        """Make an event; return its id.

        Raises:
            PeopleError: it cannot be so.
        """
        title = checked_event_title(title)
        check_event(details)
        with self._session() as session:
            group = new_group(session, "event", title).id
            taken = set(session.scalars(select(EventRow.prefix)))
            session.add(_row(group, replace(details, prefix=free_prefix(title, taken), changed=0)))
            return group

    def details(self, event: str) -> EventDetails:
        """Return what an event is.

        Raises:
            PeopleError: there is none with this id.
        """
        with self._session() as session:
            row = session.get(EventRow, event)
            if row is None:
                raise PeopleError(_("There is no such event, or it has ended."))
            return _details(row)

    def storage_bytes(self, event: str) -> int | None:
        """Return how much an event may have in the data store; None = as much as the operator allows, or there is none."""
        with self._session() as session:
            row = session.get(EventRow, event)
            return _details(row).storage_bytes if row is not None else None

    def of_many(self, events: Sequence[str]) -> dict[str, EventDetails]:
        """Return what events are, by id."""
        with self._session() as session:
            found = session.scalars(select(EventRow).where(EventRow.group.in_(events)))
            return {row.group: _details(row) for row in found} if events else {}

    def going_on(self) -> dict[str, EventDetails]:
        """Return those of which not all is deleted, by id."""
        found = select(EventRow).where(EventRow.deleted.is_(None))
        with self._session() as session:
            return {row.group: _details(row) for row in session.scalars(found)}

    def change(self, event: str, details: EventDetails, *, title: str = "") -> EventDetails:
        """Keep what an event is now; return it as it is kept.

        Args:
            details: with `changed` as it was read.
            title: a new one; "" = as it is.

        Raises:
            PeopleError: something in it cannot be, or there is no such event, or it has ended.
            EventChangedError: it was changed since.
        """
        check_event(details)
        with self._session() as session:
            above = alone_with(session, event)
            row = session.get(EventRow, event)
            if above is None or row is None or row.closed is not None:
                raise PeopleError(_("There is no such event, or it has ended."))
            if row.changed != details.changed:
                raise EventChangedError
            kept = replace(details, changed=details.changed + 1, prefix=row.prefix)
            session.merge(_row(event, kept))
            if title:
                above.title = checked_event_title(title)
            return kept

    def close(self, event: str, now: datetime, *, early: bool = False, changed: int | None = None) -> bool:
        """End codes and writing of an event; return whether that was not so before.

        Args:
            early: also before its time: it ends now, and what is of it is deleted so much earlier.
            changed: how often it was changed when it was read, or `EventChangedError` is raised; None = no matter.
        """
        with self._session() as session:
            alone_with(session, event)
            row = session.get(EventRow, event)
            if row is None or row.closed is not None or (row.ends > in_tables(now) and not early):
                return False
            if changed not in {None, row.changed}:
                raise EventChangedError
            row.closed = in_tables(now)
            row.ends = min(row.ends, row.closed)
            row.begins = min(row.begins, row.ends)
            row.changed += 1
            return True


def free_prefix(title: str, taken: set[str]) -> str:
    """Return the begin of the names of an event's accounts: its title, as names can be, which no other event has."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in title.lower())
    plain = "-".join(filter(None, words.split("-")))[:24].strip("-") or "event"
    number, found = 1, plain
    while found in taken:
        number += 1
        found = f"{plain}-{number}"
    return found


def _details(row: EventRow) -> EventDetails:
    return EventDetails(
        begins=aware(row.begins),
        ends=aware(row.ends),
        place=row.place,
        welcome=row.welcome,
        zone=row.zone,
        read_hours=row.read_hours,
        profile=row.profile,
        answers=json.loads(row.answers),
        repositories=from_kept(json.loads(row.repositories)),
        sharing=row.sharing,
        link_round=row.link_round,
        prefix=row.prefix,
        changed=row.changed,
        closed=aware(row.closed) if row.closed else None,
        deleted=aware(row.deleted) if row.deleted else None,
        report=json.loads(row.report or "{}"),
        team_servers=row.team_servers,
        sign_ins=row.sign_ins,
        storage=row.storage,
        limits=Limits.from_kept(json.loads(row.limits)),
    )


def _row(event: str, kept: EventDetails) -> EventRow:
    return EventRow(
        group=event,
        prefix=kept.prefix,
        place=kept.place,
        welcome=kept.welcome,
        begins=in_tables(kept.begins),
        ends=in_tables(kept.ends),
        zone=kept.zone,
        read_hours=kept.read_hours,
        profile=kept.profile,
        answers=json.dumps(dict(kept.answers), sort_keys=True),
        repositories=json.dumps([each.kept() for each in kept.repositories]),
        sharing=kept.sharing,
        link_round=kept.link_round,
        changed=kept.changed,
        closed=in_tables(kept.closed) if kept.closed else None,
        deleted=in_tables(kept.deleted) if kept.deleted else None,
        report=json.dumps(dict(kept.report)),
        team_servers=kept.team_servers,
        sign_ins=kept.sign_ins,
        storage=kept.storage,
        limits=json.dumps(kept.limits.kept()),
    )
