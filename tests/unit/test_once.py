"""What is done once for a process."""

import asyncio

import pytest

from sardonyx_spawner.local.once import OncePerProcess
from sardonyx_spawner.local.process import ProcessId

FIRST, SECOND = ProcessId(7, 1), ProcessId(7, 2)


class Work:
    """Work that can be held up, and counts how often it was begun."""

    def __init__(self, *results: int | Exception | None) -> None:
        self.results, self.begun = list(results), 0
        self.may_end = asyncio.Event()

    async def do(self) -> int | None:
        """Do it."""
        self.begun += 1
        await self.may_end.wait()
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


async def test_who_comes_meanwhile_waits_and_who_comes_later_has_the_result() -> None:
    """It is done for all of them once; for the next process again."""
    once, work = OncePerProcess(), Work(3, 4)
    tasks = [asyncio.create_task(once.run(FIRST, work.do)) for _ in range(2)]
    await asyncio.sleep(0)
    work.may_end.set()

    assert await asyncio.gather(*tasks) == [3, 3]
    assert await once.run(FIRST, work.do) == 3
    assert work.begun == 1
    assert await once.run(SECOND, work.do) == 4


async def test_who_stops_waiting_does_not_stop_it() -> None:
    """The others still need it."""
    once, work = OncePerProcess(), Work(3)
    tasks = [asyncio.create_task(once.run(FIRST, work.do)) for _ in range(2)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.wait({tasks[0]})
    work.may_end.set()

    assert await tasks[1] == 3
    assert work.begun == 1


async def test_nothing_done_yet_and_failures_are_not_kept() -> None:
    """It is tried again then."""
    once, work = OncePerProcess(), Work(None, OSError("the disk is full"), 0)
    work.may_end.set()

    assert await once.run(FIRST, work.do) is None
    with pytest.raises(OSError, match="the disk is full"):
        await once.run(FIRST, work.do)
    assert await once.run(FIRST, work.do) == 0
