"""What is in the database of people and of no use to anybody any more: links that are over."""

import asyncio
import time

from sardonyx_services.people.store import PeopleStore

EVERY_S = 3600.0


class Tidying:
    """Deletes it."""

    def __init__(self, people: PeopleStore) -> None:
        self._people = people

    async def look(self) -> None:
        """Delete what is over by now."""
        await asyncio.to_thread(self._people.one_time_links.forget_expired, time.time())
        await asyncio.to_thread(self._people.shared_links.forget_ended)
