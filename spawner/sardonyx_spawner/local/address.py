"""Where a server listens: on a unix socket that only the hub and its proxy can reach, or on a port of this machine."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

LOOPBACK = "127.0.0.1"
JUPYTER_PORT = 8888
"""jupyter_server takes a socket only beside its own default port, which it does not use then."""


@dataclass(frozen=True)
class Address:
    """Where one server listens: one of the two."""

    socket: Path | None = None
    port: int = JUPYTER_PORT

    @property
    def url(self) -> str:
        """What hub and proxy connect to, such as "http+unix://%2Frun%2Fx" or "http://127.0.0.1:41234"."""
        if self.socket is not None:
            return f"http+unix://{quote(str(self.socket), safe='')}"
        return f"http://{LOOPBACK}:{self.port}"

    async def answers(self) -> bool:
        """Tell whether somebody listens there."""
        try:
            if self.socket is not None:
                _, writer = await asyncio.open_unix_connection(self.socket)
            else:
                _, writer = await asyncio.open_connection(LOOPBACK, self.port)
        except OSError:
            return False
        writer.close()
        return True


@contextmanager
def reserved_port() -> Iterator[Address]:
    """Keep a free port for a server until it listens on it.

    Nobody else is given the port meanwhile. The server can bind it all the same, because both sockets allow the
    address to be used again and this one does not listen (socket(7), SO_REUSEADDR).
    """
    with socket.socket() as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.bind((LOOPBACK, 0))
        yield Address(port=reservation.getsockname()[1])
