"""Learns of the end of a process at once, also of one that is nobody's child here."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from sardonyx_spawner.local.process import ProcessId, is_alive


class EndWatch:
    """Calls once when a process ends; where the system cannot tell (before Linux 5.3), never."""

    def __init__(self, process: ProcessId, on_end: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._on_end = on_end
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        try:
            self._descriptor = os.pidfd_open(process.pid)
        except (OSError, AttributeError):
            # Ended already, or the system or this Python has no such call: who polls will see it.
            return
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._descriptor, self._ended)
        # The number may have been another process's by then.
        if not is_alive(process):
            self._loop.call_soon(self._ended)

    def close(self) -> None:
        """Watch no longer."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.remove_reader(self._descriptor)
            with suppress(OSError):
                os.close(self._descriptor)

    def _ended(self) -> None:
        if self._loop is not None:
            self.close()
            self._task = asyncio.ensure_future(self._on_end())
