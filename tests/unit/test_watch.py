"""The end of a process is heard of at once."""

import asyncio
import gc
import os
import resource
import subprocess

import pytest

from sardonyx_spawner.local.process import ProcessId, began
from sardonyx_spawner.local.watch import EndWatch


async def heard(process: ProcessId, event: asyncio.Event) -> EndWatch:
    """Watch a process; the event is set at its end."""

    async def on_end() -> None:
        event.set()

    return EndWatch(process, on_end)


async def test_the_end_of_a_process_is_heard_of_once_and_no_file_is_left_open() -> None:
    """Also before anybody has taken the process away."""
    # What earlier tests left is closed now, and not meanwhile.
    gc.collect()
    files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    child = subprocess.Popen(["sleep", "60"])  # noqa: ASYNC220
    event = asyncio.Event()
    watch = await heard(ProcessId(child.pid, began(child.pid) or 0), event)
    assert not event.is_set()

    child.kill()

    async with asyncio.timeout(1):
        await event.wait()
    watch.close()
    child.wait()
    assert len(os.listdir("/proc/self/fd")) == files  # noqa: PTH208


@pytest.mark.parametrize("process", [ProcessId(os.getpid(), 1), ProcessId(2**22 - 1, 1)], ids=["other", "none"])
async def test_a_process_that_has_ended_already_is_heard_of_too(process: ProcessId) -> None:
    """Its number may be another's by now."""
    event = asyncio.Event()

    watch = await heard(process, event)

    async with asyncio.timeout(1):
        await event.wait()
    watch.close()


async def test_where_the_system_cannot_tell_nothing_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing fails: whoever polls will see it."""
    monkeypatch.delattr(os, "pidfd_open")
    event = asyncio.Event()

    watch = await heard(ProcessId(os.getpid(), 1), event)
    await asyncio.sleep(0.05)

    assert not event.is_set()
    watch.close()


async def test_where_no_further_file_can_be_opened_a_start_goes_on() -> None:
    """What is left is one for the watch itself: whether the process is still there cannot be read."""
    child = subprocess.Popen(["sleep", "60"])  # noqa: ASYNC220
    process, event = ProcessId(child.pid, began(child.pid) or 0), asyncio.Event()
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = {int(number) for number in os.listdir("/proc/self/fd")}  # noqa: PTH208
    free = min(set(range(len(opened) + 1)) - opened)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + 1, limits[1]))
    try:
        watch = await heard(process, event)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)

    child.kill()

    async with asyncio.timeout(5):
        await event.wait()
    watch.close()
    child.wait()
