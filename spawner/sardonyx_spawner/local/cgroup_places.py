"""Where the hub may make control groups, and for what: found by trying, on cgroup v2, v1 and machines with both.

A place is never above the group that the hub itself is in: whoever limits the hub limits its servers with it.
"""

import errno
import logging
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CONTROLLERS = ("memory", "pids", "cpu")
MEMBERS, CHILDREN_HAVE = "cgroup.procs", "cgroup.subtree_control"
JOIN = {1: "tasks", 2: MEMBERS}
"""Where a process that is one thread writes itself; by version.

For whole processes the kernel waits until no thread of the machine is being made: 5 ms in each hierarchy. Who writes
0 into `tasks` moves one thread, itself, and waits for nobody (Linux 5.5 and later). Version 2 has no such file.
"""
LEAF = "hub"
"""On v2 a group with processes cannot limit the groups below it, so the hub goes into one of its own."""
DELEGATED = ("user.delegate", "trusted.delegate")
"""systemd marks so what it leaves to others (systemd.resource-control(5), Delegate=); the first from version 251 on."""
SYSTEMD = Path("/run/systemd/system")
MOST_ROUNDS = 5
TRIAL = "sardonyx-try"
TRIED = {"memory": 1 << 30, "pids": 1000}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """A group below which the hub makes others.

    Args:
        controllers: what they limit.
        version: 1 or 2.
    """

    folder: Path
    controllers: tuple[str, ...]
    version: int

    def open(self, name: str) -> Path:
        """Make a group below which groups have these controllers; return its folder.

        Raises:
            OSError: the system refuses it.
        """
        made = self.folder / name
        made.mkdir(mode=0o700, exist_ok=True)
        if self.version == 2:  # noqa: PLR2004 - v2 has no other name
            for folder in (self.folder, made):
                _enable(folder, self.controllers)
        return made


@dataclass(frozen=True)
class Own:
    """The hub's own group in one hierarchy.

    Args:
        path: from the root of what this process may know of it; "/" = that root.
    """

    folder: Path
    path: str
    controllers: tuple[str, ...]
    version: int


def find_places(process: Path = Path("/proc/self")) -> tuple[Place, ...]:
    """Return the places that work here, at most one for each controller; () where there are none.

    On v2 this moves the hub, and what shares its group, into a group below.

    Args:
        process: the hub's own folder in /proc.
    """
    found: list[Place] = []
    for own in sorted(own_groups(process), key=lambda group: -group.version):
        taken = {controller for place in found for controller in place.controllers}
        place = _place(own, tuple(name for name in own.controllers if name not in taken))
        if place is not None and _works(place):
            found.append(place)
    return tuple(found)


def own_groups(process: Path) -> list[Own]:
    """Return the hub's own groups, from /proc/PID/mountinfo and /proc/PID/cgroup (cgroups(7))."""
    try:
        paths = dict(_own_paths((process / "cgroup").read_text()))
        lines = (process / "mountinfo").read_text().splitlines()
    except OSError:
        return []
    found = {}
    for line in lines:
        before, _, after = line.partition(" - ")
        root, mounted = (_unescaped(field) for field in before.split()[3:5])
        kind, _, options = after.split(maxsplit=2)
        if kind not in {"cgroup", "cgroup2"}:
            continue
        named = {name for name in options.split(",") if name in CONTROLLERS}
        path = paths.get("") if kind == "cgroup2" else next((paths[name] for name in named if name in paths), None)
        if path is None or not f"{path}/".startswith(f"{root.rstrip('/')}/"):
            continue
        below = path.removeprefix(root.rstrip("/")).lstrip("/")
        folder = Path(mounted) / below
        if kind == "cgroup2":
            with suppress(OSError):
                named = set((folder / "cgroup.controllers").read_text().split())
        controllers = tuple(name for name in CONTROLLERS if name in named)
        if controllers:
            found[folder] = Own(folder, f"/{below}", controllers, 2 if kind == "cgroup2" else 1)
    return list(found.values())


def _own_paths(text: str) -> Iterable[tuple[str, str]]:
    """Yield each controller with the group's path; v2 has the name ""."""
    for line in text.splitlines():
        _, names, path = line.split(":", 2)
        for name in names.split(","):
            yield name, path


def _unescaped(field: str) -> str:
    return field.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")


