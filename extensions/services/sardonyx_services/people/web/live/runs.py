"""Starting, stopping and speaking to the servers of a class or an event, a few at a time, so that the machine stands it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_spawner.language import Said, _

AT_ONCE = 8
"""The hub lines up what is more than its machine can start; this keeps its other callers from waiting behind them."""
SAID_FOR_S = 30.0
"""So long pages say that a word has arrived: they look every few seconds."""
MOST_AT_ONCE = 32
"""Of all classes together, however many something is done with at once."""


@dataclass
class Run:
    """One go through the people of a class or an event.

    Args:
        total: so many servers are started, stopped or spoken to.
        done: so many have been asked for.
        reached: so many of these did not refuse.
        refused: name -> why that was not done.
        is_word: servers are spoken to.
    """

    total: int
    done: int = 0
    reached: int = 0
    is_word: bool = False
    refused: dict[str, str] = field(default_factory=dict)
    _ended: float | None = field(default=None, init=False)

    def end(self) -> None:
        """Note that it is through."""
        self._ended = time.monotonic()

    @property
    def just_ended(self) -> bool:
        """Whether it is through since a moment ago."""
        return self._ended is not None and time.monotonic() - self._ended < SAID_FOR_S

    @property
    def goes_on(self) -> bool:
        """Whether it is not through."""
        return self.done < self.total


class Runs:
    """The goes through classes and events, the last one of each; by the profile of their servers."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._runs: dict[str, Run] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)

    def of(self, profile: str) -> Run:
        """Return the last go through one of them; one without anybody, where there was none."""
        return self._runs.get(profile, Run(0))

    def start(self, profile: str, names: Sequence[str]) -> Run:
        """Start the usual servers of people, in the background.

        Raises:
            RefusedError: the last go is not through.
        """
        run = self._begin(profile, len(names))

        async def one(name: str, _server: str) -> str:
            return await self._hub.start(name, profile)

        self._go(run, [(name, "") for name in names], one)
        return run

    def stop(
        self, profile: str, servers: Sequence[Server], why: Said, is_there: Callable[[str, str], Awaitable[bool]]
    ) -> Run:
        """Stop servers, in the background.

        Args:
            why: for these people.
            is_there: tells of somebody's server whether it still is what it was when its turn comes: they may have another by then.

        Raises:
            RefusedError: the last go is not through.
        """
        run = self._begin(profile, len(servers))

        async def one(name: str, server: str) -> str:
            if await is_there(name, server):
                await self._hub.stop(name, why, server)
            return ""

        self._go(run, [(each.name, each.server) for each in servers], one)
        return run

    def say(self, profile: str, servers: Sequence[Server], word: Mapping[str, str]) -> Run:
        """Say something to servers, in the background.

        Args:
            word: as the hub takes it.

        Raises:
            RefusedError: the last go is not through.
        """
        run = self._begin(profile, len(servers))
        run.is_word = True
        # Servers of one person may have one home, in which one after the other gets new material.
        turns = {each.name: asyncio.Lock() for each in servers}

        async def one(name: str, server: str) -> str:
            async with turns[name]:
                return await self._hub.say(name, profile, word, server)

        self._go(run, [(each.name, each.server) for each in servers], one)
        return run

    async def close(self) -> None:
        """End what goes on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def be_free(self, profile: str) -> None:
        """Make sure that nothing goes on with the servers of a profile.

        Raises:
            RefusedError: the last go is not through.
        """
        if self.of(profile).goes_on:
            raise RefusedError(_("Something is being done with these servers just now. Wait until that is through."))

    def _begin(self, profile: str, total: int) -> Run:
        self.be_free(profile)
        run = self._runs[profile] = Run(total)
        return run

    def _go(self, run: Run, servers: Sequence[tuple[str, str]], one: Callable[[str, str], Awaitable[str]]) -> None:
        task = asyncio.create_task(_through(run, servers, one, self._turns))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _through(
    run: Run,
    servers: Sequence[tuple[str, str]],
    one: Callable[[str, str], Awaitable[str]],
    of_all: asyncio.Semaphore,
) -> None:
    """Go through servers.

    Args:
        servers: whose, and their names.
        one: does it with one; returns why not.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def each(name: str, server: str) -> None:
        async with turns, of_all:
            try:
                why = await one(name, server)
            except RefusedError as error:
                why = error.message
            finally:
                run.done += 1
            if why:
                run.refused[name] = why
            else:
                run.reached += 1

    await asyncio.gather(*(each(*server) for server in servers))
    run.end()
