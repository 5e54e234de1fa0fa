"""Ports for the tests' own servers: several runs on one machine do not meet."""

import fcntl
import os
import socket
import tempfile
from pathlib import Path

FIRST, BLOCKS, SIZE = 21_000, 1_100, 10
"""Below those that the system gives to connections: one of these could be the next in a row."""
COUNTER = Path(tempfile.gettempdir()) / f"sardonyx-test-ports-{os.geteuid()}"
"""How many were given, by all runs: what one has is given again after a thousand others, also while nobody listens there."""


def free_ports() -> int:
    """Return a port that is free together with the six after it."""
    for _ in range(BLOCKS):
        base = FIRST + _next() % BLOCKS * SIZE
        probes = [socket.socket() for _ in range(7)]
        try:
            for offset, probe in enumerate(probes):
                probe.bind(("127.0.0.1", base + offset))
        except OSError:
            continue
        else:
            return base
        finally:
            for probe in probes:
                probe.close()
    raise RuntimeError("no seven free ports in a row")


def _next() -> int:
    with COUNTER.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        number = int(file.read() or 0)
        file.truncate(0)
        file.write(str(number + 1))
        return number
