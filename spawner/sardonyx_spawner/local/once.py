"""What is done once for a process, however many ask for it at the same time."""

import asyncio
from collections.abc import Callable, Coroutine

from sardonyx_spawner.local.process import ProcessId


class OncePerProcess:
    """Lets those who come while something is under way wait for it, and those who come later have its result.

    A result of None is not kept: nothing was done yet. Nor is a failure.
    """

    def __init__(self) -> None:
        self._process = ProcessId(0, 0)
        self._task: asyncio.Task[int | None] | None = None

    async def run(self, process: ProcessId, do: Callable[[], Coroutine[None, None, int | None]]) -> int | None:
        """Do it, or wait for whoever does; it goes on when somebody stops waiting."""
        if self._task is None or self._process != process or self._came_to_nothing(self._task):
            self._process, self._task = process, asyncio.ensure_future(do())
        return await asyncio.shield(self._task)

    @staticmethod
    def _came_to_nothing(task: asyncio.Task[int | None]) -> bool:
        return task.done() and (task.cancelled() or task.exception() is not None or task.result() is None)
