"""Files that are handed out to a class or an event: kept in what it shares, and put beside what everybody has who is here."""

from base64 import b64encode
from pathlib import PurePosixPath

from botocore.exceptions import BotoCoreError, ClientError
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.live.runs import Run
from sardonyx_services.people.web.live.servers import GroupServers
from sardonyx_services.people.web.store_door import StoreAwayError, StoreDoor
from sardonyx_spawner.language import _

LARGEST = 1 << 20
"""Bytes of one file: it goes to all at once, and a server takes no more."""
LONGEST_NAME = 200


class HandOuts:
    """Hands out files; who may is asked of the servers, and of the store by the keys."""

    def __init__(self, servers: GroupServers, door: StoreDoor) -> None:
        self._servers, self._door = servers, door

    async def hand_out(self, caller: Caller, group: str, name: str, content: bytes) -> Run:
        """Hand out a file: to everybody whose server runs, in the background, and to others where it is shared.

        Args:
            name: of the file; of a path the last part.

        Raises:
            RefusedError: the caller may not, it is none or too large, or the last go is not through.
            AwayError: hub or store do not answer; nothing was handed out.
        """
        await self._servers.be_free(caller, group)
        name = checked_name(name)
        if len(content) > LARGEST:
            raise RefusedError(_("A file that is handed out has 1 MB at most. Put a larger one into what is shared."))
        await run_in_threadpool(self._keep, caller.name, group, name, content)
        word = {"hand_out": name, "content": b64encode(content).decode()}
        return await self._servers.speak(caller, group, "hand-out", word, name)

    def _keep(self, caller: str, group: str, name: str, content: bytes) -> None:
        store = self._door.client("hand-out", {"name": caller, "group": self._servers.profile(group)})
        key = f"{self._servers.kind}/{group}/shared/handed-out/{name}"
        try:
            store.put_object(Bucket=self._door.bucket, Key=key, Body=content)
        except (BotoCoreError, ClientError) as error:
            raise StoreAwayError from error


def checked_name(text: str) -> str:
    """Return the name of a file, without the folders that some browsers send with it.

    Raises:
        RefusedError: it is none, or it could not be seen.
    """
    name = PurePosixPath(text.replace("\\", "/")).name.strip()
    if not name or name.startswith(".") or not name.isprintable() or len(name) > LONGEST_NAME:
        raise RefusedError(_("Choose a file whose name can be seen, does not begin with a dot, and is not too long."))
    return name
