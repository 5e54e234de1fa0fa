"""A server's end of its connections to the proxy, closed in two steps: first to write, and when the other side has closed, too.

The proxy, Node's, writes nothing once more when a request has ended, also after the answer. On a unix socket whose
other end is closed that fails (EPIPE), and the proxy answers 503 for what was done and answered: with TCP it would not.
"""

import socket
from contextlib import suppress
from typing import Any

from tornado.ioloop import IOLoop
from tornado.iostream import IOStream
from tornado.netutil import add_accept_handler

PATIENCE_S = 5.0
PIECE = 1 << 16


class LingeringStream(IOStream):
    """Waits for the other side's end before it closes."""

    def close_fd(self) -> None:
        """Close to write, and wait."""
        held = self.socket
        self.socket = None  # type: ignore[assignment]  # as tornado's own does
        try:
            held.shutdown(socket.SHUT_WR)
        except OSError:
            # The other side is gone already.
            held.close()
            return
        loop = IOLoop.current()

        def end() -> None:
            with suppress(KeyError, ValueError, OSError):
                loop.remove_handler(held)
            held.close()

        timer = loop.call_later(PATIENCE_S, end)

        def look(_held: object, _events: int) -> None:
            try:
                more = held.recv(PIECE)
            except BlockingIOError:
                return
            except OSError:
                more = b""
            if not more:
                loop.remove_timeout(timer)
                end()

        loop.add_handler(held, look, IOLoop.READ)


def serve(http_server: Any, listener: socket.socket) -> None:
    """Let a server of tornado's take connections; called in its loop."""
    add_accept_handler(listener, lambda taken, address: http_server.handle_stream(LingeringStream(taken), address))
