"""The end of classes: who is still there is told, servers stop, nobody reaches the data, and a day later it may be deleted."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.groups import Group
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.clearer import Clearer
from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_services.people.web.live.last_words import LastWords, minutes_until, step_before
from sardonyx_services.people.web.live.stops import Stops
from sardonyx_services.people.web.rounds import alone
from sardonyx_spawner.language import _, ngettext

log = logging.getLogger(__name__)
NOT_YET, FAULT = "Classes cannot be brought to their end just now", "It cannot be looked now which classes are over"


class ClassEnds:
    """Brings classes to their end. Each step can be interrupted, and is gone on with at the next look.

    Args:
        language: of who has chosen none.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        people: PeopleStore,
        hub: Hub,
        clearer: Clearer,
        language: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._people, self._hub, self._clearer, self._clock = people, hub, clearer, clock
        self._last_words = LastWords(people, hub, language)
        self._stops = Stops(hub, NOT_YET, "A server of a class that is over cannot be stopped now; the others are")
        # A restart in the last hour says it a second time.
        self._told: set[tuple[str, datetime, timedelta | None]] = set()

    async def look(self) -> None:
        """Do what it is time for."""
        for step in (self.end_what_is_over, self.tell_and_stop, self.delete):
            await self._alone(step)

    async def _alone(self, step: Callable[[], Awaitable[object]]) -> None:
        await alone(step, NOT_YET, FAULT)

    async def end_what_is_over(self) -> list[str]:
        """End the classes whose people have reached their data for as long as was wanted; return their ids."""
        return await asyncio.to_thread(self._end_what_is_over)

    async def tell_and_stop(self) -> None:
        """Tell those whose class is about to be over, and stop the servers of classes that are."""
        now = self._clock()
        classes = await asyncio.to_thread(self._classes)
        over = {f"class-{group.id}" for group, details in classes if group.ended is not None or details.is_past(now)}
        told = [(group, self._due(group, details, now)) for group, details in classes if group.ended is None]
        if not over and not any(due for _group, due in told):
            return
        servers = await self._hub.servers()
        for group, due in told:
            if due:
                here = [each for each in servers if each.profile == f"class-{group.id}" and each.state == "running"]
                await asyncio.gather(*(self._alone(partial(self._tell, group, due, each)) for each in here))
                self._told.add((group.id, due, step_before(due - now)))
        stopping = (each for each in servers if each.profile in over and each.is_on)
        await self._stops.stop(stopping, _("The class is over."))

    async def delete(self) -> None:
        """Delete the data of the classes of which it is time for that."""
        due = await asyncio.to_thread(self._people.class_removal.due, self._clock())
        for group in (each for each in due if not self._clearer.is_resting(each)):
            await self._alone(partial(asyncio.to_thread, self._delete, group))

    def _end_what_is_over(self) -> list[str]:
        going_on = [group for group in self._people.groups.all("class") if group.ended is None]
        details = self._people.classes.of_many([group.id for group in going_on])
        now = self._clock()
        over = [group for group in going_on if (closes := details[group.id].closes) is not None and closes <= now]
        # It may have got more days since it was read: that is looked at in the same step.
        over = [group for group in over if self._people.classes.close(group.id, now)]
        for group in over:
            self._people.actions.add(OPERATOR, "close", group.id, detail=group.title)
            log.info("The class %s has ended by itself", group.id)
        return [group.id for group in over]

    def _classes(self) -> list[tuple[Group, ClassDetails]]:
        groups = self._people.groups.all("class")
        details = self._people.classes.of_many([group.id for group in groups])
        return [(group, details[group.id]) for group in groups]

    def _due(self, group: Group, details: ClassDetails, now: datetime) -> datetime | None:
        """Return the end of a class that its people are to be told of now; None = not now, or they were."""
        ends = details.ends
        step = step_before(ends - now) if ends is not None else None
        return ends if step is not None and (group.id, ends, step) not in self._told else None

    async def _tell(self, group: Group, ends: datetime, server: Server) -> None:
        await self._last_words.say(server, group.title, partial(_say_over, minutes_until(ends, self._clock())))

    def _delete(self, group: str) -> None:
        removal = self._people.class_removal
        if not removal.begin(group, self._clock()):
            return
        place = f"class/{group}/"
        if not removal.is_counted(group):
            removal.count(group, self._clearer.measured(group, [place]))
        self._clearer.clear(group, place)
        self._clearer.clear_volume(group, "class", group)
        if removal.finish(group):
            self._people.actions.add(OPERATOR, "class-delete", group)
            log.info("The data of the class %s is deleted", group)


def _say_over(minutes: int) -> str:
    return ngettext(
        "The class is over in {count} minute, and this server stops then. What is saved in your home stays yours.",
        "The class is over in {count} minutes, and this server stops then. What is saved in your home stays yours.",
        minutes,
    ).format(count=minutes)
