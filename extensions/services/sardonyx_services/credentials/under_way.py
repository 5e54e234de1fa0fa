"""What several ask for at a time, and is done once for all of them."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


class UnderWay(Generic[Key, Result]):
    """Who comes while it is under way waits for it; who comes later has it done anew."""

    def __init__(self) -> None:
        self._tasks: dict[Key, asyncio.Task[Result]] = {}

    async def once(self, key: Key, do: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Do it, or wait for whoever does; it goes on when somebody stops waiting."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.create_task(do())
            task.add_done_callback(lambda _done: self._tasks.pop(key, None))
        return await asyncio.shield(task)
