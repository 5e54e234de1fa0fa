"""Outbound calls, a few at once and not without end in line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sardonyx_services.credentials.errors import BusyError


class Turns:
    """Lets some through at once and some wait; who comes when the line is full is told so at once.

    Args:
        at_once: calls under way.
        waiting: calls that may wait for a turn.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._room = at_once + waiting

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn.

        Raises:
            BusyError: too many wait already.
        """
        if self._room == 0:
            raise BusyError
        self._room -= 1
        try:
            async with self._free:
                yield
        finally:
            self._room += 1
