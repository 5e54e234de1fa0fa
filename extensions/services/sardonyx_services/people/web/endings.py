"""Classes whose time is over end by themselves."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.store import PeopleStore

log = logging.getLogger(__name__)
EVERY_S = 60.0


class Endings:
    """Ends them, when their people have reached their data for as long as was wanted after the last day."""

    def __init__(self, people: PeopleStore, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._people, self._clock = people, clock

    def end_what_is_over(self) -> list[str]:
        """End the classes whose time is over; return their ids."""
        going_on = [group for group in self._people.groups.all("class") if group.ended is None]
        details = self._people.classes.of_many([group.id for group in going_on])
        now = self._clock()
        over = [group for group in going_on if (closes := details[group.id].closes) is not None and closes <= now]
        for group in over:
            self._people.groups.end(group.id)
            self._people.actions.add(OPERATOR, "close", group.id, detail=group.title)
            log.info("The class %s has ended by itself", group.id)
        return [group.id for group in over]

    async def run(self) -> None:
        """Look each minute; what cannot be done now is done the next time."""
        while True:
            try:
                await asyncio.to_thread(self.end_what_is_over)
            except Exception:
                log.exception("It cannot be looked now which classes are over")
            await asyncio.sleep(EVERY_S)
