"""When the lessons of a class are: those of each week, single ones, and days without those of the week."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, combinations
from zoneinfo import ZoneInfo

from sardonyx_services.people.errors import PeopleError
from sardonyx_spawner.language import _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST = 20
MOST_OFF = 15
"""With both at their most, what is written has fewer than the 1,000 characters of its column."""
YEARS = range(2000, 3000)
_DAY = timedelta(days=1)
_WEEK = 8
"""So many days on from one have each day of a week, and that one again: its lesson may be over."""
_OFF = "off "
_DATE = r"\d{4}-\d\d-\d\d"
_LESSON = re.compile(rf"({_DATE}|{'|'.join(DAYS)})[ -](\d?\d:\d\d)[ -](\d?\d:\d\d)", re.ASCII)
_DAYS_OFF = re.compile(rf"({_DATE})(?:/({_DATE}))?", re.ASCII)


@dataclass(frozen=True, order=True)
class Hour:
    """One lesson on one day."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, order=True)
class Lesson:
    """A lesson of each week, by the clocks of its class.

    Args:
        day: 0 = Monday.
    """

    day: int
    begins: time
    ends: time

    def __str__(self) -> str:
        """Return it as it is written: "mon 10:15-11:45"."""
        return f"{DAYS[self.day]} {self.begins:%H:%M}-{self.ends:%H:%M}"


@dataclass(frozen=True, order=True)
class SingleLesson:
    """A lesson on one day alone, by the clocks of its class."""

    day: date
    begins: time
    ends: time

    def __str__(self) -> str:
        """Return it as it is written: "2026-12-04 14:00-16:00"."""
        return f"{self.day} {self.begins:%H:%M}-{self.ends:%H:%M}"


@dataclass(frozen=True, order=True)
class DaysOff:
    """Days without the lessons of the week, such as holidays; a single lesson can be on one of them."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Tell whether a day is one of them."""
        return self.first <= day <= self.last

    def __str__(self) -> str:
        """Return them as they are written: "off 2026-12-21/2027-01-03", or "off 2026-12-21" where it is one day."""
        return f"{_OFF}{self.first}" if self.first == self.last else f"{_OFF}{self.first}/{self.last}"


@dataclass(frozen=True)
class Timetable:
    """All lessons of a class; each of the three in the order of time."""

    weekly: tuple[Lesson, ...] = ()
    single: tuple[SingleLesson, ...] = ()
    off: tuple[DaysOff, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there are lessons."""
        return bool(self.weekly or self.single)

    def __str__(self) -> str:
        """Return it as `timetable_of` reads it."""
        return ", ".join(map(str, chain(self.weekly, self.single, self.off)))

    def hours(self, zone: ZoneInfo, first: date, last: date | None) -> Iterator[Hour]:
        """Return what comes next from a day on, in the order of time: single lessons, and of those of the week some.

        Args:
            last: there is nothing after it; None = it goes on.
        """
        for day in self._days(first):
            if last is None or day <= last:
                yield from sorted(
                    Hour(datetime.combine(day, each.begins, zone), datetime.combine(day, each.ends, zone))
                    for each in self._on(day)
                )

    def _days(self, first: date) -> list[date]:
        """Return those on which the next lessons can be: the coming week, a week after each days off, and single ones."""
        weeks = {first, *(off.last + _DAY for off in self.off if off.last >= first)}
        coming = {start + n * _DAY for start in weeks for n in range(_WEEK)}
        return sorted(coming | {each.day for each in self.single if each.day >= first})

    def are_on_one_day(self, one: Lesson | SingleLesson, other: Lesson | SingleLesson) -> bool:
        """Tell whether there is a day that has both of two lessons."""
        days = {each.day for each in (one, other) if isinstance(each, SingleLesson)}
        if not days:
            return one.day == other.day
        return len(days) == 1 and {one, other}.issubset(self._on(days.pop()))

    def _on(self, day: date) -> Iterator[Lesson | SingleLesson]:
        yield from (each for each in self.single if each.day == day)
        if not any(day in off for off in self.off):
            yield from (each for each in self.weekly if each.day == day.weekday())


NO_LESSONS = Timetable()


def timetable_of(text: str) -> Timetable:
    """Return what is written as "mon 10:15-11:45, 2026-12-04 14:00-16:00, off 2026-12-21/2027-01-03", in any order.

    Raises:
        PeopleError: something in it is no lesson and no days, ends before it begins, or is while another lesson is.
    """
    parts = {part for part in (" ".join(part.lower().split()) for part in text.split(",")) if part}
    off = {_days_off(part) for part in parts if part.startswith(_OFF)}
    lessons = {_lesson(part) for part in parts if not part.startswith(_OFF)}
    if len(lessons) > MOST:
        raise PeopleError(
            _("A class has 20 lessons at most, with those of each week. Take out single ones that are over.")
        )
    if len(off) > MOST_OFF:
        raise PeopleError(_("A class has 15 times without lessons at most. Take out those that are over."))
    weekly = sorted(each for each in lessons if isinstance(each, Lesson))
    single = sorted(each for each in lessons if isinstance(each, SingleLesson))
    found = Timetable((*weekly,), (*single,), (*sorted(off),))
    both: tuple[Lesson | SingleLesson, ...] = (*found.weekly, *found.single)
    for one, other in combinations(both, 2):
        if one.begins < other.ends and other.begins < one.ends and found.are_on_one_day(one, other):
            raise PeopleError(_("{one} and {other} are at the same time.").format(one=one, other=other))
    return found


def _lesson(text: str) -> Lesson | SingleLesson:
    try:
        day, begins, ends = _parts(_LESSON, text)
        times = _time(begins), _time(ends)
        lesson = Lesson(DAYS.index(day), *times) if day in DAYS else SingleLesson(_date(day), *times)
    except ValueError as error:
        said = _("“{text}” is no lesson. Write its day and its time as in mon 10:15-11:45 or 2026-12-04 10:15-11:45.")
        raise PeopleError(said.format(text=text[:40])) from error
    if lesson.ends <= lesson.begins:
        raise PeopleError(_("{lesson} ends before it begins.").format(lesson=lesson))
    return lesson


def _days_off(text: str) -> DaysOff:
    try:
        first, last = _parts(_DAYS_OFF, text.removeprefix(_OFF))
        off = DaysOff(_date(first), _date(last or first))
    except ValueError as error:
        said = _("“{text}” are no days. Write the first and the last one as in off 2026-12-21/2027-01-03.")
        raise PeopleError(said.format(text=text[:40])) from error
    if off.last < off.first:
        raise PeopleError(_("{days}: the last day is before the first one.").format(days=off))
    return off


def _parts(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError
    return found.groups(default="")


def _time(text: str) -> time:
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))


def _date(text: str) -> date:
    found = date.fromisoformat(text)
    if found.year not in YEARS:
        raise ValueError
    return found
