"""Sends what is handed in: as it is on the disk, piece by piece, each file as a whole or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from sardonyx_singleuser.language import _
from sardonyx_singleuser.storage.chosen import open_chosen
from sardonyx_singleuser.storage.delivery import Delivery
from sardonyx_singleuser.storage.errors import AWAY, FORBIDDEN, NOT_FOUND, StorageError
from sardonyx_singleuser.storage.hand_in_places import NOT_THERE, OPEN, OVER, HandInPlace, said
from sardonyx_singleuser.storage.handed import Before
from sardonyx_singleuser.storage.home_file import PART, HomeFile, why_unreadable
from sardonyx_singleuser.storage.places import Spot
from sardonyx_singleuser.storage.store import NO_ROOM, in_turns
from sardonyx_singleuser.storage.uploads import Uploads

SMALL = 1 << 20
"""In bytes: of such files several are on their way at once."""
FOR_ALL = frozenset({AWAY, NO_ROOM})
"""What the store answers to one file, and would to all others."""


class Sender:
    """Sends it.

    Args:
        look_again: returns a place as it is now; None = there is none any more.
    """

    def __init__(
        self,
        home: Path,
        uploads: Uploads,
        look_again: Callable[[str], Awaitable[HandInPlace | None]],
        clock: Callable[[], datetime],
    ) -> None:
        self._home, self._uploads, self._look_again, self._clock = home, uploads, look_again, clock

    async def send(self, delivery: Delivery, before: Before) -> None:
        """Send all of it; what came of each file is in it then.

        Args:
            before: what was handed in until now.

        Raises:
            StorageError: it cannot be said any more what is handed in where.
        """
        small = [path for path, size in delivery.files.items() if size <= SMALL]
        await in_turns([partial(self._send_one, delivery, before, path) for path in small])
        for path in [path for path, size in delivery.files.items() if size > SMALL]:
            await self._send_one(delivery, before, path)

    async def _send_one(self, delivery: Delivery, before: Before, path: str) -> None:
        if delivery.stopped:
            return
        if fault := _fault(before, path, delivery.agreed[path]):
            delivery.failed[path] = fault
            return
        try:
            await self._check_time(delivery)
            await self._file(delivery, path)
        except StorageError as error:
            await self._note(delivery, path, error)
        except OSError as error:
            delivery.failed[path] = why_unreadable(error)
        else:
            delivery.handed.add(path)

    async def _note(self, delivery: Delivery, path: str, error: StorageError) -> None:
        if error.status in {AWAY, FORBIDDEN, NOT_FOUND} and not delivery.stopped:
            await self._see_whether_it_is_open(delivery)
        if delivery.stopped:
            return
        if error.status in FOR_ALL:
            delivery.stopped = str(error)
        else:
            delivery.failed[path] = str(error)

    async def _see_whether_it_is_open(self, delivery: Delivery) -> None:
        try:
            found = await self._look_again(delivery.where.group)
        except StorageError as error:
            delivery.stopped = str(error)
            return
        if found is None:
            delivery.stopped = _(NOT_THERE)
            return
        delivery.where = found
        state = found.state(self._clock())
        if state != OPEN:
            delivery.stopped = said(state)

    async def _file(self, delivery: Delivery, path: str) -> None:
        spot = Spot(delivery.where.place, path)
        source = HomeFile(await asyncio.to_thread(open_chosen, self._home, path))
        try:
            if source.size <= PART:
                body = await source.read()
                source.check()
                await self._uploads.put(spot, body)
                delivery.sent += len(body)
            else:
                await self._parts(delivery, spot, source)
        finally:
            source.close()

    async def _parts(self, delivery: Delivery, spot: Spot, source: HomeFile) -> None:
        upload = await self._uploads.begin(spot)
        tags: list[str] = []
        try:
            while body := await source.read():
                # While the keys of before are still taken, so that nothing of it is left.
                await self._check_time(delivery)
                tags.append(await self._uploads.put_part(spot, upload, len(tags) + 1, body))
                delivery.sent += len(body)
            source.check()
            await self._check_time(delivery)
            await self._uploads.end(spot, upload, tags)
        except (StorageError, OSError, asyncio.CancelledError):
            # Parts are in no listing. Where the place takes nothing more, the store does not throw them away either.
            with suppress(StorageError):
                await self._uploads.abandon(spot, upload)
            raise

    async def _check_time(self, delivery: Delivery) -> None:
        """Look whether there is time; the server's own clock counts too, as keys live on for minutes with some stores.

        Raises:
            StorageError: there is none, and nobody has given more.
        """
        if delivery.where.state(self._clock()) == OVER:
            await self._see_whether_it_is_open(delivery)
        if delivery.stopped:
            raise StorageError(delivery.stopped, FORBIDDEN)


def _fault(before: Before, path: str, agreed: str) -> str:
    """Return why a file is not sent, though it could be; "" = it is."""
    if taken := before.in_the_way_of(path):
        said = _("“{name}” was handed in before, and a file and a folder cannot have one name. Remove it there first.")
        return said.format(name=taken)
    if before.changed_since(path, agreed):
        return _("It was handed in from elsewhere meanwhile. Look at what is there, and hand it in again.")
    return ""
