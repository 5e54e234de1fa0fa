"""What the hub and the fork server say to each other: lines of JSON over a unix socket, of a limited size.

A connection begins with one byte that says what it is for. `START` is followed by a request that only the new server's
own process reads: neither the supervisor nor the zygote, from which later servers are made, ever holds its secrets.
"""

import json
import os
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sardonyx_singleuser.sandbox.layout import Sandbox

VERSION = 4
START, ASK, REST = b"s", b"q", b"r"
"""`REST`: nobody will ask soon, as when the hub stops: end when there is no server, until somebody asks again."""
MOST_BYTES = 1 << 20
SOCKET, LOG, LOCK, ROOT, WARM = "socket", "log", "lock", "root", "warm"
"""What is in a fork server's folder; `ROOT` is the empty folder on which sandboxes are put up, `WARM` what
leads to a zygote's folder while it warms."""
_CREDENTIALS = struct.Struct("3i")


class ProtocolError(Exception):
    """What was said cannot be understood; the message is for the operator."""


@dataclass(frozen=True)
class Request:
    """A server to start.

    Args:
        variables: its whole environment.
        arguments: for the single-user server.
        log: a file that is not there yet.
        socket: where the server listens, outside of its sandbox.
    """

    variables: Mapping[str, str] = field(repr=False)
    arguments: tuple[str, ...]
    log: str
    socket: str
    sandbox: Sandbox


def parse(line: bytes) -> Request:
    """Read a request.

    Raises:
        ProtocolError: it is none.
    """
    try:
        found = json.loads(line)
        if found["version"] != VERSION:
            raise ProtocolError(f"the request has version {found['version']}, and this fork server speaks {VERSION}")
        told: dict[str, Any] = found["sandbox"]
        sandbox: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in told.items()}
        variables = {str(name): str(value) for name, value in found["variables"].items()}
        arguments, log, path = tuple(map(str, found["arguments"])), str(found["log"]), str(found["socket"])
        return Request(variables, arguments, log, path, Sandbox(**sandbox))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # Not what it holds: that may be a secret.
        raise ProtocolError(f"the request cannot be understood: {type(error).__name__}") from None


def receive_line(connection: socket.socket, most: int = MOST_BYTES) -> bytes:
    """Read one line.

    Raises:
        ProtocolError: the line is too long, cut short, or does not come.
    """
    data = b""
    while not data.endswith(b"\n"):
        try:
            more = connection.recv(min(65536, most - len(data)))
        except OSError as error:
            raise ProtocolError(f"the request does not come: {error}") from error
        data += more
        if not more:
            raise ProtocolError("the request was cut short")
        if len(data) >= most:
            raise ProtocolError(f"the request is longer than {most} bytes")
    return data


def say(connection: socket.socket, **told: Any) -> bool:
    """Say one line; return False if nobody listens any more."""
    try:
        connection.sendall(json.dumps(told).encode() + b"\n")
    except OSError:
        return False
    return True


def is_from_us(connection: socket.socket) -> bool:
    """Tell whether the other side runs under our own user, or is root."""
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(found)
    return user in {0, os.geteuid()}


def listen(path: Path) -> socket.socket:
    """Listen on a unix socket that only our own user can open; the way to it may be longer than a socket's name can be."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    umask = os.umask(0o177)
    try:
        listener.bind(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.umask(umask)
        os.close(folder)
    listener.listen(512)
    listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return listener
