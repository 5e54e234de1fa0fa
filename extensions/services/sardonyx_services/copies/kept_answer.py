"""An answer of git's that many read at the same time, each as fast as they take it: while it is made, and after that."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from sardonyx_services.copies.git_answer import PART_BYTES, Head


class AnswerError(Exception):
    """git had no answer, or not all of it."""


class NoRoomError(AnswerError):
    """An answer cannot be kept."""


class KeptAnswer:
    """An answer in a file that has no name, and is gone with this process.

    Args:
        copy: that it is about.
        folder: on whose disk the file is.
        grown: called when there is more of it.

    Attributes:
        size: bytes that are there.
        expected: bytes that may become of it.
    """

    def __init__(self, copy: Path, folder: Path, grown: Callable[[], None] = lambda: None) -> None:
        self.copy = copy
        self.size = self.expected = self.readers = 0
        self.is_over = False
        self._grown = grown
        self._head: Head | None = None
        self._error: AnswerError | None = None
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - the last who reads it closes it
        self._news = asyncio.Condition()

    @property
    def room(self) -> int:
        """Bytes that are not for other answers."""
        return self.size if self.is_over else max(self.size, self.expected)

    async def begin(self, head: Head) -> None:
        """Take what is said first."""
        self._head = head
        await self._tell()

    async def take(self, part: bytes) -> None:
        """Take the next part."""
        await asyncio.to_thread(self._file.write, part)
        self.size += len(part)
        self._grown()
        await self._tell()

    async def end(self, error: AnswerError | None = None) -> None:
        """Take that this was all, or why it is not."""
        self.is_over, self._error = True, error
        await self._tell()

    async def head(self) -> Head:
        """Return what is said first, as soon as it is there.

        Raises:
            AnswerError: nothing is said.
        """
        await self._until(lambda: self._head is not None)
        if self._head is None:
            raise self._error or AnswerError
        return self._head

    async def part(self, position: int) -> bytes:
        """Return what comes at a position, as soon as it is there; b"" = that was all.

        Raises:
            AnswerError: it was not.
        """
        await self._until(lambda: self.size > position)
        if self.size > position:
            return await asyncio.to_thread(os.pread, self._file.fileno(), PART_BYTES, position)
        if self._error is not None:
            raise self._error
        return b""

    def close(self) -> None:
        """Give its room back."""
        self._file.close()

    async def _until(self, is_there: Callable[[], bool]) -> None:
        async with self._news:
            await self._news.wait_for(lambda: self.is_over or is_there())

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()
