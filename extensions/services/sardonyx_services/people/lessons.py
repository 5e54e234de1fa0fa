"""The hours of classes: which lesson is next, whether servers are started before it, and whether they run at other times."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.classes import ChangedMeanwhileError, living_class
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.models import LessonsRow
from sardonyx_services.people.moments import aware, in_tables
from sardonyx_services.people.timetable import NO_LESSONS, Hour, Timetable, timetable_of
from sardonyx_spawner.language import _

LONGEST_AHEAD_MIN = 60


@dataclass(frozen=True)
class WeeklyHours:
    """The lessons of a class.

    Args:
        ahead_min: so many minutes before each lesson the servers of its students are started; 0 = they are not.
        only_then: students have servers of the class in its lessons only, and in the minutes before that.
        prepared: the beginning of the lesson for which they were last started.
    """

    lessons: Timetable = NO_LESSONS
    ahead_min: int = 0
    only_then: bool = False
    prepared: datetime | None = None

    @property
    def changed(self) -> int:
        """A number that stands for all that people set in them: with others it is another one."""
        return crc32(f"{self.lessons} {self.ahead_min} {self.only_then}".encode())

    @property
    def ahead(self) -> timedelta:
        """So long before a lesson its servers can be there."""
        return timedelta(minutes=self.ahead_min)

    def next(self, details: ClassDetails, now: datetime) -> Hour | None:
        """Return the lesson that is on, or else the next one within the days of the class; None = there is none."""
        return next((hour for hour in self._hours(details, now) if now < hour.ends), None)

    def coming(self, details: ClassDetails, now: datetime) -> Iterator[Hour]:
        """Return the lesson that is on, if one is, and those that come, in the order of time; they may go on for ever."""
        hour = self.next(details, now)
        while hour is not None:
            yield hour
            hour = self.next(details, hour.ends)

    def is_open(self, details: ClassDetails, now: datetime) -> bool:
        """Tell whether students can have servers of the class now, as far as its hours go."""
        if not self.only_then or not self.lessons:
            return True
        hour = self.next(details, now)
        return hour is not None and hour.begins - self.ahead <= now

    def due(self, details: ClassDetails, now: datetime) -> Hour | None:
        """Return the lesson before which servers are to be started now; None = it is not time, or they were."""
        hour = self.next(details, now) if self.ahead_min else None
        if hour is None or not hour.begins - self.ahead <= now < hour.begins or self.prepared == hour.begins:
            return None
        return hour

    def _hours(self, details: ClassDetails, now: datetime) -> Iterator[Hour]:
        zone = ZoneInfo(details.zone)
        today = now.astimezone(zone).date()
        # A class that begins in months has its next lesson then.
        return self.lessons.hours(zone, max(today, details.first_day or today), details.last_day)


NONE = WeeklyHours()


class Lessons:
    """The weekly hours in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def of(self, group: str) -> WeeklyHours:
        """Return those of a class."""
        with self._session() as session:
            row = session.get(LessonsRow, group)
            return _hours(row) if row is not None else NONE

    def of_many(self, groups: Sequence[str]) -> dict[str, WeeklyHours]:
        """Return those of classes, by id; a class that has none is not in it."""
        found = select(LessonsRow).where(LessonsRow.group.in_(groups))
        with self._session() as session:
            return {row.group: _hours(row) for row in session.scalars(found)} if groups else {}

    def all(self) -> dict[str, WeeklyHours]:
        """Return those of every class that has some, by its id."""
        with self._session() as session:
            return {row.group: _hours(row) for row in session.scalars(select(LessonsRow))}

    def set(self, group: str, hours: WeeklyHours, changed: int | None = None) -> None:
        """Keep other ones.

        Args:
            changed: of those that were read; None = whatever they are now.

        Raises:
            PeopleError: there is no such class, it has ended, or servers would be started too long before.
            ChangedMeanwhileError: they are others by now.
        """
        if not 0 <= hours.ahead_min <= LONGEST_AHEAD_MIN:
            raise PeopleError(_("Servers are started 0 to 60 minutes before a lesson."))
        with self._session() as session:
            living_class(session, group)
            row = session.get(LessonsRow, group)
            if changed not in {None, (_hours(row) if row is not None else NONE).changed}:
                raise ChangedMeanwhileError
            session.merge(
                LessonsRow(
                    group=group,
                    weekly=str(hours.lessons),
                    ahead_min=hours.ahead_min,
                    only_then=hours.only_then,
                )
            )

    def note(self, group: str, begins: datetime) -> None:
        """Write down for which lesson servers were started."""
        with self._session() as session:
            row = session.get(LessonsRow, group)
            if row is not None:
                row.prepared = in_tables(begins)


def _hours(row: LessonsRow) -> WeeklyHours:
    return WeeklyHours(
        timetable_of(row.weekly), row.ahead_min, row.only_then, aware(row.prepared) if row.prepared else None
    )
