"""People who want nothing to be kept of them: what is theirs in the store is deleted, once the hub has deleted their home."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.clearer import Clearer
from sardonyx_services.people.web.rounds import alone

log = logging.getLogger(__name__)


class Erasures:
    """Erases them. Each step can be interrupted, and is gone on with at the next look.

    Args:
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self, people: PeopleStore, clearer: Clearer, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._people, self._clearer, self._clock = people, clearer, clock

    async def look(self) -> None:
        """Do what it is time for."""
        due = await asyncio.to_thread(self._people.erasure.due, self._clock())
        for person in (each for each in due if not self._clearer.is_resting(each)):
            await alone(
                partial(asyncio.to_thread, self._erase, person),
                f"{person} cannot be erased yet",
                f"{person} cannot be erased now; the others are",
            )

    def _erase(self, person: str) -> None:
        if not self._people.erasure.begin(person, self._clock()):
            return
        for prefix in self._people.erasure.prefixes(person):
            # How much somebody had is theirs to know, and is counted nowhere.
            self._clearer.clear(person, prefix)
        self._people.erasure.finish(person)
        self._people.actions.add(OPERATOR, "erase", whom=(person,))
        log.info("All that was of %s is deleted", person)
