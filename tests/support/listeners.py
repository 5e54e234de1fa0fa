"""Who listens where: ports of processes, each in its own network."""

import os
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

LISTENS = "0A"
"""A state of /proc/PID/net/tcp."""
GREETING = 10
"""Bytes of the signature with which ZeroMQ begins to speak."""


def listened_on(processes: Iterable[int]) -> set[int]:
    """Return the ports on which these processes themselves listen, in whichever network each of them is."""
    found = set()
    for process in processes:
        with suppress(OSError):
            mine = {str(each.readlink()) for each in Path(f"/proc/{process}/fd").iterdir()}
            found |= {port for port, inode in _listening(process) if f"socket:[{inode}]" in mine}
    return found


def who_listens(processes: Iterable[int]) -> dict[int, str]:
    """Return the ports on which these processes listen in our own network, each with its program."""
    ours = set(listening_in(os.getpid()))
    found = {process: listened_on([process]) & ours for process in processes}
    return {port: _command(process) for process, ports in found.items() for port in ports}


def is_of_a_kernel(port: int) -> bool:
    """Tell whether ZeroMQ listens there, as an ipykernel that Voilà has started does for what its own forks print.

    It takes nothing without a secret of 16 bytes.
    """
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        signature = connection.recv(GREETING, socket.MSG_WAITALL)
        return len(signature) == GREETING and (signature[0], signature[-1]) == (0xFF, 0x7F)
    return False


def listening_in(process: int) -> list[int]:
    """Return the ports on which somebody listens in the network of a process."""
    return [port for port, _ in _listening(process)]


def _command(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ").strip()
    return ""


def _listening(process: int) -> list[tuple[int, str]]:
    """Return ports, and their sockets' numbers."""
    lines = [
        line.split()
        for kind in ("tcp", "tcp6")
        for line in Path(f"/proc/{process}/net/{kind}").read_text().splitlines()[1:]
    ]
    return [(int(line[1].rpartition(":")[2], 16), line[9]) for line in lines if line[3] == LISTENS]
