"""Whose turn it is to start: a few at once, the others in the order in which they came, each knowing its place.

A class that presses "Start" together would otherwise share the machine a hundred ways: the last server would not be
ready sooner, and the first one as late as the last.
"""

import asyncio
import os
from bisect import bisect_left
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

AT_ONCE = (os.cpu_count() or 1) + 1
"""One more than there are processors: a start also waits for the disk and for the hub."""


class Ticket:
    """A place in the queue; 0 = none."""

    number = 0


class StartQueue:
    """Lets `at_once` starts go on together; a start that ends, however it ends, lets the next one in.

    So does one that takes longer than `longest_s`: it waits for something else than this machine's processors, such as
    a repository on the web.
    """

    def __init__(self, at_once: int, longest_s: float = 3.0) -> None:
        self._turns, self._longest_s = asyncio.Semaphore(at_once), longest_s
        self._numbers = count(1)
        # Always ascending: places are looked up often while a class waits.
        self._waiting: list[int] = []

    @asynccontextmanager
    async def turn(self, ticket: Ticket) -> AsyncIterator[None]:
        """Wait for one's turn, and keep it while the block runs; whoever stops waiting loses their place only."""
        ticket.number = next(self._numbers)
        self._waiting.append(ticket.number)
        try:
            await self._turns.acquire()
        finally:
            del self._waiting[bisect_left(self._waiting, ticket.number)]
            ticket.number = 0
        # Whichever comes first gives the turn on, and takes it out of the other's hand.
        turn = [self._turns]
        timer = asyncio.get_running_loop().call_later(self._longest_s, _give_on, turn)
        try:
            yield
        finally:
            timer.cancel()
            _give_on(turn)

    def before(self, ticket: Ticket) -> int | None:
        """Return how many are before somebody who waits; None = not waiting."""
        return bisect_left(self._waiting, ticket.number) if ticket.number else None


def _give_on(turn: list[asyncio.Semaphore]) -> None:
    if turn:
        turn.pop().release()


def say_place(before: int) -> str:
    """Say a place: "3 before you"."""
    return "You are next" if before == 0 else f"{before} before you"
