"""What is said to somebody whose server is about to stop, in their language."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_spawner.language import speaking

TOLD_BEFORE = (timedelta(minutes=10), timedelta(hours=1))
"""So long before the end of a class or an event those are told whose server runs."""


def step_before(left: timedelta) -> timedelta | None:
    """Return for which of these times somebody is told with so much left; None = not yet, or not any more."""
    return next((step for step in TOLD_BEFORE if timedelta() < left <= step), None)


class LastWords:
    """Says it.

    Args:
        language: of who has chosen none.
    """

    def __init__(self, people: PeopleStore, hub: Hub, language: str) -> None:
        self._people, self._hub, self._language = people, hub, language

    async def say(self, server: Server, said_by: str, text: Callable[[], str]) -> None:
        """Say it to one of them.

        Args:
            text: returns it, in the language that is spoken.

        Raises:
            AwayError: the hub does not answer.
        """
        language = await asyncio.to_thread(self._people.languages.of, server.name)
        with speaking(language or self._language):
            await self._hub.say(server.name, server.profile, {"said_by": said_by, "text": text()}, server.server)


def minutes_until(then: datetime, now: datetime) -> int:
    """Return the minutes that are left, one at least."""
    return max(1, round((then - now).total_seconds() / 60))
