"""Whose turn it is to start: a few at once, the others in turns by person, each knowing its place.

A class that presses "Start" together would otherwise share the machine a hundred ways: the last server would not be
ready sooner, and the first one as late as the last.
"""

import asyncio
from bisect import bisect_left, insort
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from operator import attrgetter
from typing import Any

from sardonyx_spawner.language import _, ngettext


@dataclass(eq=False)
class Ticket:
    """A place in the queue.

    Args:
        place: the round, and a number in order of coming; who waits goes by it.
        called: done when it is one's turn; None = not waiting.
    """

    person: str = ""
    place: tuple[int, int] = (0, 0)
    called: asyncio.Future[None] | None = None


class StartQueue:
    """Lets `at_once` starts go on together; a start that ends, however it ends, lets the next one in.

    So does one that takes longer than `longest_s`: it waits for something else than this machine's processors, such as
    a repository on the web.

    Everybody has one start in a round, so that who starts twenty servers holds nobody up for longer than one of them.
    Who comes joins the round that is under way; a further start of the same person is in the round after their last.
    """

    def __init__(self, at_once: int, longest_s: float = 3.0) -> None:
        self._free, self._longest_s = at_once, longest_s
        self._numbers = count(1)
        self._round = 0
        # Always ascending: places are looked up often while a class waits.
        self._waiting: list[Ticket] = []
        self._going: list[Ticket] = []

    @asynccontextmanager
    async def turn(self, ticket: Ticket, person: str) -> AsyncIterator[None]:
        """Wait for one's turn, and keep it while the block runs; whoever stops waiting loses their place only."""
        ticket.person, ticket.place = person, (self._round_for(person), next(self._numbers))
        ticket.called = asyncio.get_running_loop().create_future()
        insort(self._waiting, ticket, key=_place)
        self._call()
        try:
            await ticket.called
        except asyncio.CancelledError:
            self._leave(ticket)
            raise
        finally:
            ticket.called = None
        # Whichever comes first gives the turn on; after that there is nothing left to give.
        timer = asyncio.get_running_loop().call_later(self._longest_s, self._leave, ticket)
        try:
            yield
        finally:
            timer.cancel()
            self._leave(ticket)

    def before(self, ticket: Ticket) -> int | None:
        """Return how many are before somebody who waits; None = not waiting."""
        at = bisect_left(self._waiting, ticket.place, key=_place)
        return at if ticket in self._waiting[at : at + 1] else None

    def say_of(self, ticket: Ticket) -> str:
        """Say to others which place somebody's start has; "" = it does not wait."""
        before = self.before(ticket)
        return "" if before is None else say_place_of(before)

    def _round_for(self, person: str) -> int:
        own = [ticket.place[0] + 1 for ticket in (*self._going, *self._waiting) if ticket.person == person]
        return max([self._round, *own])

    def _call(self) -> None:
        while self._free and self._waiting:
            ticket = self._waiting.pop(0)
            self._free -= 1
            self._round = ticket.place[0]
            self._going.append(ticket)
            if ticket.called is not None and not ticket.called.done():
                ticket.called.set_result(None)

    def _leave(self, ticket: Ticket) -> None:
        if ticket in self._going:
            self._going.remove(ticket)
            self._free += 1
            self._call()
        elif ticket in self._waiting:
            self._waiting.remove(ticket)


_place = attrgetter("place")


def say_place(before: int) -> str:
    """Say a place: "3 before you"."""
    return (
        ngettext("{count} before you", "{count} before you", before).format(count=before)
        if before
        else _("You are next")
    )


def say_place_of(before: int) -> str:
    """Say the place of somebody else's start."""
    return (
        ngettext("{count} start is before it", "{count} starts are before it", before).format(count=before)
        if before
        else _("It is next")
    )


def place_event(before: int) -> dict[str, Any]:
    """Return a place as JupyterHub shows it among the steps of a start."""
    return {"progress": 5, "message": say_place(before), "state": "wait"}
