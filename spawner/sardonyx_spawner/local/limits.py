"""What servers on one machine may use at most: a control group each, made before the server and removed after it."""

import asyncio
import errno
import hashlib
import os
import signal
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from sardonyx_spawner.local.cgroup_places import CONTROLLERS, JOIN, MEMBERS, Place, find_places, write_limits
from sardonyx_spawner.local.exposed_files import read_end, write_new
from sardonyx_spawner.local.process import TICK_S

RECORD = "cgroups"
"""File in a server's private folder that names its groups: the next hub may be in another group itself."""
READABLE = 0o755
SET_ASIDE = 1536 << 20
"""What programs take and never write to counts for a process, not for a group: pyarrow 1 GB, Java half of one."""
PATIENCE_S = 1.0
MOST_NAMES = 100
MOST_RECORDED = 1 << 16
KILLS = ("memory.events", "memory.oom_control")
"""On cgroup v2, and on v1."""


@dataclass(frozen=True)
class Limits:
    """What one server may use.

    Args:
        memory: bytes, with what it keeps in /tmp and /dev/shm; None = no limit.
        cpu: cores; None = no limit.
        processes: processes and threads.
    """

    memory: int | None
    cpu: float | None
    processes: int


class ServerLimits:
    """The groups of all servers of one data folder.

    Args:
        places: where groups can be made; () = nowhere, and nothing is limited.
        servers: folder with the private folders of servers; each such folder has groups of its own.
    """

    def __init__(self, places: Sequence[Place], servers: Path) -> None:
        self._places, self._servers = places, servers
        self.name = f"sardonyx-{hashlib.sha256(str(servers).encode()).hexdigest()[:12]}"
        self._busy: set[Path] = set()

    @classmethod
    def find(cls, servers: Path) -> "ServerLimits":
        """Return what can be limited here."""
        return cls(find_places(), servers)

    @property
    def controllers(self) -> tuple[str, ...]:
        """What is limited: some of "memory", "pids" and "cpu"."""
        return tuple(name for name in CONTROLLERS if any(name in place.controllers for place in self._places))

    def make(self, private: Path, limits: Limits) -> tuple[str, ...]:
        """Make the groups of a server; return the files to which its first process writes 0, while it is one thread.

        Raises:
            OSError: the system refuses it; nothing is left then.
        """
        made: list[Path] = []
        try:
            for place in self._places:
                made.append(self._group(place, group_name(private)))
                most = {"memory": limits.memory, "pids": limits.processes}
                wanted = {n: value for n, value in most.items() if value is not None and n in place.controllers}
                write_limits(made[-1], place.version, wanted, cpu=limits.cpu)
            if made:
                write_new(private / RECORD, "".join(f"{group}\n" for group in made).encode())
        except OSError:
            for group in made:
                self._remove(group)
            raise
        return tuple(str(group / JOIN[place.version]) for group, place in zip(made, self._places, strict=True))

    def of_each_process(self, memory: int | None) -> int:
        """Return how much memory of its own each process of a server may have; 0 = no limit.

        Args:
            memory: of the server, bytes; None = no limit.
        """
        return 0 if memory is None or "memory" in self.controllers else memory + SET_ASIDE

    async def remove(self, private: Path) -> None:
        """Remove the groups of a server that ended; the last of its processes may need a moment."""
        groups = _recorded(private)
        await self._try_to_remove(groups)
        if not self._busy.isdisjoint(groups):
            # The server has ended, or never was one for the hub: nobody knows of what is still in there.
            for group in groups:
                _end_members(group)
            await self._try_to_remove(groups)
        if self._busy.isdisjoint(groups):
            (private / RECORD).unlink(missing_ok=True)
        for group in [*self._busy]:
            self._remove(group)

    async def _try_to_remove(self, groups: Sequence[Path]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                # The system tells nobody when a group is empty: look.
                while not all([self._remove(group) for group in groups]):  # noqa: ASYNC110, C419 - try each
                    await asyncio.sleep(TICK_S)

    async def sweep(self, known: Collection[int]) -> None:
        """End and remove what hubs left that crashed.

        Args:
            known: the first processes of the servers that go on.
        """
        ours = [place.folder / self.name for place in self._places]
        recorded = {file: _recorded(file.parent) for file in self._servers.glob(f"*/*/{RECORD}")}
        found = {*chain(*recorded.values()), *(group for folder in ours for group in folder.glob("*/"))}
        left = [group for group in found if _members(group).isdisjoint(known)]
        for group in left:
            _end_members(group)
        await self._try_to_remove(left)
        for file, groups in recorded.items():
            if not any(group.exists() for group in groups):
                file.unlink(missing_ok=True)
        for folder in ours:
            with suppress(OSError):
                folder.rmdir()

    def _group(self, place: Place, name: str) -> Path:
        folder = place.folder / self.name
        for number in range(MOST_NAMES):
            group = folder / (f"{name}-{number}" if number else name)
            # Not one that is there: it counts what was killed in it.
            if self._remove(group):
                place.open(self.name)
                group.mkdir()
                # Its server is shown it, to read; nobody else comes past the folder above.
                group.chmod(READABLE)
                return group
        raise OSError(errno.EBUSY, f"{folder / name} and {MOST_NAMES} others like it are in use")

    def _remove(self, group: Path) -> bool:
        """Remove a group; return False if it is still in use."""
        try:
            group.rmdir()
        except FileNotFoundError:
            self._busy.discard(group)
            return True
        except OSError:
            self._busy.add(group)
            return False
        self._busy.discard(group)
        # The one around them, with the last.
        if group.parent.name == self.name:
            with suppress(OSError):
                group.parent.rmdir()
        return True


def group_name(private: Path) -> str:
    """Return the name of a server's group: the person's id and the server, which may be called anything."""
    server = private.name if private.name.isalnum() else hashlib.sha256(os.fsencode(private.name)).hexdigest()[:12]
    return f"{private.parent.name}-{server}"


def recorded_groups(private: Path) -> list[str]:
    """Return the folders of a server's groups; [] = it has none."""
    return os.fsdecode(read_end(private / RECORD, MOST_RECORDED)).splitlines()


def killed_for_memory(private: Path) -> int:
    """Return how many processes of a server were ended because it used more memory than it may; 0 if unknown."""
    for file in (group / name for group in _recorded(private) for name in KILLS):
        with suppress(OSError):
            lines = (line.split() for line in file.read_text().splitlines())
            return sum(int(line[1]) for line in lines if line[0] == "oom_kill")
    return 0


def _members(group: Path) -> set[int]:
    try:
        return set(map(int, (group / MEMBERS).read_text().split()))
    except OSError:
        return set()


def _end_members(group: Path) -> None:
    # 0 is a process that this process cannot see.
    for member in _members(group) - {0, os.getpid()}:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(member, signal.SIGKILL)


def _recorded(private: Path) -> list[Path]:
    return [Path(group) for group in recorded_groups(private)]
