"""Where the logs of a server on one machine are, and how they are read although its code may have replaced them."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sardonyx_spawner import contract
from sardonyx_spawner.language import _
from sardonyx_spawner.local.exposed_files import open_file
from sardonyx_spawner.local.folders import LOG_BYTES
from sardonyx_spawner.server_log import KEPT, LogNote, LogUnreadableError

PART_BYTES = 1 << 18
MOST_BYTES = 4 * LOG_BYTES
"""A log is cut every few seconds, and may have grown beyond its limit meanwhile; more is never read."""


@dataclass(frozen=True)
class FolderLogs:
    """The logs in the private folder of a server."""

    private: Path

    def notes(self) -> Mapping[int, LogNote]:
        """Return what there is by number, whatever it is."""
        found = {}
        for number in range(KEPT):
            with suppress(OSError):
                status = self._path(number).lstat()
                found[number] = LogNote(datetime.fromtimestamp(status.st_mtime, UTC), status.st_size)
        return found

    async def end(self, number: int, most: int) -> bytes:
        """Return at most so many bytes from the end of a log.

        Raises:
            LogUnreadableError: something else is in its place.
        """
        return await asyncio.to_thread(self._end, number, most)

    async def parts(self, number: int) -> AsyncIterator[bytes]:
        """Yield what a log holds now, a part at a time.

        Raises:
            LogUnreadableError: something else is in its place.
        """
        descriptor = self._open(number)
        try:
            size = os.fstat(descriptor).st_size
            at = max(0, size - MOST_BYTES)
            while part := await asyncio.to_thread(os.pread, descriptor, min(PART_BYTES, size - at), at):
                at += len(part)
                yield part
        finally:
            os.close(descriptor)

    def _end(self, number: int, most: int) -> bytes:
        descriptor = self._open(number)
        try:
            return os.pread(descriptor, most, max(0, os.fstat(descriptor).st_size - most))
        finally:
            os.close(descriptor)

    def _open(self, number: int) -> int:
        path = self._path(number)
        try:
            return open_file(path)
        except OSError as error:
            raise LogUnreadableError(
                _(
                    "There is something else in the place of this log, so it cannot be shown."
                    " Start the server again: the next one has a new log."
                )
            ) from error

    def _path(self, number: int) -> Path:
        return self.private / (f"{contract.LOG_FILE}.{number}" if number else contract.LOG_FILE)
