"""Before and after lessons: servers are there when one begins, and stop with it where they run in lessons only."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.groups import STAFF, Group
from sardonyx_services.people.lessons import WeeklyHours
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.timetable import Hour
from sardonyx_services.people.web.classes.classroom import Classroom
from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_services.people.web.live.last_words import LastWords, minutes_until
from sardonyx_services.people.web.live.stops import Stops
from sardonyx_services.people.web.rounds import alone
from sardonyx_spawner.language import _, ngettext

log = logging.getLogger(__name__)
NOT_YET = "Servers cannot be started and stopped by hours just now"
TOLD_BEFORE = timedelta(minutes=10)
"""So long before the end of a lesson those are told whose servers stop with it."""


@dataclass(frozen=True)
class Taught:
    """A class that goes on and has weekly hours."""

    group: Group
    details: ClassDetails
    hours: WeeklyHours

    @property
    def profile(self) -> str:
        """The slug of its servers."""
        return f"class-{self.group.id}"


class LessonRounds:
    """Starts and stops the servers of classes by their hours.

    Args:
        language: of who has chosen none.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        people: PeopleStore,
        classroom: Classroom,
        hub: Hub,
        language: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._people, self._classroom, self._hub, self._clock = people, classroom, hub, clock
        self._last_words = LastWords(people, hub, language)
        self._stops = Stops(hub, NOT_YET, "A server cannot be stopped at the end of its lesson now; the others are")
        # A restart in the last minutes says it a second time.
        self._told: set[tuple[str, datetime]] = set()

    async def look(self) -> None:
        """Do what it is time for."""
        taught = await asyncio.to_thread(lambda: list(self._taught()))
        for each in taught:
            hour = each.hours.due(each.details, self._clock())
            if hour is not None and each.details.profile:
                await self._alone(partial(self._start, each, hour))
        strict = [each for each in taught if each.hours.only_then and each.hours.lessons]
        if strict:
            servers = await self._hub.servers()
            for each in strict:
                await self._alone(partial(self._tell_and_stop, each, servers))

    async def _alone(self, step: Callable[[], Awaitable[object]]) -> None:
        await alone(step, NOT_YET, "A lesson cannot be prepared now")

    async def _start(self, taught: Taught, hour: Hour) -> None:
        started = await self._classroom.start_ahead(taught.group.id)
        await asyncio.to_thread(self._people.lessons.note, taught.group.id, hour.begins)
        if started:
            await asyncio.to_thread(self._people.actions.add, OPERATOR, "start", taught.group.id, whom=started)
            log.info("Started %d servers before a lesson of %s", len(started), taught.group.id)

    async def _tell_and_stop(self, taught: Taught, servers: list[Server]) -> None:
        now = self._clock()
        staff = await asyncio.to_thread(self._staff, taught.group.id)
        here = [each for each in servers if each.profile == taught.profile and each.is_on and each.name not in staff]
        if not here:
            return
        if not taught.hours.is_open(taught.details, now):
            why = _("The lesson is over.")
            await self._stops.stop(here, why)
            return
        hour = taught.hours.next(taught.details, now)
        if hour is None or hour.ends - now > TOLD_BEFORE or (taught.group.id, hour.ends) in self._told:
            return
        if taught.hours.is_open(taught.details, hour.ends):
            # The next lesson follows closely.
            return
        self._told.add((taught.group.id, hour.ends))
        running = [each for each in here if each.state == "running"]
        await asyncio.gather(*(self._alone(partial(self._tell, taught, hour.ends, each)) for each in running))

    async def _tell(self, taught: Taught, ends: datetime, server: Server) -> None:
        await self._last_words.say(server, taught.group.title, partial(_say_over, minutes_until(ends, self._clock())))

    def _taught(self) -> Iterator[Taught]:
        hours = self._people.lessons.all()
        if not hours:
            return
        groups = [each for each in self._people.groups.all("class") if each.id in hours and each.ended is None]
        details = self._people.classes.of_many([group.id for group in groups])
        yield from (Taught(group, details[group.id], hours[group.id]) for group in groups)

    def _staff(self, class_id: str) -> set[str]:
        roles = self._people.groups.members(class_id)
        return {each.name for each in self._people.everybody(class_id) if roles.get(each.id) in STAFF}


def _say_over(minutes: int) -> str:
    return ngettext(
        "The lesson is over in {count} minute, and this server stops then. What is saved in your home stays yours.",
        "The lesson is over in {count} minutes, and this server stops then. What is saved in your home stays yours.",
        minutes,
    ).format(count=minutes)
