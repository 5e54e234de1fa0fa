"""The person's files in the data store, to look at: by path, as the file browser has it."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from functools import partial
from typing import Any

from sardonyx_singleuser.language import _
from sardonyx_singleuser.storage.entries import FILE, FOLDER
from sardonyx_singleuser.storage.errors import NOT_FOUND, StorageError
from sardonyx_singleuser.storage.places import Spot
from sardonyx_singleuser.storage.reach import Reach
from sardonyx_singleuser.storage.store import Found

PAGE = 1000
"""So many entries are given at once: as many as S3 lists in one answer."""
MOST_COUNTED = 10_000
BLOCK = 4 << 20
"""In bytes: so much of a file is in memory while it is downloaded."""


class Files:
    """Answers what there is."""

    def __init__(self, reach: Reach) -> None:
        self._reach, self._store = reach, reach.store

    async def folder(self, path: str, after: str) -> dict[str, Any]:
        """Return a part of what is in a folder; path "" = the places.

        Args:
            after: as the part before said; "" = the first.

        Raises:
            StorageError: it cannot be listed.
        """
        if not path:
            return {"entries": await self._places(), "unnamed": 0, "after": "", "may_write": False, "is_full": False}
        spot = await self._reach.spot(path)
        page = await self._reach.of(spot.place, lambda keys: self._store.page(keys, spot.prefix, after, PAGE))
        if spot.path and not after and not page.keys and not page.entries:
            raise StorageError(_("There is no folder “{name}” any more.").format(name=spot.name), NOT_FOUND)
        return {
            "entries": [asdict(entry) for entry in page.entries],
            "unnamed": page.unnamed,
            "after": page.after,
            "may_write": spot.place.may_write,
            "is_full": spot.place.is_full,
        }

    async def about(self, path: str) -> dict[str, Any]:
        """Return what is known of a file or folder.

        Raises:
            StorageError: there is none, or it cannot be said.
        """
        if not path:
            return {"name": "", "kind": FOLDER, "size": None, "modified": "", "may_write": False, "address": ""}
        spot = await self._reach.spot(path)
        found = await self.find(spot) if spot.path else None
        if found is None and spot.path and not await self.is_folder(spot):
            raise StorageError(_("There is no “{name}” here any more.").format(name=spot.name), NOT_FOUND)
        return {
            "name": spot.name,
            "kind": FOLDER if found is None else FILE,
            "size": found and found.size,
            "modified": found.modified if found else "",
            "may_write": spot.place.may_write,
            "address": f"s3://{self._store.bucket}/{spot.prefix if found is None else spot.key}",
        }

    async def find(self, spot: Spot) -> Found | None:
        """Return what is known of a file; None = there is none.

        Raises:
            StorageError: it cannot be said.
        """
        return await self._reach.of(spot.place, lambda keys: self._store.find(keys, spot.key))

    async def file(self, path: str) -> tuple[Spot, Found]:
        """Return a file that is there.

        Raises:
            StorageError: there is none, or it cannot be said.
        """
        spot = await self._reach.spot(path)
        found = await self.find(spot) if spot.path else None
        if found is None:
            raise StorageError(_("There is no file “{name}” here any more.").format(name=spot.name), NOT_FOUND)
        return spot, found

    async def shared(self, path: str) -> tuple[Spot, Found]:
        """Return a file that is there, to share it.

        Raises:
            StorageError: it is a folder, or there is none, or it cannot be said.
        """
        spot = await self._reach.spot(path)
        if not spot.path or (await self.find(spot) is None and await self.is_folder(spot)):
            raise StorageError(
                _(
                    "“{name}” is a folder, and a link opens one file."
                    " Make an archive of it in a terminal, such as a .zip, and share that."
                ).format(name=spot.name)
            )
        return await self.file(path)

    async def is_folder(self, spot: Spot) -> bool:
        """Tell whether something is in a folder, or stands for it.

        Raises:
            StorageError: it cannot be said.
        """
        page = await self._reach.of(spot.place, lambda keys: self._store.page(keys, spot.prefix, "", 1))
        return bool(page.keys or page.entries or page.unnamed)

    async def keys_in(self, spot: Spot, most: int) -> list[str]:
        """Return the keys of all that is in a folder, with what stands for it; no more than a page above the most.

        Raises:
            StorageError: it cannot be said.
        """
        found: list[str] = []
        after = ""
        while len(found) <= most:
            ask = partial(self._store.page, prefix=spot.prefix, after=after, most=PAGE, whole=True)
            page = await self._reach.of(spot.place, ask)
            found += page.keys
            after = page.after
            if not after:
                break
        return found

    async def sizes_in(self, spot: Spot, most: int) -> dict[str, int]:
        """Return the files in a folder, path below it -> bytes; no more than a page above the most.

        Raises:
            StorageError: it cannot be said.
        """
        found: dict[str, int] = {}
        after = ""
        while len(found) <= most:
            ask = partial(self._store.page, prefix=spot.prefix, after=after, most=PAGE, whole=True)
            page = await self._reach.of(spot.place, ask)
            found |= {entry.name: entry.size or 0 for entry in page.entries}
            after = page.after
            if not after:
                break
        return found

    async def key(self) -> dict[str, str | None]:
        """Return until when the usual keys work that programs of this server have; None = they have none yet.

        Raises:
            StorageError: it cannot be said.
        """
        return {"until": await self._reach.keyring.until()}

    async def count(self, path: str) -> dict[str, Any]:
        """Return how many files are in a folder, or that they are more than one would count.

        Raises:
            StorageError: it cannot be said.
        """
        spot = await self._reach.spot(path)
        keys = [key for key in await self.keys_in(spot, MOST_COUNTED) if not key.endswith("/")]
        return {"files": min(len(keys), MOST_COUNTED), "is_more": len(keys) > MOST_COUNTED}

    async def blocks(self, spot: Spot, found: Found) -> AsyncIterator[bytes]:
        """Return a file, block by block; each is asked for when the one before was taken.

        Raises:
            StorageError: it cannot be read, or it was changed meanwhile.
        """
        for first in range(0, found.size, BLOCK):
            ask = partial(self._store.read, key=spot.key, first=first, count=BLOCK, tag=found.tag)
            yield await self._reach.of(spot.place, ask)

    async def _places(self) -> list[dict[str, Any]]:
        return [
            {
                "name": place.name,
                "kind": FOLDER,
                "size": None,
                "modified": "",
                "what": place.what,
                "hands_in": place.takes_hand_ins,
            }
            for place in await self._reach.keyring.places()
        ]
