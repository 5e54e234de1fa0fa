"""On which ports a group of processes listens: whoever else is on the machine could reach them."""

import os
from contextlib import suppress
from pathlib import Path

LISTENS = "0A"
"""A state in /proc/net/tcp, see proc_net(5) and the kernel's include/net/tcp_states.h."""


def listened_on(group: int) -> list[int]:
    """Return the TCP ports of a process group, the lowest first; none where the system does not tell."""
    ports = _listening()
    # Most have none, and then there are no processes to look through.
    return sorted({ports[inode] for inode in _sockets(group) if inode in ports}) if ports else []


def _listening() -> dict[str, int]:
    """Return all ports of this network on which somebody listens, by their sockets' numbers."""
    found = {}
    for kind in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path(f"/proc/self/net/{kind}").read_text().splitlines()[1:]:
                _, local, _, state, *_, inode = line.split()[:10]
                if state == LISTENS:
                    found[inode] = int(local.rpartition(":")[2], 16)
    return found


def _sockets(group: int) -> set[str]:
    """Return the numbers of all sockets that processes of a group have open."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        # One may end while it is looked at, and others are not ours to look at.
        with suppress(OSError):
            if os.getpgid(int(process.name)) == group:
                for each in (process / "fd").iterdir():
                    with suppress(OSError):
                        target = str(each.readlink())
                        if target.startswith("socket:["):
                            found.add(target[len("socket:[") : -1])
    return found
