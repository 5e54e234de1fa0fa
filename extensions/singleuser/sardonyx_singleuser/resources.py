"""What this server uses of what it may use: for its person's eyes."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sardonyx_singleuser.sandbox.layout import GROUPS, UNIFIED
from sardonyx_singleuser.work import sees_only_own, used_by_own_processes

VERSION_2 = ("", UNIFIED)
"""Where its group is, below that of all."""
SHORTEST_S = 1.0
"""Over a shorter time, a processor is used by nobody or by somebody."""


@dataclass(frozen=True)
class Resources:
    """What is known now.

    Args:
        memory: bytes in use that cannot be given back; None = it is not measured here.
        memory_limit: bytes; None = no limit.
        cpu: processors in use since the last look; None = it is not measured here, or this is the first look.
        cpu_limit: processors; None = no limit.
        killed: how many programs were ended because memory was full.
        ends_whole: where it is full the server is ended as a whole, not one of its programs.
    """

    memory: int | None
    memory_limit: int | None
    cpu: float | None
    cpu_limit: float | None
    killed: int
    ends_whole: bool


@dataclass
class CpuRate:
    """How many processors are in use, by the time that they were used for until now; several windows may ask.

    Args:
        used: that time, in seconds; None = it is not known.
        now: the clock.
    """

    used: Callable[[], float | None]
    now: Callable[[], float] = time.monotonic
    _before: tuple[float, float] | None = field(default=None, init=False)
    _found: float | None = field(default=None, init=False)

    def look(self) -> float | None:
        """Return the number since the last look, or what that one found if it was a moment ago."""
        now = self.now()
        if self._before is not None and now - self._before[0] < SHORTEST_S:
            return self._found
        used, before = self.used(), self._before
        self._before = None if used is None else (now, used)
        # It gets less where a program that ended is counted no longer.
        self._found = None if used is None or before is None else max(0.0, (used - before[1]) / (now - before[0]))
        return self._found


@dataclass(frozen=True)
class Meter:
    """Reads it.

    Args:
        groups: where the control groups of this server are shown.
    """

    variables: Mapping[str, str]
    groups: Path = Path(GROUPS)
    cpu: CpuRate = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cpu", CpuRate(lambda: cpu_used(self.groups)))

    def read(self) -> Resources:
        """Return what is used now."""
        return Resources(
            memory=memory_used(self.groups),
            memory_limit=whole(self.variables.get("MEM_LIMIT")),
            cpu=self.cpu.look(),
            cpu_limit=_number(self.variables.get("CPU_LIMIT")),
            killed=programs_killed(self.groups),
            ends_whole=ends_whole(self.groups),
        )


def memory_used(groups: Path) -> int | None:
    """Return the bytes that a group uses and cannot give back; None where that is not known.

    Files that were read and could be read again are left out, as Kubernetes does it (its "working set").
    """
    found = [(groups / name / "memory.current", "inactive_file") for name in VERSION_2]
    for file, inactive in (*found, (groups / "memory" / "memory.usage_in_bytes", "total_inactive_file")):
        try:
            used, stat = int(file.read_text()), _pairs(file.with_name("memory.stat"))
        except (OSError, ValueError):
            continue
        return max(0, used - stat.get(inactive, 0))
    return None


def cpu_used(groups: Path) -> float | None:
    """Return the seconds that processors worked for a group until now; None where that is not known.

    Without a group that says it, programs that have ended since are missing.
    """
    if not sees_only_own():
        # What is shown then is the whole machine's.
        return None
    for name in VERSION_2:
        try:
            return _pairs(groups / name / "cpu.stat")["usage_usec"] / 1e6
        except (OSError, ValueError, KeyError):
            continue
    return used_by_own_processes()


def programs_killed(groups: Path) -> int:
    """Return how many programs of a group were ended because memory was full."""
    for file in (*(groups / name / "memory.events" for name in VERSION_2), groups / "memory" / "memory.oom_control"):
        try:
            return _pairs(file).get("oom_kill", 0)
        except (OSError, ValueError):
            continue
    return 0


def ends_whole(groups: Path) -> bool:
    """Tell whether the system ends all of a group where its memory is full: the kubelet wants it so since 1.28, on v2.

    Source: the kernel's admin-guide/cgroup-v2.rst, memory.oom.group; `singleProcessOOMKill` of the kubelet.
    """
    for name in VERSION_2:
        with suppress(OSError):
            return (groups / name / "memory.oom.group").read_text().strip() == "1"
    return False


def _pairs(file: Path) -> dict[str, int]:
    return {name: int(value) for name, value in (line.split() for line in file.read_text().splitlines())}


def whole(text: str | None) -> int | None:
    """Return the number that a variable says; None = it says none."""
    return int(text) if text and text.isdigit() else None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
