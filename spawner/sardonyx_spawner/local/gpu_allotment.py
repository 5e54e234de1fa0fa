"""Who has which GPU: each server its own, written down, so that a hub that starts again gives none of them twice."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sardonyx_spawner.amounts import say_gpus
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.language import Said, _, in_a_row, ngettext
from sardonyx_spawner.local.exposed_files import write_new
from sardonyx_spawner.local.gpus import Gpu, Sources, find_gpus, gpu_variables
from sardonyx_spawner.local.process import ProcessId, is_alive
from sardonyx_spawner.quota_words import say_free
from sardonyx_spawner.quotas import Claim

FILE = "gpus"
"""In a server's private folder, which no server can see."""


class NoGpuError(UserError):
    """The GPUs that were asked for cannot be had."""


@dataclass(frozen=True)
class Held:
    """What one server has.

    Args:
        process: None = it is being started.
    """

    names: tuple[str, ...]
    process: ProcessId | None

    @property
    def is_held(self) -> bool:
        """Whether the server starts or runs; GPUs of one that ended are free, whoever saw it end."""
        return self.process is None or is_alive(self.process)


class GivenGpus:
    """The GPUs of one server that is being started."""

    def __init__(self, allotment: "GpuAllotment", private: Path, gpus: tuple[Gpu, ...]) -> None:
        self._allotment, self._private = allotment, private
        self.gpus = gpus

    @property
    def nodes(self) -> tuple[str, ...]:
        """The device nodes, below the folder of devices."""
        return tuple(dict.fromkeys(node for gpu in self.gpus for node in gpu.nodes))

    @property
    def folders(self) -> tuple[str, ...]:
        """What of /sys their libraries read."""
        return tuple(dict.fromkeys(folder for gpu in self.gpus for folder in gpu.folders))

    @property
    def dev(self) -> Path:
        """The folder of devices."""
        return self._allotment.sources.dev

    def variables(self, *, hides_others: bool) -> dict[str, str]:
        """Return what a server is told of its GPUs.

        Args:
            hides_others: it can open no others.
        """
        return gpu_variables(self.gpus, self._allotment.found, hides_others=hides_others)

    def keep(self, process: ProcessId) -> None:
        """Write down which process has them: they are its own until it ends."""
        if self.gpus:
            self._allotment.note(self._private, Held(tuple(gpu.name for gpu in self.gpus), process))


