"""Who listens where: ports of processes, each in its own network."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

LISTENS = "0A"
"""A state of /proc/PID/net/tcp."""


def listened_on(processes: Iterable[int]) -> set[int]:
    """Return the ports on which these processes themselves listen, in whichever network each of them is."""
    found = set()
    for process in processes:
        with suppress(OSError):
            mine = {str(each.readlink()) for each in Path(f"/proc/{process}/fd").iterdir()}
            found |= {port for port, socket in _listening(process) if f"socket:[{socket}]" in mine}
    return found


def listening_in(process: int) -> list[int]:
    """Return the ports on which somebody listens in the network of a process."""
    return [port for port, _ in _listening(process)]


def _listening(process: int) -> list[tuple[int, str]]:
    """Return ports, and their sockets' numbers."""
    lines = [
        line.split()
        for kind in ("tcp", "tcp6")
        for line in Path(f"/proc/{process}/net/{kind}").read_text().splitlines()[1:]
    ]
    return [(int(line[1].rpartition(":")[2], 16), line[9]) for line in lines if line[3] == LISTENS]
