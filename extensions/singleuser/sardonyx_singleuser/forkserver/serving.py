"""A server as the only child of its first process: kept until it ends, and told whose it is."""

import gc
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from sardonyx_singleuser import launcher
from sardonyx_singleuser.forkserver.keeper import OPEN_S, Keeper, Word, end_all_others
from sardonyx_singleuser.forkserver.own_home import adopt_home
from sardonyx_singleuser.forkserver.protocol import say
from sardonyx_singleuser.kernels.dormant import Dormant
from sardonyx_singleuser.kernels.origin import Origin
from sardonyx_singleuser.own_settings import found, place
from sardonyx_singleuser.sandbox import calls


@dataclass(frozen=True)
class Served:
    """A server to be.

    Args:
        variables: its whole environment.
        arguments: for the single-user server.
        home: of its person.
        connection: to the hub, which hears how far it is.
        listener: where the proxy reaches it.
    """

    variables: Mapping[str, str]
    arguments: tuple[str, ...]
    home: Path
    connection: socket.socket
    listener: socket.socket


def keep(served: Served) -> int:
    """Start the server, and be its parent until it ends; return the exit code to leave with."""
    output, inside = os.pipe()
    gc.disable()
    # From here on, and only here: the log is open in this process, and no code of the person may get it from here.
    calls.close_own_proc_files()
    keeper, blamed = Keeper(output), None
    has_own_settings = bool(found(served.home))
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
            _serve(served, Word(tell), blamed)
        os.close(tell)

        def ready() -> None:
            # The hub learns of a server that ended by the end of the connection, the proxy by a socket where nobody
            # listens: the server alone may hold them.
            served.connection.close()
            served.listener.close()

        may_try_again = has_own_settings and blamed is None
        code = keeper.keep(server, told, ready, OPEN_S if may_try_again else None)
        if not (may_try_again and keeper.failed_to_open):
            return code
        blamed = keeper.blamed
        end_all_others()


def _serve(served: Served, word: Word, blamed: str | None) -> NoReturn:
    """Become the server.

    Args:
        word: tells the first process how far this one is.
        blamed: see `launcher.Forked`.
    """
    connection, code = served.connection, 1
    try:
        for number in calls.HANDLED:
            signal.signal(number, signal.SIG_DFL)
        if Dormant.current is None and Origin.current is not None:
            sys.stderr.write("Sardonyx: kernels start slowly in this server: the system refuses one more process\n")
        os.environ.clear()
        os.environ.update(served.variables)
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

        launcher.run(list(served.arguments), launcher.Forked(served.listener, ready, tell, word.opening, blamed))
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        word.blame(place(error.__traceback__, Path.home()))
    except BaseException as error:  # noqa: BLE001 - nothing of this may return into the zygote's code
        traceback.print_exc()
        word.blame(place(error.__traceback__, Path.home()))
    finally:
        leave(code)


def leave(code: int) -> NoReturn:
    """End this process, and nothing of what it was forked from."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    # Not exit(): what the zygote has registered for its end is not ours.
    os._exit(code)