class GpuAllotment:
    """Gives out the GPUs of this machine.

    Args:
        servers: folder with the private folders of servers; None = nobody gets a GPU.
        only: names of the GPUs that servers get; None = all.
        servers_per_gpu: how many servers may have the same one.
    """

    def __init__(
        self,
        servers: Path | None = None,
        *,
        only: Sequence[str] | None = None,
        servers_per_gpu: int = 1,
        sources: Sources | None = None,
    ) -> None:
        self._servers, self._only, self._per_gpu = servers, only, servers_per_gpu
        self.sources = sources or Sources()
        self.found: tuple[Gpu, ...] = ()
        self._held: dict[Path, Held] | None = None

    @asynccontextmanager
    async def given(self, private: Path, count: int, claims: Sequence[Claim] = ()) -> AsyncIterator[GivenGpus]:
        """Give a server its GPUs; they are free again after the block, unless the server keeps them.

        Args:
            claims: of the other servers here, to say when one is free.

        Raises:
            NoGpuError: there are not so many, or not so many are free.
        """
        if self._servers is None:
            found: tuple[Gpu, ...] = ()
        else:
            # Each time: a driver may come later, and looking is cheap.
            found = await asyncio.to_thread(find_gpus, self.sources)
        self.found = found
        given = self._take(private, count, claims)
        try:
            yield given
        finally:
            held = self._known().get(private)
            if held is not None and held.process is None:
                self.free(private)

    def say_use(self, claims: Sequence[Claim]) -> list[Said]:
        """Say how many GPUs servers have, and when one of them ends; [] = there are none.

        Args:
            claims: of the servers here.
        """
        self.found = find_gpus(self.sources) if self._servers is not None else ()
        there = len(self._offered()) * self._per_gpu
        used = sum(len(held.names) for held in self._known().values() if held.is_held)
        if not there:
            return []
        said = ngettext("{used} of {there} GPU is in use.", "{used} of {there} GPUs are in use.", there)
        return [said.format(used=used, there=there), *(say_free(claims, "gpus") if used >= there else [])]

    def note(self, private: Path, held: Held) -> None:
        """Write down what a server has."""
        self._known()[private] = held
        if held.process is not None:
            told = {"gpus": held.names, "pid": held.process.pid, "began": held.process.began}
            write_new(private / FILE, json.dumps(told).encode())

    def free(self, private: Path) -> None:
        """Take the GPUs of a server back; it has ended."""
        self._known().pop(private, None)
        (private / FILE).unlink(missing_ok=True)

    def _take(self, private: Path, count: int, claims: Sequence[Claim]) -> GivenGpus:
        # What it had belongs to a server that has ended: there is one at a time.
        self.free(private)
        held = {path: held for path, held in self._known().items() if held.is_held}
        taken = Counter(name for one in held.values() for name in one.names)
        is_own = any(path.parent == private.parent for path in held)
        gpus = choose(self._offered(), taken, count, self._per_gpu, has_one=is_own, claims=claims)
        if gpus:
            self.note(private, Held(tuple(gpu.name for gpu in gpus), None))
        return GivenGpus(self, private, gpus)

    def _offered(self) -> list[Gpu]:
        return [gpu for gpu in self.found if self._only is None or gpu.name in self._only]

    def _known(self) -> dict[Path, Held]:
        if self._held is None:
            files = self._servers.glob(f"*/*/{FILE}") if self._servers is not None else ()
            noted = {file.parent: _read(file) for file in files}
            self._held = {private: held for private, held in noted.items() if held is not None and held.is_held}
        return self._held


def choose(
    found: Sequence[Gpu],
    taken: Mapping[str, int],
    count: int,
    servers_per_gpu: int,
    *,
    has_one: bool = False,
    claims: Sequence[Claim] = (),
) -> tuple[Gpu, ...]:
    """Return GPUs for a server, all of one kind, those that the fewest servers have.

    Args:
        taken: name -> how many servers have it.
        has_one: another server of the same person has some.
        claims: of the other servers here.

    Raises:
        NoGpuError: there are not so many, or not so many are free.
    """
    if count == 0:
        return ()
    kinds = [[gpu for gpu in found if gpu.kind == kind] for kind in ("nvidia", "amd")]
    most = max(map(len, kinds))
    if most < count:
        raise NoGpuError(_too_few(most, count))
    free = [[gpu for gpu in gpus if taken.get(gpu.name, 0) < servers_per_gpu] for gpus in kinds]
    best = max(free, key=len)
    if len(best) < count:
        raise NoGpuError(in_a_row([_in_use(most, len(best), count, has_one=has_one), *say_free(claims, "gpus")]))
    return tuple(sorted(best, key=lambda gpu: (taken.get(gpu.name, 0), gpu.place))[:count])


def _too_few(there: int, count: int) -> Said:
    if not there:
        return _("This machine has no GPU for servers. Choose a server without one.")
    return _("This machine has {gpus}, and you asked for {count}. Choose fewer.").format(
        gpus=say_gpus(there), count=count
    )


def _in_use(there: int, free: int, count: int, *, has_one: bool) -> Said:
    then = _("Stop your other server that has one, or try again later.") if has_one else _("Try again later.")
    if not free:
        text = _("All GPUs are in use: this machine has {there}, and you asked for {count}.")
    else:
        text = ngettext(
            "Only {free} of the {there} GPUs here is free, and you asked for {count}.",
            "Only {free} of the {there} GPUs here are free, and you asked for {count}.",
            free,
        )
    return in_a_row([text.format(free=free, there=there, count=count), then])


def _read(file: Path) -> Held | None:
    try:
        told = json.loads(file.read_text())
        return Held(tuple(map(str, told["gpus"])), ProcessId(int(told["pid"]), int(told["began"])))
    except (OSError, ValueError, TypeError, KeyError):
        return None
