"""A file of the home on its way into the data store: read in pieces, as it was when that began."""

import asyncio
import os

from sardonyx_singleuser.language import _
from sardonyx_singleuser.storage.errors import CONFLICT, StorageError

PART = 8 << 20
"""In bytes: so much of a file is in memory at once."""


class HomeFile:
    """A file that is read in pieces, and is to stay as it was when that began.

    Args:
        number: of the open file, which is this one's to close.
    """

    def __init__(self, number: int) -> None:
        self._number, self._begun = number, os.fstat(number)
        self._left = self._begun.st_size

    @property
    def size(self) -> int:
        """In bytes, at the beginning."""
        return self._begun.st_size

    async def read(self, most: int = PART) -> bytes:
        """Return the next piece; b"" = that was all."""
        return await asyncio.to_thread(self._read, most)

    def _read(self, most: int) -> bytes:
        pieces: list[bytes] = []
        # A file that somebody writes to all the time has an end, too.
        left = min(most, self._left)
        while left and (piece := os.read(self._number, left)):
            pieces.append(piece)
            left -= len(piece)
            self._left -= len(piece)
        return b"".join(pieces)

    def check(self) -> None:
        """Make sure that what was read is one version of it.

        Raises:
            StorageError: it was written to meanwhile.
        """
        now = os.fstat(self._number)
        if (now.st_size, now.st_mtime_ns) != (self._begun.st_size, self._begun.st_mtime_ns):
            raise StorageError(
                _("Something wrote to it while it was sent. Wait until that is over, and send it again."), CONFLICT
            )

    def close(self) -> None:
        """Let go of it."""
        os.close(self._number)


def why_unreadable(error: OSError) -> str:
    """Return why a file of the home was not read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return _("It is not there any more.")
    if isinstance(error, PermissionError):
        return _("It cannot be read: you have no right to. In a terminal, `chmod u+r` gives it.")
    return _("It cannot be read: {why}.").format(why=error.strerror or error)
