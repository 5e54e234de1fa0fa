"""The keys to the places: got when they are needed, kept for a minute, never written down."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sardonyx_singleuser.keys_service import KeysError, KeysService
from sardonyx_singleuser.language import _
from sardonyx_singleuser.storage.errors import AWAY, StorageError
from sardonyx_singleuser.storage.places import Place, places_of
from sardonyx_singleuser.storage.signature import Keys

FRESH_S = 60.0
"""After so long it is asked again: somebody joined a class, or left it. The keys service gives the same keys again."""
LEAST_LEFT_S = 60.0


class Keyring:
    """Asks the keys service, in a thread: the server goes on meanwhile."""

    def __init__(self, service: KeysService, clock: Callable[[], float] = time.monotonic) -> None:
        self.service, self._clock = service, clock
        self._keys: dict[tuple[str, str, str], tuple[float, Keys]] = {}
        self._places: tuple[float, tuple[Place, ...]] | None = None
        self._access: dict[str, Any] = {}
        self._longest_link_s = 0
        self._until: str | None = None

    async def places(self) -> tuple[Place, ...]:
        """Return the places that there are now.

        Raises:
            StorageError: it cannot be said.
        """
        now = self._clock()
        if self._places is None or now - self._places[0] > FRESH_S:
            try:
                access = await asyncio.to_thread(self.service.access)
                self._places = now, places_of(access)
                self._access = access
                self._longest_link_s = int(access.get("longest_link_s", 0))
                self._until = _time(access.get("until"))
            except KeysError as error:
                raise StorageError(str(error), AWAY) from error
            except (KeyError, TypeError, ValueError) as error:
                raise StorageError(
                    _("The service that gives keys is of another version than this server. Start the server again."),
                    AWAY,
                ) from error
        return self._places[1]

    async def access(self) -> dict[str, Any]:
        """Return what the keys service says that this server reaches.

        Raises:
            StorageError: it cannot be said.
        """
        await self.places()
        return self._access

    async def longest_link_s(self) -> int:
        """Return how long links to files may live; 0 = there are none.

        Raises:
            StorageError: it cannot be said.
        """
        await self.places()
        return self._longest_link_s

    async def until(self) -> str | None:
        """Return when the usual keys end that programs of this server have now; None = none has asked for any.

        Raises:
            StorageError: it cannot be said.
        """
        await self.places()
        return self._until

    async def keys(self, group: str, prefix: str, access: str = "") -> Keys:
        """Return keys that reach a place, and nothing else.

        Args:
            prefix: of the place; "" = all that the group's keys reach.
            access: "read" = nothing can be written with them.

        Raises:
            StorageError: there are none now.
        """
        name, now = (group, prefix, access), self._clock()
        known = self._keys.get(name)
        if known is not None and now - known[0] <= FRESH_S and _left_s(known[1]) > LEAST_LEFT_S:
            return known[1]
        wish = {"prefix": prefix, "access": access}
        try:
            found = _read(
                await asyncio.to_thread(self.service.keys, group, {what: said for what, said in wish.items() if said})
            )
        except KeysError as error:
            if known is not None and _left_s(known[1]) > LEAST_LEFT_S:
                return known[1]
            raise StorageError(str(error), AWAY) from error
        self._keys[name] = now, found
        return found

    def look_again(self) -> None:
        """Ask anew for the places the next time: what is so in this minute counts."""
        self._places = None

    def forget(self) -> None:
        """Ask anew the next time: the store refuses the keys that there were."""
        self._keys.clear()
        self._places = None


def _read(given: dict[str, Any]) -> Keys:
    until = datetime.fromisoformat(str(given["Expiration"]))
    return Keys(str(given["AccessKeyId"]), str(given["SecretAccessKey"]), str(given["Token"]), until)


def _time(until: str | None) -> str | None:
    return datetime.fromisoformat(until).isoformat() if until is not None else None


def _left_s(keys: Keys) -> float:
    return (keys.until - datetime.now(UTC)).total_seconds()