def _place(own: Own, controllers: tuple[str, ...]) -> Place | None:
    if not controllers or not os.access(own.folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        return None
    if own.version == 1:
        return Place(own.folder, controllers, 1)
    if not (own.folder / "cgroup.type").exists():
        # The root of the whole machine: the only one that may hold processes and limit groups.
        return Place(own.folder, controllers, 2)
    base = own.folder.parent if own.folder.name == LEAF and _is_marked(own.folder.parent) else own.folder
    if base == own.folder and not (_is_marked(base) or own.path == "/" or not SYSTEMD.exists()):
        return None
    try:
        if base == own.folder:
            _move_into_leaf(base)
        offered = (base / "cgroup.controllers").read_text().split()
    except OSError as error:
        log.info("No control groups can be made in %s: %s", base, error)
        return None
    return Place(base, tuple(name for name in controllers if name in offered), 2)


def is_left_to_us(folder: Path) -> bool:
    """Tell whether systemd leaves the hub's group on v2 to us: in others it takes away what it did not put there."""
    return _is_marked(folder) or (folder.name == LEAF and _is_marked(folder.parent))


def _is_marked(folder: Path) -> bool:
    for name in DELEGATED:
        with suppress(OSError):
            if os.getxattr(folder, name) == b"1":
                return os.access(folder / CHILDREN_HAVE, os.W_OK)
    return False


def _move_into_leaf(base: Path) -> None:
    leaf = base / LEAF
    leaf.mkdir(exist_ok=True)
    for _ in range(MOST_ROUNDS):
        members = (base / MEMBERS).read_text().split()
        if not members:
            return
        for member in members:
            try:
                (leaf / MEMBERS).write_text(member)
            except OSError as error:
                if error.errno != errno.ESRCH:
                    raise
    raise OSError(errno.EBUSY, "processes come faster than they can be moved")


def _enable(folder: Path, controllers: tuple[str, ...]) -> None:
    have = (folder / CHILDREN_HAVE).read_text().split()
    for name in controllers:
        if name not in have:
            (folder / CHILDREN_HAVE).write_text(f"+{name}")


def _works(place: Place) -> bool:
    """Tell whether a group with limits can be made."""
    outer = place.folder / f"{TRIAL}-{os.getpid()}"
    try:
        inner = place.open(outer.name) / "inner"
        inner.mkdir()
        try:
            write_limits(inner, place.version, {n: v for n, v in TRIED.items() if n in place.controllers}, cpu=1)
        finally:
            inner.rmdir()
    except OSError as error:
        log.info("No control groups can be made in %s: %s", place.folder, error)
        return False
    else:
        return True
    finally:
        with suppress(OSError):
            outer.rmdir()


PERIOD_US = 100_000
WEIGHTS = {1: (1024, 2, 262_144), 2: (100, 1, 10_000)}
"""What one core weighs, the least and the most that may be written; by version."""


def write_limits(group: Path, version: int, most: Mapping[str, int], *, cpu: float | None) -> None:
    """Write the limits of a new group.

    Args:
        most: of "memory", in bytes, and of "pids"; a name whose controller the group has not must not be in it.
        cpu: cores, of which it also gets its share where several want more; None = what is free, with the share of one.

    Raises:
        OSError: the system refuses it.

    Source: the kernel's admin-guide/cgroup-v2.rst and admin-guide/cgroup-v1/{memory,pids}.rst, scheduler/sched-bwc.rst.
    """
    if "pids" in most:
        _write(group / "pids.max", most["pids"])
    if "memory" in most and version == 1:
        _write(group / "memory.limit_in_bytes", most["memory"])
        # Only where the kernel counts swap.
        _write(group / "memory.memsw.limit_in_bytes", most["memory"], is_needed=False)
    elif "memory" in most:
        _write(group / "memory.max", most["memory"])
        _write(group / "memory.swap.max", 0, is_needed=False)
    weight, least, highest = WEIGHTS[version]
    shares, quota = int(min(highest, max(least, weight * (cpu or 1)))), max(1000, int((cpu or 0) * PERIOD_US))
    names = ("cpu.shares", "cpu.cfs_quota_us") if version == 1 else ("cpu.weight", "cpu.max")
    # The files are there where the controller is.
    _write(group / names[0], shares, is_needed=False)
    if cpu:
        _write(group / names[1], quota if version == 1 else f"{quota} {PERIOD_US}", is_needed=False)


def _write(file: Path, value: object, *, is_needed: bool = True) -> None:
    if is_needed or file.exists():
        file.write_text(str(value))
