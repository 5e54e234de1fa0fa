"""What JupyterHub's spawner for one machine knows of a server's folders, from its first start until it is deleted."""

import asyncio

from traitlets import Any as AnyTrait

from sardonyx_spawner.errors import UserError
from sardonyx_spawner.language import Said
from sardonyx_spawner.local.folders import ServerFolders
from sardonyx_spawner.local.logs import FolderLogs
from sardonyx_spawner.local.memory_use import memory_used
from sardonyx_spawner.local.process import NO_PROCESS
from sardonyx_spawner.team_spawner import TeamSpawner
from sardonyx_spawner.troubles import TROUBLES


class FolderSpawner(TeamSpawner):
    """Mix-in of the spawner: finds the folders of its server, moves them with its name, and removes them with it."""

    homes = AnyTrait(help="Folder with one home per person (a Path).").tag(config=True)
    servers = AnyTrait(help="Folder for plan, progress and log of each server (a Path).").tag(config=True)

    # Given by JupyterHub's Spawner.
    name: str

    process = NO_PROCESS

    @property
    def folders(self) -> ServerFolders:
        """The folders of this server."""
        return self._folders_of(self.name, self.running.owner_id or self.person().id)

    @property
    def memory_used(self) -> int | None:
        """Bytes of memory that the server uses now; None = that is not known."""
        return memory_used(self.folders.private) if self.process.pid else None

    @property
    def logs(self) -> FolderLogs:
        """What this server wrote, and the ones before it."""
        return FolderLogs(self.folders.private)

    @property
    def stop_reason(self) -> str:
        """Why the last server ended, in words for the person; kept in a file, because JupyterHub makes a new object."""
        try:
            return self.folders.why_ended()
        except UserError:
            # Nobody has signed in under this name.
            return ""

    def note_end(self, why: Said) -> None:
        """Keep why the server ends."""
        self.folders.note_end(why)

    async def delete_forever(self) -> None:
        """Remove what a server leaves that was deleted, or whose owner was; the home of a person stays."""
        TROUBLES.forget(self._key)
        owner = self._owner()
        if owner:
            await asyncio.to_thread(self._folders_of(self.name, owner).remove)
            self.log.info("Removed log and plan of %s", self._log_name)

    async def rename(self, old_name: str, new_name: str) -> None:
        """Let the logs of a server that gets another name come with it."""
        owner = self._owner()
        if owner:
            new = self._folders_of(new_name, owner)
            await asyncio.to_thread(self._folders_of(old_name, owner).move_to, new)

    def _owner(self) -> str:
        """Return whose the server is, or was when it last ran; "" if nobody ever started it."""
        known = self.running.owner_id or self.running.last_owner
        try:
            return known or self.person().id
        except UserError:
            return ""

    def _folders_of(self, name: str, person: str) -> ServerFolders:
        return ServerFolders.of(self.homes, self.servers, person, name, fresh=self.running.fresh)
