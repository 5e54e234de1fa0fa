"""One start, from the moment that its Pod is asked for until it answers, or will not."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sardonyx_spawner.kube.failures import Failure, failure_of, stuck, why_ended
from sardonyx_spawner.kube.image_times import IMAGE_TIMES
from sardonyx_spawner.kube.refusals import TICK_S, StartFailedError
from sardonyx_spawner.kube.tale import Tale
from sardonyx_spawner.kube.waiting import (
    container_state,
    is_full,
    out_of_reach,
    promised_node,
    silent_node,
    step_of,
    step_of_event,
    unplaced,
)
from sardonyx_spawner.plan import ServerPlan

LOOK_S = 1.0
LONGEST_TICK_S = 0.5
SILENT_S = 20.0
"""A node takes a moment to say that it knows of a Pod. One that was switched off is taken for a good one for 50 s more."""

Pod = Mapping[str, Any]


class SilentNodeError(Exception):
    """The node that a Pod was given to says nothing: it may be gone, and the cluster does not know it yet."""

    def __init__(self, node: str) -> None:
        super().__init__(node)
        self.node = node


class Start:
    """Follows a Pod, and tells of it.

    Args:
        pod: returns the Pod as it is known now; another object after each change; None = it is not there.
        log: returns the end of what the server wrote.
        until: it may take so long, by the monotonic clock.
        no_place: called again and again while every node is full, and nothing gives way.
    """

    def __init__(
        self,
        plan: ServerPlan,
        tale: Tale,
        *,
        pod: Callable[[], Pod | None],
        log: Callable[[], Awaitable[bytes]],
        until: float,
        no_place: Callable[[], object],
    ) -> None:
        self._plan, self._tale, self._pod, self._log, self._until = plan, tale, pod, log, until
        self._no_place = no_place
        self._heard = 0
        self._warned: Mapping[str, Any] | None = None
        self._may_move = True

    async def until_there(self) -> Pod:
        """Return the Pod when the cluster has made it known.

        Raises:
            StartFailedError: that took too long.
        """
        self._tale.tell(step_of(None, title=self._plan.title))
        return await self.in_time(self._appear())

    async def until_it_answers(
        self, events: Sequence[Mapping[str, Any]], address: Callable[[Pod], tuple[str, int] | None]
    ) -> Pod:
        """Return the Pod when its server answers.

        Args:
            events: what the cluster says of it, which grows.
            address: returns where it answers; None = it does not run yet.

        Raises:
            StartFailedError: it will not, or not in time.
            SilentNodeError: nothing is heard of its node; once, because nobody knows whether another one is better.
        """
        return await self.in_time(self._follow(events, address))

    async def in_time(self, waiting: Awaitable[Pod]) -> Pod:
        """Return what is waited for.

        Raises:
            StartFailedError: that took too long.
        """
        try:
            async with asyncio.timeout(max(0.0, self._until - time.monotonic())):
                return await waiting
        except TimeoutError:
            raise StartFailedError(stuck(self._pod(), title=self._plan.title, warned=self._warned)) from None

    async def _appear(self) -> Pod:
        while (found := self._pod()) is None:  # noqa: ASYNC110 - KubeSpawner's reflector tells nobody
            await asyncio.sleep(TICK_S)
        return found

    async def _follow(
        self, events: Sequence[Mapping[str, Any]], address: Callable[[Pod], tuple[str, int] | None]
    ) -> Pod:
        last: Pod | None = None
        changed = time.monotonic()
        while True:
            found = self._pod()
            if found is None and last is not None:
                raise StartFailedError(Failure(why_ended(None, None), "the Pod is gone", "ended"))
            self._tell_of(events)
            if found is not None:
                if found is not last:
                    await self._look(found)
                    last, changed = found, time.monotonic()
                if is_full(unplaced(found) or "") and not promised_node(found):
                    # For as long as that is so: a Pod that goes on waiting does not change, and what would be made meanwhile
                    # could take the place that comes free.
                    self._no_place()
                self._leave_silent(found, time.monotonic() - changed)
                where = address(found)
                if where is not None and await answers(*where):
                    return found
            await asyncio.sleep(pause_s(time.monotonic() - changed))

    def _leave_silent(self, pod: Pod, waited_s: float) -> None:
        node = silent_node(pod)
        if node and self._may_move and waited_s > SILENT_S:
            self._may_move = False
            raise SilentNodeError(node)

    def _tell_of(self, events: Sequence[Mapping[str, Any]]) -> None:
        for event in events[self._heard :]:
            IMAGE_TIMES.note(str(event.get("message", "")))
            usual_s = IMAGE_TIMES.usual_s(self._plan.image)
            self._tale.tell(step_of_event(event, title=self._plan.title, usual_s=usual_s))
            if out_of_reach(event) is not None:
                self._warned = event
        self._heard = len(events)

    async def _look(self, pod: Pod) -> None:
        plan = self._plan
        log = await self._log() if container_state(pod).get("terminated") else b""
        failure = failure_of(pod, title=plan.title, memory=plan.memory, log=log)
        if failure is not None:
            raise StartFailedError(failure)
        self._tale.tell(step_of(pod, title=plan.title))


def pause_s(waited_s: float) -> float:
    """Return after how long to look again at a Pod that has not changed for so long.

    At first often, then so that nobody waits a twentieth longer for it: hundreds may start at once.
    """
    return min(LONGEST_TICK_S, max(TICK_S, waited_s / 20))


async def answers(host: str, port: int) -> bool:
    """Tell whether somebody listens there."""
    try:
        async with asyncio.timeout(LOOK_S):
            _reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True
