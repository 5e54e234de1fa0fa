"""ipykernel's debugger without a port: what it says goes over sockets that only the kernel and its adapter have.

Only the standard library, and what the kernel's environment has: an ipykernel from 6.0 on, and maybe an older Python.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipykernel.debugger as theirs
from zmq import LAST_ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Sequence

ADAPTER = Path(__file__).with_name("adapter.py")
PATIENCE_S = 30
BEGIN = "import debugpy;get_ipython().kernel.debugger.begin()"
"""What the kernel's main thread runs: only there its frames can be traced. `debugpy` is there afterwards, as ever."""


class Wire:
    """What ipykernel takes for a ZeroMQ stream to debugpy's port, and for the socket of it."""

    def __init__(self) -> None:
        self.socket = self
        self.take: Any = None
        self._adapter: Any = None
        self._control: Any = None
        self._ours: Any = None

    def bind_to_random_port(self, _address: str) -> None:
        """Look for no free port: there is none."""

    def unbind(self, _endpoint: str) -> None:
        """Leave what was not taken."""

    def getsockopt(self, option: int) -> bytes:
        """Return the address of the port that there is not, or the name of who would be connected to it."""
        return b"tcp://127.0.0.1:0" if option == LAST_ENDPOINT else b"debugpy"

    def connect(self, _endpoint: str) -> None:
        """Become a client of the adapter."""
        self._ours, other = socket.socketpair()
        with other:
            socket.send_fds(self._control, [b"c"], [other.fileno()])
        asyncio.get_running_loop().add_reader(self._ours, self._read)

    def disconnect(self, _endpoint: str) -> None:
        """Be its client no more."""
        asyncio.get_running_loop().remove_reader(self._ours)
        self._ours.close()

    def send_multipart(self, parts: Sequence[bytes]) -> None:
        """Say something to it."""
        self._ours.sendall(parts[1])

    def start(self, folder: str) -> socket.socket:
        """Start the adapter; return the socket that is the traced program's.

        Args:
            folder: where debugpy is.

        Raises:
            RuntimeError: it does not start.
        """
        self._control, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kernel, other = socket.socketpair()
        with control, other:
            passed = [control.fileno(), other.fileno()]
            command = [sys.executable, str(ADAPTER), folder, *map(str, passed)]
            # In a session of its own, as debugpy's: an interrupt is for the kernel's processes.
            self._adapter = subprocess.Popen(
                command, pass_fds=passed, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
        self._control.settimeout(PATIENCE_S)
        with suppress(OSError):
            if self._control.recv(1):
                self._control.settimeout(None)
                return kernel
        kernel.close()
        self._adapter.kill()
        raise RuntimeError("debugpy's adapter did not start")

    def _read(self) -> None:
        data = self._ours.recv(1 << 16)
        if data:
            self.take(data.decode("utf-8", errors="replace"))
        else:
            asyncio.get_running_loop().remove_reader(self._ours)


class Debugger(theirs.Debugger):  # type: ignore[misc]  # ipykernel is untyped
    """An ordinary one in all that it does for a person."""

    debugpy_initialized: bool

    def __init__(self, log: Any, _stream: Any, *arguments: Any, **named: Any) -> None:
        self.wire = Wire()
        super().__init__(log, self.wire, *arguments, **named)
        self.wire.take = self.tcp_client.receive_dap_frame

    def start(self) -> bool:
        """Let the kernel's main thread begin, once; ipykernel's own would let it listen on a port."""
        if not self.debugpy_initialized:
            Path(theirs.get_tmp_directory()).mkdir(mode=0o700, parents=True, exist_ok=True)
            shell, name = self.shell_socket, self.shell_socket.getsockopt(theirs.ROUTING_ID)
            self.session.send(shell, "execute_request", {"code": BEGIN, "silent": True}, None, name)
            _, told = self.session.recv(shell, mode=0)
            self.debugpy_initialized = told["content"]["status"] == "ok"
        return self.debugpy_initialized and bool(super().start())

    def begin(self) -> None:
        """Trace this process for the adapter; called in the main thread.

        Raises:
            RuntimeError: somebody else does already.
        """
        from debugpy.server import api  # noqa: PLC0415 - it takes its time

        # It is found only now.
        pydevd: Any = import_module("pydevd")
        if api.listen.called or pydevd.get_global_debugger() is not None:
            raise RuntimeError("this kernel has called debugpy.listen() or debugpy.connect()")
        # Neither has a setting for what it connects to or listens on but ports (debugpy 1.8); this can go when one has.
        connects = pydevd.start_client
        package = Path(api.debugpy.__file__).parent
        kernel = self.wire.start(str(package.parent))
        pydevd.start_client = lambda _host, _port: kernel
        try:
            # As debugpy.listen() does it, but for the programs that the kernel starts: each would wait for a debugger
            # of its own, which JupyterLab does not have.
            api._settrace(  # noqa: SLF001
                host="127.0.0.1", port=0, suspend=False, patch_multiprocessing=False, wait_for_ready_to_run=False,
                block_until_connected=True, dont_trace_start_patterns=(str(package),),
                dont_trace_end_patterns=("debugpy_launcher.py",),
            )  # fmt: skip
        finally:
            pydevd.start_client = connects
        api.listen.called = True
        os.register_at_fork(after_in_child=partial(_leave_alone, pydevd.get_global_debugger()))


def _leave_alone(traced: Any) -> None:
    # Nobody would hear that a fork of the kernel has stopped at a breakpoint, and it would stand there for ever.
    with suppress(Exception):
        threading.settrace(None)
        traced.disable_tracing()


def install() -> None:
    """Let kernels of this process have it; to be called before ipykernel's kernel is imported."""
    theirs.Debugger = Debugger
