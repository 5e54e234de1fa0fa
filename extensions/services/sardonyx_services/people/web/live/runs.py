"""Starting, stopping and speaking to the servers of a class or an event, a few at a time, so that the machine stands it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_spawner.language import Said, _

AT_ONCE = 8
"""The hub lines up what is more than its machine can start; this keeps its other callers from waiting behind them."""
MOST_AT_ONCE = 32
"""Of all classes together, however many something is done with at once."""


@dataclass
class Run:
    """One go through the people of a class or an event.

    Args:
        total: so many servers are started, stopped or spoken to.
        done: so many have been asked for.
        refused: name -> why that was not done.
        is_word: servers are spoken to.
    """

    total: int
    done: int = 0
    is_word: bool = False
    refused: dict[str, str] = field(default_factory=dict)

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
        """Start the servers of people, in the background.

        Raises:
            RefusedError: the last go is not through.
        """
        run = self._begin(profile, len(names))

        async def one(name: str) -> None:
            why = await self._hub.start(name, profile)
            if why:
                run.refused[name] = why

        self._go(run, names, one)
        return run

    def stop(self, profile: str, names: Sequence[str], why: Said, is_there: Callable[[str], Awaitable[bool]]) -> Run:
        """Stop the servers of people, in the background.

        Args:
            why: for these people.
            is_there: tells whether somebody's server is one of them when its turn comes: they may have another by then.

        Raises:
            RefusedError: the last go is not through.
        """
        run = self._begin(profile, len(names))

        async def one(name: str) -> None:
            if await is_there(name):
                await self._hub.stop(name, why)

        self._go(run, names, one)
        return run

    def stop_all(
        self, profile: str, servers: Sequence[Server], why: Said, is_there: Callable[[Server], Awaitable[bool]]
    ) -> Run:
        """Stop servers, whosever and however they are called, in the background.

        Args:
            why: for these people.
            is_there: tells whether one still is what it was when its turn comes.

        Raises:
            RefusedError: the last go is not through.
        """
        run, of = self._begin(profile, len(servers)), {f"{each.name}/{each.server}": each for each in servers}

        async def one(key: str) -> None:
            if await is_there(of[key]):
                await self._hub.stop(of[key].name, why, of[key].server)

        self._go(run, [*of], one)
        return run

    def say(self, profile: str, names: Sequence[str], word: Mapping[str, str]) -> Run:
        """Say something to the servers of people, in the background.

        Args:
            word: as the hub takes it.

        Raises:
            RefusedError: the last go is not through.
        """
        run = self._begin(profile, len(names))
        run.is_word = True

        async def one(name: str) -> None:
            why = await self._hub.say(name, profile, word)
            if why:
                run.refused[name] = why

        self._go(run, names, one)
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

    def _go(self, run: Run, names: Sequence[str], one: Callable[[str], Awaitable[None]]) -> None:
        task = asyncio.create_task(_through(run, names, one, self._turns))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _through(
    run: Run, names: Sequence[str], one: Callable[[str], Awaitable[None]], of_all: asyncio.Semaphore
) -> None:
    turns = asyncio.Semaphore(AT_ONCE)

    async def each(name: str) -> None:
        async with turns, of_all:
            try:
                await one(name)
            except RefusedError as error:
                run.refused[name] = error.message
            finally:
                run.done += 1

    await asyncio.gather(*map(each, names))
