"""Links by which the person shares single files: the hub's side makes, keeps and opens them."""

import asyncio
from typing import Any

from sardonyx_singleuser.keys_service import KeysError
from sardonyx_singleuser.language import N_, _
from sardonyx_singleuser.storage.errors import INVALID, StorageError
from sardonyx_singleuser.storage.files import Files
from sardonyx_singleuser.storage.keyring import Keyring

NONE_HERE = N_(
    "There are no links to files here: the people who run this place have switched them off."
    " Put the file into the place of a team, or download it and send it."
)


class Sharing:
    """Makes them."""

    def __init__(self, keyring: Keyring, files: Files) -> None:
        self._keyring, self._files = keyring, files

    async def offered(self) -> dict[str, int]:
        """Return how long a link may live.

        Raises:
            StorageError: there are none, or it cannot be said.
        """
        longest_s = await self._keyring.longest_link_s()
        if not longest_s:
            raise StorageError(_(NONE_HERE), INVALID)
        return {"longest_s": longest_s}

    async def link(self, path: str, life_s: int) -> dict[str, str]:
        """Return a new link to a file, and until when it works.

        The address has no host where the place does not know its own: then it is the one at which the person is.

        Raises:
            StorageError: there can be none.
        """
        await self.offered()
        spot, _found = await self._files.shared(path)
        try:
            made: dict[str, Any] = await asyncio.to_thread(self._keyring.service.link, spot.key, life_s)
        except KeysError as error:
            raise StorageError(str(error), INVALID) from error
        return {"address": str(made["address"]), "until": str(made["until"])}
