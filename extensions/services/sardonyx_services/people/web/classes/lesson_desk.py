"""The weekly hours of a class as its people meet them, and what a lesson needs of this machine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from sardonyx_services.people.groups import STAFF, group_name_of
from sardonyx_services.people.lessons import WeeklyHours
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.timetable import Hour
from sardonyx_services.people.web.classes.desk import Desk, Seen
from sardonyx_services.people.web.classes.fits import say_fit
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.class_profile import NOBODY, Course, class_profile
from sardonyx_spawner.language import Said
from sardonyx_spawner.local.machine import Machine
from sardonyx_spawner.planner import plan_server
from sardonyx_spawner.profiles import Profile

LISTED = 5
"""So many lessons are listed of those that come."""


@dataclass(frozen=True)
class Schedule:
    """The hours of a class, as somebody meets it.

    Args:
        coming: the lesson that is on, and the next ones; not all of them.
    """

    seen: Seen
    hours: WeeklyHours
    coming: Sequence[Hour]

    @property
    def next(self) -> Hour | None:
        """The lesson that is on, or the next one; None = there is none."""
        return next(iter(self.coming), None)


class LessonDesk:
    """The weekly hours; who may is asked of the desk.

    Args:
        machine: on which all servers run; None = they are elsewhere.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        desk: Desk,
        people: PeopleStore,
        profiles: Sequence[Profile],
        machine: Machine | None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk, self._people, self._machine, self._clock = desk, people, machine, clock
        self._bases = {profile.slug: profile for profile in profiles}

    def schedule(self, caller: Caller, class_id: str, level: Level = Level.MEMBER) -> Schedule:
        """Return the hours of a class.

        Raises:
            RefusedError: there is none for the caller, or they are less than that in it.
        """
        seen = self._desk.seen(caller, class_id, level)
        hours = self._people.lessons.of(class_id)
        coming = () if seen.is_over else hours.coming(seen.details, self._clock())
        return Schedule(seen, hours, tuple(islice(coming, LISTED)))

    def set(self, caller: Caller, class_id: str, hours: WeeklyHours, changed: int | None = None) -> None:
        """Keep other hours.

        Args:
            changed: of those that the caller has read; None = whatever they are now.

        Raises:
            RefusedError: the caller may not.
            PeopleError: they cannot be so, or are others by now.
        """
        seen = self._desk.seen(caller, class_id, Level.INSTRUCTOR)
        self._people.lessons.set(class_id, hours, changed)
        self._people.actions.add(caller.id, "hours", class_id, detail=seen.group.title)

    def fit(self, seen: Seen) -> list[Said]:
        """Say what the servers of a class get when all run; [] = that is not known."""
        base = self._bases.get(seen.details.profile)
        if base is None or self._machine is None:
            return []
        details, name = seen.details, group_name_of("class", seen.group.id)
        course = Course("class", name, seen.group.title, answers=details.answers, limits=details.limits)
        plan = plan_server(class_profile(base, course), Choice(course.group, {}), NOBODY)
        roles = self._people.groups.members(seen.group.id).values()
        return say_fit(sum(role not in STAFF for role in roles), plan, self._machine)
