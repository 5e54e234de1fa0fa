"""Homes that go with their server: where they are, how large, and which of them nobody has any more."""

from dataclasses import dataclass
from pathlib import Path

from sardonyx_spawner import contract
from sardonyx_spawner.amounts import say_memory
from sardonyx_spawner.language import Said, _
from sardonyx_spawner.local.folders import FRESH_HOME, TEMPORARY
from sardonyx_spawner.local.leftovers import noted
from sardonyx_spawner.local.process import is_alive, marked
from sardonyx_spawner.local.removal import ASIDE, remove, take_away

SMALLEST, USUAL = 64 << 20, 512 << 20


@dataclass(frozen=True)
class FreshHomes:
    """Where the operator wants them.

    Args:
        in_memory: False = in a folder, which is removed at the stop. Without a sandbox they always are.
        size: bytes of one in memory; None = as much as other folders in memory get.
    """

    in_memory: bool = True
    size: int | None = None

    def bytes_for(self, memory: int | None, wanted: int | None = None) -> int:
        """Return the size of one in memory, 0 for one in a folder.

        Args:
            memory: of the server; None = no limit.
            wanted: by what was chosen; None = nothing is.
        """
        if not self.in_memory:
            return 0
        size = wanted or self.size
        return share_of(memory) if size is None else size


def share_of(memory: int | None) -> int:
    """Return how large a folder in memory is: half of the server's memory, of which it is a part."""
    return max(SMALLEST, memory // 2) if memory else USUAL


def clear_left_folders(servers: Path) -> int:
    """Remove what goes with servers that run no more: hubs have crashed, or the machine has; return how many there were.

    Only before anybody can start a server: what a start has just prepared has no process yet.
    """
    running, count = marked(), 0
    for private in servers.glob("*/*/"):
        if private.name.startswith(ASIDE):
            remove(private)
            continue
        for left in private.glob(f"{ASIDE}*"):
            remove(left)
        process = noted(private)
        is_in_use = str(private / contract.PLAN_FILE) in running or (process is not None and is_alive(process))
        for name in () if is_in_use else (FRESH_HOME, TEMPORARY):
            if (private / name).exists():
                take_away(private / name)
                count += 1
    return count


def say_made(size: int) -> Said:
    """Say that a server has an empty home of so many bytes."""
    return _("Made an empty home of {amount}: it is gone when the server stops").format(amount=say_memory(size))
