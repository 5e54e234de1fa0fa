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
        self._descriptor: int | None = None
        try:
            self._descriptor = os.pidfd_open(process.pid)
        except ProcessLookupError:
            pass
        except (OSError, AttributeError):
            # The system or this Python has no such call, or there are too many open files: who polls will see it.
            return
        self._loop = asyncio.get_running_loop()
        if self._descriptor is not None:
            self._loop.add_reader(self._descriptor, self._ended)
        # It may have ended already, and its number may be another process's. Where that cannot be read, as with too many
        # open files, whoever polls will see it.
        with suppress(OSError):
            if not is_alive(process):
                self._loop.call_soon(self._ended)

    def close(self) -> None:
        """Watch no longer."""
        loop, self._loop = self._loop, None
        if loop is not None and self._descriptor is not None:
            loop.remove_reader(self._descriptor)
            os.close(self._descriptor)

    def _ended(self) -> None:
        if self._loop is not None:
            self.close()
            self._task = asyncio.ensure_future(self._on_end())
