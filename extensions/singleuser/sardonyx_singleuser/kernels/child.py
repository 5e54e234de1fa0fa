"""A kernel's way from a fork to IPython: everything that an exec would have replaced, replaced."""

import ctypes
import gc
import json
import os
import random
import resource
import signal
import site
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any, NoReturn

from sardonyx_singleuser.first_to_go import go_first
from sardonyx_singleuser.forkserver.own_home import adopt_user_base
from sardonyx_singleuser.forkserver.protocol import MOST_BYTES, say
from sardonyx_singleuser.kernels.origin import Origin
from sardonyx_singleuser.kernels.preimported import Preimported
from sardonyx_singleuser.own_packages import add_to_path
from sardonyx_singleuser.replaced import found

PATIENCE_S = 10.0
IGNORED = (signal.SIGPIPE, signal.SIGXFSZ)
"""Signals that Python ignores from its start."""


@dataclass(frozen=True)
class KernelRequest:
    """A kernel to be; with the files that it reads from and writes to.

    Args:
        command: what an ordinary kernel would be started with.
        variables: its whole environment.
        folder: where it works.
        umask: which rights its files do not get.
        limits: of its resources, by number.
        pause_s: how long it waits between its sockets and its first message.
    """

    command: tuple[str, ...]
    variables: Mapping[str, str]
    folder: str
    umask: int
    limits: tuple[tuple[int, int, int], ...]
    pause_s: float

    def send(self, connection: socket.socket, files: tuple[int, int, int]) -> None:
        """Tell it to the kernel's process."""
        socket.send_fds(connection, [b"k"], files)
        connection.sendall(json.dumps(asdict(self)).encode() + b"\n")


def receive(connection: socket.socket) -> tuple[KernelRequest, list[int]]:
    """Read what kernel is wanted, and its files.

    Raises:
        ValueError: it cannot be understood.
    """
    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile("rb") as lines:
        told: dict[str, Any] = json.loads(lines.readline(MOST_BYTES))
    limits = tuple((int(kind), int(soft), int(hard)) for kind, soft, hard in told["limits"])
    request = KernelRequest(
        tuple(told["command"]), told["variables"], told["folder"], told["umask"], limits, told["pause_s"]
    )
    return request, files


def prepare(origin: Origin) -> None:
    """Do what is the same for all kernels of a server: they share the memory that it changes, and none waits for it.

    To be called once, before the first of them.
    """
    origin.restore()
    if Preimported.current is not None:
        Preimported.current.take_away()


def run(connection: socket.socket, origin: Origin) -> NoReturn:
    """Be a kernel from its request to its end; called in a child that was just made, by a process that is prepared."""
    code = 1
    try:
        os.setsid()
        connection.settimeout(PATIENCE_S)
        request, files = receive(connection)
        connection.settimeout(None)
        say(connection, pid=os.getpid())
        _take(request, files)
        go_first()
        close_files({0, 1, 2, connection.fileno()})
        _begin_anew(request, origin)

        def when_open() -> None:
            say(connection, ready=True)
            connection.close()
            time.sleep(request.pause_s)

        _launch(request, when_open)
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - nothing of this may return into the server's code
        traceback.print_exc()
    finally:
        _end(code)


def close_files(kept: set[int]) -> None:
    """Close all open files but some."""
    for descriptor in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208 - numbers are wanted, not paths
        if descriptor not in kept:
            # One of them is the folder that was just listed.
            with suppress(OSError):
                os.close(descriptor)


def _take(request: KernelRequest, files: list[int]) -> None:
    for number, descriptor in enumerate(files):
        os.dup2(descriptor, number)
    os.chdir(request.folder)
    os.umask(request.umask)
    for kind, soft, hard in request.limits:
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (soft, hard))
    os.environ.clear()
    os.environ.update(request.variables)
    time.tzset()
    tempfile.tempdir = None


def _begin_anew(request: KernelRequest, origin: Origin) -> None:
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        # Some are the C library's own.
        with suppress(OSError):
            signal.signal(number, signal.SIG_IGN if number in IGNORED else signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    random.seed()
    _ask_for_number()
    if sys.version_info < (3, 14):
        import asyncio  # noqa: PLC0415 - the supervisor reads this file, too, and stays small

        # It remembers that there was a loop, and makes no new one.
        asyncio.set_event_loop_policy(None)
    _adopt_home()
    add_to_path()
    sys.argv[:] = [origin.launcher, *request.command[3:]]
    sys.orig_argv[:] = request.command
    main = ModuleType("__main__")
    main.__file__ = origin.launcher
    sys.modules["__main__"] = main
    gc.enable()


def _ask_for_number() -> None:
    # Python 3.11 to 3.13 does not ask again after a fork; this can go with the last of them.
    ask_again = found(threading.main_thread(), "_set_native_id", "Kernels have a wrong number of their first thread.")
    if ask_again is not None:
        ask_again()


def _adopt_home() -> None:
    """Replace what Python and libraries have read from another home at their start."""
    adopt_user_base()
    site.USER_BASE = site.USER_SITE = None
    site.getusersitepackages()
    parso, jedi = _in_memory("parso.cache"), _in_memory("jedi.settings")
    if parso is None:
        return
    # It has no setting in version 0.8; this can go when a later one has, or asks for the home when it is used.
    asked = found(parso, "_get_default_cache_path", "What it keeps for completions goes with the server.")
    if asked is None:
        return
    parso._default_cache_path = asked()  # noqa: SLF001
    if jedi is not None:
        jedi.cache_directory = os.path.join(os.path.dirname(parso._default_cache_path), "jedi")  # noqa: PTH118, PTH120, SLF001


def _in_memory(name: str) -> Any:
    held = None if Preimported.current is None else Preimported.current.held(name)
    return held or sys.modules.get(name)


def _launch(request: KernelRequest, when_open: Any) -> None:
    from sardonyx_singleuser.kernels.app import IPKernelApp  # noqa: PLC0415 - it is in memory: the trial imported it

    parent = int(request.variables.get("JPY_PARENT_PID") or 0)
    app = IPKernelApp.instance(parent_handle=parent)
    app.when_open = when_open
    app.initialize(None)
    app.start()


def _end(code: int) -> NoReturn:
    """End as a Python program does: with its threads, what it registered for its end, and its objects."""
    try:
        ctypes.PyDLL(None).Py_Exit(code)
    finally:
        os._exit(code)
