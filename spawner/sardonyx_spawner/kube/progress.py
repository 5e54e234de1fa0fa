"""A start as its person sees it: what the hub tells, and once the server runs, what the server itself tells."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Any

from sardonyx_spawner.kube.pod_log import PodLog
from sardonyx_spawner.kube.refusals import AWAY
from sardonyx_spawner.kube.tale import Tale
from sardonyx_spawner.kube.waiting import Step
from sardonyx_spawner.queue import place_event
from sardonyx_spawner.steps import step_of

TELL_S = 0.1


async def follow(
    tale: Callable[[], Tale], log: Callable[[], PodLog | None], before: Callable[[], int | None]
) -> AsyncGenerator[dict[str, Any]]:
    """Yield one event for each step, and for each place in the queue, for as long as the caller listens.

    Args:
        tale: returns that of the start that is under way: it may begin after somebody has begun to listen.
        log: returns what the server writes, once it runs.
        before: returns how many starts are before this one; None = it does not wait.
    """
    current, told, listener, place = tale(), 0, None, None
    try:
        while True:
            if current is not tale():
                current, told = tale(), 0
            written = log() if listener is None else None
            if written is not None:
                listener = asyncio.create_task(_listen(current, written))
            for event in current.events[told:]:
                told += 1
                yield event
            now = before()
            if now is not None and now != place:
                yield place_event(now)
            place = now
            await asyncio.sleep(TELL_S)
    finally:
        if listener is not None:
            listener.cancel()


async def _listen(tale: Tale, log: PodLog) -> None:
    # Whoever listens as the second hears it from the first.
    if tale.is_heard:
        return
    tale.is_heard = True
    try:
        with suppress(*AWAY):
            async for line in log.steps():
                step = step_of(line)
                if step is not None:
                    tale.tell(Step(*step))
    finally:
        tale.is_heard = False
