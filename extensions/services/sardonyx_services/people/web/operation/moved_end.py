"""Another end of a class or an event, of which nothing else changes: by some days, or to a day."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sardonyx_services.people.class_checks import check_details
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.class_end import check_end
from sardonyx_services.people.event_checks import check_event
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.moments import moment_of
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.events.checks import check_duration
from sardonyx_spawner.language import _

MOST_DAYS = 3660


@dataclass(frozen=True)
class Move:
    """Where an end is moved.

    Args:
        days: by so many, fewer than none: it is sooner; `day`: to that one. One of both.
    """

    days: int = 0
    day: date | None = None

    def check(self) -> None:
        """Make sure that it says one of both.

        Raises:
            RefusedError: it does not.
        """
        if (self.days != 0) == (self.day is not None):
            raise RefusedError(_("Say by how many days, or to which day. Nothing was changed."))
        if abs(self.days) > MOST_DAYS:
            raise RefusedError(_("An end is moved by 3,660 days at most. Nothing was changed."))

    def of(self, day: date) -> date:
        """Return the day that it becomes."""
        return self.day or day + timedelta(days=self.days)


NOWHERE = Move()


def moved_class(before: ClassDetails, move: Move, now: datetime) -> ClassDetails:
    """Return a class with another last day.

    Raises:
        RefusedError: it has none that could be moved.
        PeopleError: it cannot be that one.
    """
    if before.last_day is None and move.day is None:
        raise RefusedError(_("It has no last day that could be moved. Choose a day for it."))
    after = replace(before, last_day=move.of(before.last_day or now.date()))
    check_details(after)
    check_end(before, after, now)
    return after


def moved_event(before: EventDetails, move: Move, now: datetime, longest_days: int) -> EventDetails:
    """Return an event that ends on another day, at the same time of it by its own clocks.

    Args:
        longest_days: that an event lasts.

    Raises:
        RefusedError: it would be over, or too long.
        PeopleError: it cannot end then.
    """
    local = before.ends.astimezone(ZoneInfo(before.zone)).replace(tzinfo=None)
    written = datetime.combine(move.of(local.date()), local.time())
    ends = moment_of(written.isoformat(), before.zone)
    after = replace(before, ends=ends or before.ends)
    check_event(after)
    check_duration(after, now, longest_days)
    return after
