"""A server's first process: reads its own request, enters its sandbox, and starts the server as its only child."""

import os
import signal
import socket
import traceback
from pathlib import Path
from typing import NoReturn

from sardonyx_singleuser.forkserver.log import open_log
from sardonyx_singleuser.forkserver.protocol import ProtocolError, listen, parse, receive_line, say
from sardonyx_singleuser.forkserver.serving import Served, keep, leave
from sardonyx_singleuser.kernels.child import close_files
from sardonyx_singleuser.sandbox.enter import Identity, enter

PATIENCE_S = 10.0
SIGNALS = (
    signal.SIGCHLD,
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGUSR1,
    signal.SIGPIPE,
    # Whoever starts a hub from a script may have it ignored, and Ctrl-C.
    signal.SIGQUIT,
)


def run(given: socket.socket, root: str, hub: Identity) -> NoReturn:
    """Be a server from its request to its end; called in a child that was just made in fresh namespaces.

    Args:
        given: where a connection comes from the zygote, which has told the supervisor of this process then.
        root: the empty folder on which the sandbox is put up.
        hub: whose process the zygote is.
    """
    try:
        _begin_anew(given)
        connection = _connection(given)
    except BaseException:  # noqa: BLE001 - nothing of this may return into the zygote's code
        traceback.print_exc()
        leave(1)
    if connection is None:
        leave(0)
    _run(connection, root, hub)


def _connection(given: socket.socket) -> socket.socket | None:
    """Wait for a connection, and tell the hub which process it has; None = the zygote ended before."""
    with given:
        number, descriptors, _, _ = socket.recv_fds(given, 32, 1)
    if not descriptors:
        return None
    connection = socket.socket(fileno=descriptors[0])
    # Nobody could end a process that nobody knows: who has gone meanwhile gets no server.
    return connection if say(connection, pid=int(number)) else None


def _run(connection: socket.socket, root: str, hub: Identity) -> NoReturn:
    code = 1
    try:
        connection.settimeout(PATIENCE_S)
        request = parse(receive_line(connection))
        connection.settimeout(None)
        open_log(request.log)
        # Before the sandbox: the server itself can neither find its socket nor put something else in its place.
        listener = listen(Path(request.socket))
        enter(request.sandbox, root, hub)
        served = Served(request.variables, request.arguments, Path(request.sandbox.home), connection, listener)
        code = keep(served)
    except ProtocolError as error:
        say(connection, error=str(error))
    except OSError as error:
        # Before it is written down: the disk may be full.
        say(connection, error=str(error), errno=error.errno)
        traceback.print_exc()
    except BaseException as error:  # noqa: BLE001 - nothing of this may return into the zygote's code
        say(connection, error=f"{type(error).__name__}: {error}")
        traceback.print_exc()
    finally:
        leave(code)


def _begin_anew(given: socket.socket) -> None:
    """Leave behind what the zygote has: its session, its signals, its open files."""
    signal.set_wakeup_fd(-1)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGPIPE else signal.SIG_DFL)
    os.setsid()
    os.umask(0o077)
    close_files({0, 1, 2, given.fileno()})
