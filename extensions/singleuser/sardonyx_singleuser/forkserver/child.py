"""A server's first process: reads its own request, enters its sandbox, and starts the server as its only child."""

import gc
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from sardonyx_singleuser import launcher
from sardonyx_singleuser.forkserver.keeper import OPEN_S, Keeper, Word, end_all_others
from sardonyx_singleuser.forkserver.log import open_log
from sardonyx_singleuser.forkserver.protocol import ProtocolError, Request, listen, parse, receive_line, say
from sardonyx_singleuser.forkserver.warm import adopt_home
from sardonyx_singleuser.kernels.child import close_files
from sardonyx_singleuser.kernels.dormant import Dormant
from sardonyx_singleuser.kernels.origin import Origin
from sardonyx_singleuser.own_settings import found, place
from sardonyx_singleuser.sandbox import calls
from sardonyx_singleuser.sandbox.enter import Identity, enter

PATIENCE_S = 10.0
SIGNALS = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGPIPE)


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
        _leave(1)
    if connection is None:
        _leave(0)
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
        code = _keep(request, connection, listener)
    except ProtocolError as error:
        say(connection, error=str(error))
    except OSError as error:
        traceback.print_exc()
        say(connection, error=str(error), errno=error.errno)
    except BaseException as error:  # noqa: BLE001 - nothing of this may return into the zygote's code
        traceback.print_exc()
        say(connection, error=f"{type(error).__name__}: {error}")
    finally:
        _leave(code)


def _begin_anew(given: socket.socket) -> None:
    """Leave behind what the zygote has: its session, its signals, its open files."""
    signal.set_wakeup_fd(-1)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGPIPE else signal.SIG_DFL)
    os.setsid()
    os.umask(0o077)
    close_files({0, 1, 2, given.fileno()})


def _keep(request: Request, connection: socket.socket, listener: socket.socket) -> int:
    """Start the server, and be its parent until it ends; return the exit code to leave with."""
    output, inside = os.pipe()
    gc.disable()
    # From here on, and only here: the log is open in this process, and no code of the person may get it from here.
    calls.close_own_proc_files()
    keeper, blamed = Keeper(output), None
    has_own_settings = bool(found(Path(request.sandbox.home)))
    while True:
        told, tell = os.pipe()
        server = Dormant.fork_server(inside)
        if server == 0:
            keeper.leave()
            for number in (1, 2):
                os.dup2(inside, number)
            for descriptor in (output, inside, told):
                os.close(descriptor)
            calls.allow_own_proc_files()
            _serve(request, connection, listener, Word(tell), blamed)
        os.close(tell)

        def ready() -> None:
            # The hub learns of a server that ended by the end of the connection, the proxy by a socket where nobody
            # listens: the server alone may hold them.
            connection.close()
            listener.close()

        may_try_again = has_own_settings and blamed is None
        code = keeper.keep(server, told, ready, OPEN_S if may_try_again else None)
        if not (may_try_again and keeper.failed_to_open):
            return code
        blamed = keeper.blamed
        end_all_others()


def _serve(
    request: Request, connection: socket.socket, listener: socket.socket, word: Word, blamed: str | None
) -> NoReturn:
    """Become the server.

    Args:
        word: tells the first process how far this one is.
        blamed: see `launcher.Forked`.
    """
    code = 1
    try:
        for number in calls.HANDLED:
            signal.signal(number, signal.SIG_DFL)
        if Dormant.current is None and Origin.current is not None:
            sys.stderr.write("Sardonyx: kernels start slowly in this server: the system refuses one more process\n")
        os.environ.clear()
        os.environ.update(request.variables)
        time.tzset()
        adopt_home()
        os.chdir(Path.home())
        gc.enable()

        def ready() -> None:
            if not say(connection, ready=True):
                # The hub gave up, or has ended and does not know of this server: nobody could reach it or stop it.
                sys.stderr.write("The hub did not wait for this server.\n")
                sys.exit(1)
            connection.close()
            word.ready()

        def tell(line: Mapping[str, Any]) -> None:
            say(connection, progress=line)

        launcher.run(list(request.arguments), launcher.Forked(listener, ready, tell, word.opening, blamed))
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        word.blame(place(error.__traceback__, Path.home()))
    except BaseException as error:  # noqa: BLE001 - nothing of this may return into the zygote's code
        traceback.print_exc()
        word.blame(place(error.__traceback__, Path.home()))
    finally:
        _leave(code)


def _leave(code: int) -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    # Not exit(): what the zygote has registered for its end is not ours.
    os._exit(code)
