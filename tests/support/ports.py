"""Ports for the tests' own servers: several runs on one machine do not meet."""

import os
import socket


def free_ports() -> int:
    """Return a port that is free together with the five after it.

    They are below those that the system gives to connections: one of these could be the next in a row.
    """
    for base in range(21000 + os.getpid() % 500 * 10, 32000, 10):
        probes = [socket.socket() for _ in range(6)]
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
    raise RuntimeError("no six free ports in a row")
