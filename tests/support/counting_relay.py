"""What stands between a client and a store, and counts what is asked of the store and what it sends."""

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

BLOCK = 1 << 16
REQUEST = re.compile(rb"(?:GET|HEAD|PUT|POST|DELETE) \S+ HTTP/1\.1\r\n")
LONGEST_REQUEST_LINE = 8192


class CountingRelay:
    """Passes connections on to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.sent = 0
        """So many bytes came from there."""
        self.asked = 0
        """So many requests went there."""

    @property
    def address(self) -> str:
        """Where clients connect."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _start(self, do: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=do, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._start(self._connect, near)

    def _connect(self, near: socket.socket) -> None:
        with near, socket.create_connection(("127.0.0.1", self._port)) as far:
            self._open |= {near, far}
            there = threading.Thread(target=self._pass, args=(near, far, self._count_requests()))
            there.start()
            self._pass(far, near, self._count_bytes)
            there.join()
            self._open -= {near, far}

    def _count_bytes(self, block: bytes) -> None:
        self.sent += len(block)

    def _count_requests(self) -> Callable[[bytes], None]:
        """Return what counts those of one connection."""
        before = b""

        def count(block: bytes) -> None:
            nonlocal before
            seen = before + block
            found = list(REQUEST.finditer(seen))
            self.asked += len(found)
            # A line may come in two blocks, and is counted once.
            before = seen[max(found[-1].end() if found else 0, len(seen) - LONGEST_REQUEST_LINE) :]

        return count

    def _pass(self, source: socket.socket, target: socket.socket, count: Callable[[bytes], None]) -> None:
        with suppress(OSError):
            while block := source.recv(BLOCK):
                count(block)
                target.sendall(block)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
