"""How much memory a server uses now, as its control group counts it."""

from contextlib import suppress
from pathlib import Path

from sardonyx_spawner.local.exposed_files import read_end
from sardonyx_spawner.local.limits import recorded_groups

KINDS = (("memory.current", b"\ninactive_file "), ("memory.usage_in_bytes", b"\ntotal_inactive_file "))
"""On cgroup v2, and on v1: the file with all that is used, and the line in memory.stat of what can be let go."""
LONGEST = 1 << 16


def memory_used(private: Path) -> int | None:
    """Return the bytes that a server uses, without files that the system keeps and can let go; None = unknown.

    The hub does nothing else while a page asks for a hundred: paths are plain texts here, which takes half the time.

    Args:
        private: folder of the server.
    """
    for group in recorded_groups(private):
        for used, line in KINDS:
            with suppress(ValueError):
                whole = int(read_end(f"{group}/{used}", LONGEST))
                stat = b"\n" + read_end(f"{group}/memory.stat", LONGEST)
                kept = stat.partition(line)[2].partition(b"\n")[0]
                return max(0, whole - int(kept or 0))
    return None
