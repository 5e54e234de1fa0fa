"""Environments are made beside the hub's work."""

import asyncio
import threading

import pytest

from sardonyx_spawner.local.making import EnvironmentMakers


async def test_many_who_wait_for_one_environment_hold_up_nothing_else() -> None:
    """It is made once, threads of the hub are free, and another environment is made meanwhile."""
    go_on, made = threading.Event(), []

    def maker(slug: str) -> None:
        made.append(slug)
        if slug == "slow":
            go_on.wait(10)

    makers = EnvironmentMakers()
    waiting = [asyncio.create_task(makers.make(maker, "slow")) for _ in range(50)]
    async with asyncio.timeout(5):
        await makers.make(maker, "other")
        assert await asyncio.to_thread(lambda: "free") == "free"
    assert not any(task.done() for task in waiting)
    go_on.set()
    await asyncio.gather(*waiting)

    assert sorted(made) == ["other", "slow"]
    await makers.make(maker, "slow")
    assert sorted(made) == ["other", "slow", "slow"]


async def test_whoever_gives_up_stops_it_for_nobody_and_a_failure_is_told_to_all() -> None:
    """The next one tries again."""
    go_on, made = threading.Event(), []

    def maker(slug: str) -> None:
        go_on.wait(10)
        made.append(slug)
        raise OSError("the disk is full")

    makers = EnvironmentMakers()
    first, second, third = (asyncio.create_task(makers.make(maker, "python")) for _ in range(3))
    await asyncio.sleep(0)
    first.cancel()
    go_on.set()
    for task in (second, third):
        with pytest.raises(OSError, match="disk is full"):
            await task
    assert made == ["python"]
    with pytest.raises(OSError, match="disk is full"):
        await makers.make(maker, "python")
    assert made == ["python", "python"]
