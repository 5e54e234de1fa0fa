"""For how long servers ran: seconds for each day, person and profile. Kept for a year and some weeks."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, true, update
from sqlalchemy.orm import Session

from sardonyx_services.people.models import CountedRow, HoursRow
from sardonyx_services.people.moments import aware, in_tables

KEPT = timedelta(days=400)
COUNTED = "hours"


@dataclass(frozen=True)
class Use:
    """For how long somebody's servers of one profile ran."""

    person: str
    profile: str
    seconds: int


class Hours:
    """The hours in the database; only the service of classes writes them."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def add(self, day: date, seconds: Mapping[tuple[str, str], int]) -> None:
        """Add to a day.

        Args:
            seconds: by person's id and slug of the profile.
        """
        with self._session() as session:
            _add(session, {(day, *whose): more for whose, more in seconds.items()})

    def counted_until(self) -> datetime | None:
        """Return until when was counted, with its time zone; None = never."""
        with self._session() as session:
            row = session.get(CountedRow, COUNTED)
            return aware(row.until) if row is not None else None

    def count(self, seconds: Mapping[tuple[date, str, str], int], since: datetime | None, until: datetime) -> bool:
        """Add what was counted between two moments; return False if somebody else has counted by now: then nothing is added.

        Args:
            seconds: by day, person's id and slug of the profile.
            since: what `counted_until` returned.
        """
        with self._session() as session:
            if since is None:
                if session.get(CountedRow, COUNTED) is not None:
                    return False
                session.add(CountedRow(what=COUNTED, until=in_tables(until)))
            else:
                # In one step: two who count at once count once.
                last = update(CountedRow).where(CountedRow.what == COUNTED, CountedRow.until == in_tables(since))
                result: Any = session.execute(last.values(until=in_tables(until)))
                if not result.rowcount:
                    return False
            _add(session, seconds)
            return True

    def since(self, day: date) -> list[Use]:
        """Return the sums from a day on, the largest first."""
        total = func.sum(HoursRow.seconds)
        found = (
            select(HoursRow.person, HoursRow.profile, total)
            .where(HoursRow.day >= day)
            .group_by(HoursRow.person, HoursRow.profile)
            .order_by(total.desc(), HoursRow.person, HoursRow.profile)
        )
        with self._session() as session:
            return [Use(person, profile, int(seconds)) for person, profile, seconds in session.execute(found)]

    def of_person(self, person: str, day: date) -> int:
        """Return the seconds of somebody from a day on."""
        return self._sum(HoursRow.person == person, day)

    def of_profile(self, profile: str, day: date) -> int:
        """Return the seconds of all servers of a profile from a day on."""
        return self._sum(HoursRow.profile == profile, day)

    def of_all(self, day: date) -> int:
        """Return the seconds of all servers from a day on."""
        return self._sum(true(), day)

    def _sum(self, of: ColumnElement[bool], day: date) -> int:
        with self._session() as session:
            return int(session.scalar(select(func.sum(HoursRow.seconds)).where(of, HoursRow.day >= day)) or 0)

    def forget_old(self, today: date) -> None:
        """Delete what is older than it is kept."""
        with self._session() as session:
            session.execute(delete(HoursRow).where(HoursRow.day < today - KEPT))


def _add(session: Session, seconds: Mapping[tuple[date, str, str], int]) -> None:
    for (day, person, profile), more in seconds.items():
        row = session.get(HoursRow, (day, person, profile))
        if row is None:
            session.add(HoursRow(day=day, person=person, profile=profile, seconds=more))
        else:
            row.seconds += more
