"""The logs of one server: of its Pod while that is there, and of the Pods before it, which the hub keeps the ends of."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sardonyx_spawner.kube.pod_log import PodLog
from sardonyx_spawner.server_log import KEPT, LogNote

KEPT_BYTES = 1 << 20


@dataclass(frozen=True)
class PodLogs:
    """The logs by number: 0 is the newest.

    Args:
        folder: of this server, in which only the hub writes; it need not be there.
        live: the log of the Pod that runs; None = none does.
    """

    folder: Path
    live: PodLog | None = None

    def notes(self) -> Mapping[int, LogNote]:
        """Return what there is by number."""
        found = {0: LogNote(datetime.now(UTC), 0)} if self.live is not None else {}
        for number in range(self._earlier, KEPT):
            with suppress(OSError):
                status = self._path(number).stat()
                found[number] = LogNote(datetime.fromtimestamp(status.st_mtime, UTC), status.st_size)
        return found

    async def end(self, number: int, most: int) -> bytes:
        """Return at most so many bytes from the end of a log.

        Raises:
            LogUnreadableError: the cluster does not say.
        """
        if number == 0 and self.live is not None:
            return await self.live.end(most)
        return (await asyncio.to_thread(self._path(number).read_bytes))[-most:]

    async def parts(self, number: int) -> AsyncIterator[bytes]:
        """Yield a log, a part at a time.

        Raises:
            LogUnreadableError: the cluster does not say.
        """
        if number == 0 and self.live is not None:
            async for part in self.live.parts():
                yield part
        else:
            yield await asyncio.to_thread(self._path(number).read_bytes)

    def keep(self, log: bytes) -> None:
        """Keep the log of a Pod that is going, before those that were kept."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in range(KEPT - 1, 0, -1):
            with suppress(FileNotFoundError):
                self._file(number - 1).replace(self._file(number))
        self._file(0).write_bytes(log[-KEPT_BYTES:])

    def remove(self) -> None:
        """Remove those that were kept."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def move_to(self, other: "PodLogs") -> None:
        """Let another server have those that were kept, in the place of its own."""
        other.remove()
        with suppress(FileNotFoundError):
            self.folder.rename(other.folder)

    @property
    def _earlier(self) -> int:
        return 0 if self.live is None else 1

    def _path(self, number: int) -> Path:
        return self._file(number - self._earlier)

    def _file(self, number: int) -> Path:
        return self.folder / f"server.log.{number}"
