"""When an event is over, what teams share goes into the own data of those in them whose account lasts, before all is deleted."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.kept.class_copies import RETRY
from sardonyx_services.people.web.kept.keeping import Order, of_team
from sardonyx_services.people.web.kept.keeps import Keeps


class EventCopies:
    """Begins that, for each of them once, and again where not all could be copied.

    Nothing of it is written down: what is there is not copied again, so a service that starts anew only looks. The end of an
    event is kept all the same: nothing waits for who has no room.

    Args:
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self, people: PeopleStore, keeps: Keeps, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._people, self._keeps, self._clock = people, keeps, clock
        self._begun: dict[tuple[str, str], datetime] = {}

    async def look(self) -> None:
        """Do what it is time for."""
        now = self._clock()
        wanted = await asyncio.to_thread(lambda: list(self._wanted(now)))
        due = [each for each in wanted if self._is_due(*each, now)]
        # Of events that are deleted nothing is remembered.
        self._begun = {key: at for key, at in self._begun.items() if key in {_key(*each) for each in wanted}}
        for caller, order in due:
            self._begun[_key(caller, order)] = now
            self._keeps.start(caller, order)

    def _wanted(self, now: datetime) -> Iterator[tuple[Caller, Order]]:
        """Yield what is to be copied of all events that are over and still read."""
        for event, details in self._people.events.going_on().items():
            if details.closed is None or details.goes <= now:
                continue
            title, lasting = self._people.groups.get("event", event).title, self._lasting(event)
            for team in self._people.seats.teams(event):
                order = of_team(title, event, team.id)
                yield from ((lasting[each], order) for each in self._people.groups.members(team.id) if each in lasting)

    def _lasting(self, event: str) -> dict[str, Caller]:
        """Return those in an event whose account does not end with it, by id."""
        people = self._people.everybody(event)
        return {each.id: Caller(each.id, each.name) for each in people if not each.is_temporary}

    def _is_due(self, caller: Caller, order: Order, now: datetime) -> bool:
        begun, last = self._begun.get(_key(caller, order)), self._keeps.of(caller, order)
        if begun is None:
            # What somebody has copied before the end may not be all.
            return not last.goes_on
        return bool(last.fault or last.refused) and begun + RETRY <= now


def _key(caller: Caller, order: Order) -> tuple[str, str]:
    return caller.id, order.name
