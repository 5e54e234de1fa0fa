"""An answered request may still be ended by the other side: the proxy does so a moment later, and must not fail."""

import os
import socket
import time
from pathlib import Path
from typing import Any

from support.addresses import socket_path
from support.waiting import soon

REQUEST = (
    "DELETE /user/{name}/sardonyx/api/apps/none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    "Authorization: token {name}-token\r\n\r\n"
)


def connected(server: Any) -> socket.socket:
    """Return a connection on which a request was answered."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(10)
    path = Path(str(socket_path(server.url)))
    folder = os.open(path.parent, os.O_PATH)
    connection.connect(f"/proc/self/fd/{folder}/{path.name}")
    os.close(folder)
    connection.sendall(REQUEST.format(name=server.name).encode())
    said = b""
    while more := connection.recv(65536):
        said += more
    assert said.startswith(b"HTTP/1.1 204 "), said
    return connection


def inner(server: Any) -> int:
    """Return the server's process: the child of the first one."""
    tasks = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return int(tasks[0])


def test_nothing_may_be_written_after_the_answer(forks: Any) -> None:
    """As Node's proxy does; with a closed socket it failed now and then, and 503 was shown for what was done."""
    server = forks.start("late")
    with connected(server) as connection:
        time.sleep(0.1)

        assert connection.send(b"") == 0


def test_a_connection_is_closed_when_the_other_side_is(forks: Any) -> None:
    """And a side that never closes is not waited for without end."""
    server = forks.start("files")
    held = [connected(server) for _ in range(5)]
    folder = f"/proc/{inner(server)}/fd"
    most = len(os.listdir(folder))  # noqa: PTH208

    for connection in held[:4]:
        connection.close()
    soon(lambda: len(os.listdir(folder)) <= most - 4)  # noqa: PTH208
    soon(lambda: len(os.listdir(folder)) <= most - 5)  # noqa: PTH208
    held[4].close()
