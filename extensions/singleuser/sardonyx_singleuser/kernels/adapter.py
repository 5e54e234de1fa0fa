"""Runs debugpy's adapter for one kernel, as a program of its own: nothing of it is a port.

debugpy's own one listens on two ports without asking who is there: whoever connects to the one runs code in the kernel
when nobody debugs it, or starts programs beside it. Here both sides are sockets that it is born with.

Only the standard library, and the debugpy of the kernel's environment, which may have an older Python.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading

READY = b"r"


class Nowhere:
    """What the adapter takes for its port: it asks whether it has one before each debugging, and would open one."""

    def getsockname(self) -> tuple[str, int]:
        """Return where it listens."""
        return ("127.0.0.1", 0)

    def close(self) -> None:
        """Have nothing to close."""


def main() -> None:
    """Serve those whose sockets come over the first one, until it is closed: at the latest by the kernel's end."""
    # As debugpy's own: the folder with debugpy is searched for nothing else.
    sys.path[0] = sys.argv[1]
    __import__("debugpy")
    del sys.path[0]
    from debugpy.adapter import clients, servers  # noqa: PLC0415 - found only now

    # Who interrupts the kernel means its cell.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control, kernel = (socket.socket(fileno=int(number)) for number in sys.argv[2:])
    clients.listener, servers.listener = None, Nowhere()
    threading.Thread(target=servers.Connection, args=(kernel,), daemon=True).start()
    control.send(READY)
    while True:
        _, files, _, _ = socket.recv_fds(control, 1, 1)
        if not files:
            os._exit(0)
        clients.Client(socket.socket(fileno=files[0]))


if __name__ == "__main__":
    main()
