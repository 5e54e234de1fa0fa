"""A server that is made before anybody wants it: `python -m sardonyx_singleuser.ready_made ADDRESS PORT`.

It does what every server would do first, and then waits for the hub, which says once whose server this is. Both have a
key that nobody else has: what the hub says can neither be read nor be made up by others. Without its hub it ends.
"""

import gc
import json
import os
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn
from urllib.parse import quote

from sardonyx_singleuser import contract
from sardonyx_singleuser.forkserver.control import COLD
from sardonyx_singleuser.forkserver.protocol import ProtocolError, receive_line, say
from sardonyx_singleuser.forkserver.serving import Served, keep, leave
from sardonyx_singleuser.forkserver.zygote import leave_working_folder, warm_all
from sardonyx_singleuser.launcher import INSIDE

HELLO = b"hello"
"""What the hub says first: it has the key, and nothing of a person is in it."""
HELLO_BYTES = 1024
HELLO_S, HUB_S = 5.0, 300.0
"""Whoever connects says hello in this time; a hub that has not connected after so long is gone."""
KEEP_ALIVE = ((socket.TCP_KEEPIDLE, 30), (socket.TCP_KEEPINTVL, 10), (socket.TCP_KEEPCNT, 3))
"""So a hub is missed whose machine went without a word, and connections that are silent are not forgotten on the way."""
QUEUE = 512


@dataclass(frozen=True)
class Handed:
    """What the hub hands over: a server to be.

    Args:
        variables: of the person, over those of the image.
        arguments: for the single-user server.
        plan: text of its plan.
    """

    variables: Mapping[str, str]
    arguments: tuple[str, ...]
    plan: str


class Door:
    """Where the hub comes in.

    Args:
        key: as `cryptography.fernet` makes it.

    Raises:
        ValueError: it is none.
    """

    def __init__(self, listener: socket.socket, key: str) -> None:
        # Imported here: after what is warmed, so that kernels have nothing that ordinary ones have not.
        from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415

        self._listener, self._lock, self._invalid = listener, Fernet(key), InvalidToken

    def hub(self) -> socket.socket:
        """Return the connection of the hub; others are closed.

        Raises:
            TimeoutError: no hub has come.
        """
        self._listener.settimeout(HUB_S)
        while True:
            connection, _address = self._listener.accept()
            connection.settimeout(HELLO_S)
            try:
                if self._opened(receive_line(connection, HELLO_BYTES)) == HELLO:
                    connection.settimeout(None)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                    for option, value in KEEP_ALIVE:
                        connection.setsockopt(socket.IPPROTO_TCP, option, value)
                    return connection
            except ProtocolError as error:
                sys.stderr.write(f"Sardonyx: a connection was closed that is not the hub's: {error}\n")
            connection.close()

    def handed(self, connection: socket.socket) -> Handed:
        """Wait for the hub to say whose server this is.

        Raises:
            ProtocolError: it has gone, or says something else.
        """
        told = self._opened(receive_line(connection))
        try:
            found = json.loads(told)
            if found["version"] != contract.HAND_OVER_VERSION:
                raise ProtocolError(
                    f"the hub speaks version {found['version']}, and this image {contract.HAND_OVER_VERSION}"
                )
            variables = {str(name): str(value) for name, value in found["variables"].items()}
            return Handed(variables, tuple(map(str, found["arguments"])), str(found["plan"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # Not what it holds: that may be a secret.
            raise ProtocolError(f"what the hub says cannot be understood: {type(error).__name__}") from None

    def _opened(self, line: bytes) -> bytes:
        try:
            return self._lock.decrypt(line.rstrip(b"\n"))
        except self._invalid:
            raise ProtocolError("it does not have the key") from None


def main() -> None:
    """Wait for the hub, then be the server that it wants."""
    address, port, *options = sys.argv[1:]
    leave_working_folder()
    key = os.environ.pop(contract.READY_KEY, "")
    if COLD not in options:
        try:
            with _said_if_it_fails():
                warm_all()
        except Exception:  # noqa: BLE001 - whatever it is, the server may still start, slowly
            traceback.print_exc()
            _anew(address, port, key)
    gc.collect()
    gc.freeze()
    # Not before: who connects is not to wait for what is warmed, and for what begins anew.
    listener = socket.create_server((address, int(port)), backlog=QUEUE)
    try:
        door = Door(listener, key)
        connection = door.hub()
        say(connection, warmed=COLD not in options)
        handed = door.handed(connection)
    except (ProtocolError, ValueError, OSError) as error:
        sys.stderr.write(f"Sardonyx: this server was never anybody's: {error}\n")
        raise SystemExit(0) from None
    del door, key
    _become(handed, connection, listener)


def _become(handed: Handed, connection: socket.socket, listener: socket.socket) -> NoReturn:
    code = 1
    try:
        variables = {**os.environ, **handed.variables, **_listening(handed.variables)}
        plan = Path(variables[contract.PLAN])
        plan.touch(mode=0o600)
        plan.write_text(handed.plan)
        listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
        code = keep(Served(variables, handed.arguments, Path(variables["HOME"]), connection, listener))
    except BaseException as error:  # noqa: BLE001 - the hub is told, whatever it is
        traceback.print_exc()
        say(connection, error=f"{type(error).__name__}: {error}")
    finally:
        leave(code)


def _listening(variables: Mapping[str, str]) -> dict[str, str]:
    """Return what Jupyter is told in the place of an address: its port is open already, and the server gets it."""
    prefix = variables["JUPYTERHUB_SERVICE_PREFIX"]
    return {"JUPYTERHUB_SERVICE_URL": f"http+unix://{quote(INSIDE, safe='')}{prefix}"}


def _anew(address: str, port: str, key: str) -> NoReturn:
    """Begin once more without warming: nothing of what has failed is left, such as threads."""
    command = [sys.executable, "-m", f"{__package__}.ready_made", address, port, COLD]
    os.execve(sys.executable, command, {**os.environ, contract.READY_KEY: key})  # noqa: S606 - this program itself


@contextmanager
def _said_if_it_fails() -> Iterator[None]:
    """Keep what a server says that is nobody's out of the log of the one that it becomes."""
    with tempfile.TemporaryFile() as said:
        kept = [(number, os.dup(number)) for number in (1, 2)]
        for number, _copy in kept:
            os.dup2(said.fileno(), number)
        try:
            yield
        except BaseException:
            _give_back(kept)
            _repeat(said)
            raise
        _give_back(kept)


def _give_back(kept: list[tuple[int, int]]) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    for number, copy in kept:
        os.dup2(copy, number)
        os.close(copy)


def _repeat(said: BinaryIO | Any) -> None:
    said.seek(0)
    sys.stderr.write(said.read().decode(errors="replace"))


if __name__ == "__main__":
    main()
