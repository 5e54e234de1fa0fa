"""The store with the person's keys: each request has those of its place, and others when the store wants others."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sardonyx_singleuser.language import N_, _
from sardonyx_singleuser.storage.errors import AWAY, FORBIDDEN, StorageError
from sardonyx_singleuser.storage.keyring import Keyring
from sardonyx_singleuser.storage.places import Place, Spot, group_of, removable_spot, spot_of, writable_spot
from sardonyx_singleuser.storage.signature import Keys
from sardonyx_singleuser.storage.store import DeadKeysError, Store

T = TypeVar("T")
REFUSED = N_(
    "The data store refuses the keys that it is given. Try again in a minute; if it stays so, start the server again."
)


class Reach:
    """What the server can do in the store."""

    def __init__(self, keyring: Keyring, store: Store) -> None:
        self.keyring, self.store = keyring, store

    async def spot(self, path: str) -> Spot:
        """Return where a path is.

        Raises:
            StorageError: nowhere, or that cannot be said now.
        """
        return spot_of(path, await self.keyring.places())

    async def writable(self, path: str) -> Spot:
        """Return where a path is, to write there.

        Raises:
            StorageError: nowhere, or it may not be written.
        """
        return writable_spot(path, await self.keyring.places())

    async def removable(self, path: str) -> Spot:
        """Return where a path is, to delete what is there.

        Raises:
            StorageError: nowhere, or it may not be deleted.
        """
        return removable_spot(path, await self.keyring.places())

    async def of(self, place: Place, do: Callable[[Keys], Awaitable[T]], access: str = "") -> T:
        """Do something with keys that reach this place only.

        Args:
            access: "read" = they write nothing.

        Raises:
            StorageError: it cannot be done.
        """
        return await self._with(place.group, place.prefix, access, do)

    async def between(self, source: Place, target: Place, do: Callable[[Keys], Awaitable[T]]) -> T:
        """Do something with keys that reach two places.

        Raises:
            StorageError: there are none, or it cannot be done.
        """
        if source == target:
            return await self.of(source, do)
        return await self._with(group_of(source, target), "", "", do)

    async def _with(self, group: str, prefix: str, access: str, do: Callable[[Keys], Awaitable[T]]) -> T:
        try:
            return await do(await self.keyring.keys(group, prefix, access))
        except DeadKeysError:
            self.keyring.forget()
        except StorageError as error:
            if error.status != FORBIDDEN:
                raise
            # Such as those that write what is only read by now: the store takes them for nothing any more.
            self.keyring.forget()
        try:
            return await do(await self.keyring.keys(group, prefix, access))
        except DeadKeysError as error:
            raise StorageError(_(REFUSED), AWAY) from error
