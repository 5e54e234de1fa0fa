"""The end of events: who is there is told, codes and writing end, servers stop; later all of one is deleted, and it is said what."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.ending_soon import is_event_over
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.clearer import Clearer
from sardonyx_services.people.web.events.words import EventWords
from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_services.people.web.live.last_words import LastWords, minutes_until, step_before
from sardonyx_services.people.web.live.stops import Stops
from sardonyx_services.people.web.rounds import alone
from sardonyx_spawner.language import _, ngettext

log = logging.getLogger(__name__)
EVERY_S = 10.0
"""So often is looked; at an end in between at that moment."""


class EventEnds:
    """Brings events to their end. Each step can be interrupted, and is gone on with at the next look.

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
        # A restart in the last hour says it a second time.
        self._told: set[tuple[str, datetime, timedelta]] = set()
        self.sooner = asyncio.Event()
        """Set where something is to be looked at before the next round."""

    async def look(self) -> None:
        """Do what it is time for: tell of what is over soon, end what is over, then delete, which takes longer."""
        events = await asyncio.to_thread(self._people.events.going_on)
        self._look_again_at(details.ends for details in events.values() if details.closed is None)
        for event, details in events.items():
            step = step_before(details.ends - self._clock()) if details.closed is None else None
            if step is not None and (event, details.ends, step) not in self._told:
                await self._alone(event, self._tell)
        for event, details in events.items():
            if is_event_over(details, self._clock()):
                await self._alone(event, self._end)
        for event, details in events.items():
            is_over = details.closed is not None and details.goes <= self._clock()
            if is_over and not self._clearer.is_resting(event):
                await self._alone(event, self._delete)

    def _look_again_at(self, ends: Iterable[datetime]) -> None:
        """Be on time for what ends before the next round."""
        left_s = [(each - self._clock()).total_seconds() for each in ends]
        for each in left_s:
            if 0 < each <= EVERY_S:
                asyncio.get_running_loop().call_later(each, self.sooner.set)

    async def _alone(self, event: str, step: Callable[[str], Awaitable[None]]) -> None:
        await alone(partial(step, event), *_said_of(event))

    async def _tell(self, event: str) -> None:
        """Tell all whose server of the event runs that it is over soon; who starts one later has read when that is."""
        details = await asyncio.to_thread(self._people.events.details, event)
        title = (await asyncio.to_thread(self._people.groups.get, "event", event)).title
        now = self._clock()
        step = step_before(details.ends - now)
        if details.closed is not None or step is None:
            return
        here = [each for each in await self._hub.servers() if each.profile == f"event-{event}"]
        say = partial(_say_over, minutes_until(details.ends, now), details)
        running = [each for each in here if each.state == "running"]
        await asyncio.gather(*(self._alone(event, partial(self._say, each, title, say)) for each in running))
        self._told.add((event, details.ends, step))

    async def _say(self, server: Server, title: str, say: Callable[[], str], _event: str) -> None:
        await self._last_words.say(server, title, say)

    async def _end(self, event: str) -> None:
        # It may have been given more time since it was read: that is looked at in the same step.
        if await asyncio.to_thread(self._people.events.close, event, self._clock()):
            await asyncio.to_thread(self._people.actions.add, OPERATOR, "event-close", event)
            log.info("The event %s is over", event)
        if (await asyncio.to_thread(self._people.events.details, event)).closed is not None:
            await self._stop_servers(event)

    async def _stop_servers(self, event: str) -> None:
        """Stop the servers of the event, and all of its accounts, also one whose start was under way at its end."""
        names = await asyncio.to_thread(self._names, event)
        is_empty = not names and not await asyncio.to_thread(self._people.groups.members, event)
        found = () if is_empty else await self._hub.servers()
        # Of who organises it, or whose account lasts, only those of the event: what they run beside it goes on.
        here = (each for each in found if each.is_on and (each.name in names or each.profile == f"event-{event}"))
        stops = Stops(self._hub, *_said_of(event))
        await stops.stop(here, _("The event is over."), of=names)

    def _names(self, event: str) -> set[str]:
        people = [self._people.by_id(seat.person) for seat in self._people.seats.of(event) if seat.person]
        return {person.name for person in people if person is not None and person.is_temporary}

    async def _delete(self, event: str) -> None:
        await asyncio.to_thread(self._delete_now, event)

    def _delete_now(self, event: str) -> None:
        removal = self._people.event_removal
        if not removal.let_go(event, self._clock()) or removal.is_owed(event):
            # The hub stops servers and deletes homes: that takes some seconds.
            return
        seats = [seat for seat in self._people.seats.of(event) if seat.person and not seat.is_kept]
        teams = self._people.seats.teams(event)
        places = [
            f"event/{event}/",
            *(f"team/{team.id}/" for team in teams),
            *(f"home/{seat.person}/" for seat in seats),
        ]
        removal.end_groups(event)
        if not removal.is_counted(event):
            removal.count(event, self._clearer.measured(event, places))
        for _time in range(2):
            # The second time nothing is left, unless somebody wrote meanwhile with keys from before.
            for place in places:
                self._clearer.clear(event, place)
        for team in teams:
            self._clearer.clear_volume(event, "team", team.id)
        if removal.forget(event):
            self._people.actions.add(OPERATOR, "event-delete", event)
            log.info("All that was of the event %s is deleted", event)


def _said_of(event: str) -> tuple[str, str]:
    """Return what the log says where something of an event cannot be done yet, and where that fails."""
    return f"The event {event} cannot be ended yet", f"The event {event} cannot be ended now; the others go on"


def _say_over(minutes: int, details: EventDetails) -> str:
    return ngettext(
        "The event is over in {count} minute, and this server stops then. What is saved is read and copied until {until}, then deleted.",
        "The event is over in {count} minutes, and this server stops then. What is saved is read and copied until {until}, then deleted.",
        minutes,
    ).format(count=minutes, until=EventWords().moment(details.goes, details.zone))
