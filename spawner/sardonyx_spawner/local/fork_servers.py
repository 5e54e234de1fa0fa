"""The fork servers of this machine: one for each Python environment, and those that earlier hubs have left running."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sardonyx_spawner.local.fork_client import ForkServer
from sardonyx_spawner.local.process import ProcessId


@dataclass
class ForkServers:
    """All of them.

    Args:
        folder: for their own folders.
        idle_s: one ends after so many seconds without a server and a request.
        preimport: libraries that kernels of an environment have imported when they begin; others have the usual ones.
    """

    folder: Path
    idle_s: float
    preimport: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    _known: dict[Path, ForkServer] = field(default_factory=dict, init=False, repr=False)

    def of(self, prefix: Path) -> ForkServer:
        """Return that of an environment, whether it runs or not."""
        if prefix not in self._known:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self._known[prefix] = ForkServer.of(self.folder, prefix, self.idle_s, self.preimport.get(prefix))
        return self._known[prefix]

    async def rest(self) -> None:
        """Let those of this hub end as soon as they have no server."""
        for server in self._known.values():
            await server.rest()

    async def ended(self, process: ProcessId) -> int | None:
        """Return how a server ended, as its first process left; None = nobody knows."""
        for folder in self.folder.glob("*/"):
            found = (await ForkServer(folder, Path(), self.idle_s).ask(process.pid)).get("exit")
            if isinstance(found, int):
                return found
        return None
