"""What this server uses of what it may use: for its person's eyes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sardonyx_singleuser.sandbox.layout import GROUPS, UNIFIED

VERSION_2 = ("", UNIFIED)
"""Where its group is, below that of all."""


@dataclass(frozen=True)
class Resources:
    """What is known now.

    Args:
        memory: bytes in use that cannot be given back; None = it is not measured here.
        memory_limit: bytes; None = no limit.
        cpu_limit: processors; None = no limit.
        killed: how many programs were ended because memory was full.
    """

    memory: int | None
    memory_limit: int | None
    cpu_limit: float | None
    killed: int


@dataclass(frozen=True)
class Meter:
    """Reads it.

    Args:
        groups: where the control groups of this server are shown.
    """

    variables: Mapping[str, str]
    groups: Path = Path(GROUPS)

    def read(self) -> Resources:
        """Return what is used now."""
        return Resources(
            memory=memory_used(self.groups),
            memory_limit=_whole(self.variables.get("MEM_LIMIT")),
            cpu_limit=_number(self.variables.get("CPU_LIMIT")),
            killed=programs_killed(self.groups),
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


def programs_killed(groups: Path) -> int:
    """Return how many programs of a group were ended because memory was full."""
    for file in (*(groups / name / "memory.events" for name in VERSION_2), groups / "memory" / "memory.oom_control"):
        try:
            return _pairs(file).get("oom_kill", 0)
        except (OSError, ValueError):
            continue
    return 0


def _pairs(file: Path) -> dict[str, int]:
    return {name: int(value) for name, value in (line.split() for line in file.read_text().splitlines())}


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
