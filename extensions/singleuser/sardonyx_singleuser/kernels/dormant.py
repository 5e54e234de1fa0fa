"""The process of a server that its kernels are made from: it waits for the server's word, and forks.

It is made before the server has run anything of its own, so it has one thread and no open file. What a kernel is
to be is read by the kernel's process only.
"""

import os
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import ClassVar, NoReturn

from sardonyx_singleuser.forkserver.protocol import say
from sardonyx_singleuser.kernels import child
from sardonyx_singleuser.kernels.origin import Origin
from sardonyx_singleuser.sandbox.calls import clone_sibling

FORK = b"f"
FORKED = "sardonyx-forked"
"""Name of the provisioner in this distribution's entry points."""


class Dormant:
    """This server's one, as the server knows it.

    Args:
        pid: its process.
        control: our socket to it; it ends when this is closed.
    """

    current: ClassVar["Dormant | None"] = None

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid, self.control = pid, control

    @classmethod
    def make(cls) -> None:
        """Fork it, in a server that has run nothing yet; without it, kernels start as usual."""
        origin = Origin.current
        if origin is None:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            pid = os.fork()
        except OSError as error:
            sys.stderr.write(f"Sardonyx: kernels start slowly in this server: {error}\n")
            ours.close()
            theirs.close()
            return
        if pid == 0:
            _serve(theirs, origin)
        theirs.close()
        cls.current = cls(pid, ours)

    def ask(self) -> socket.socket:
        """Return a connection to a process that will read what kernel it is to be.

        Raises:
            OSError: there is nobody to make it.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            try:
                socket.send_fds(self.control, [FORK], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    def leave(self) -> None:
        """Do without it from now on."""
        self.control.close()
        with suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        Dormant.current = None


def _serve(control: socket.socket, origin: Origin) -> NoReturn:
    code = 1
    try:
        os.setsid()
        child.close_files({0, 1, 2, control.fileno()})
        while True:
            _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not descriptors:
                code = 0
                break
            connection = socket.socket(fileno=descriptors[0])
            try:
                made = clone_sibling()
            except OSError as error:
                say(connection, error=str(error))
            else:
                if made == 0:
                    child.run(connection, origin)
            connection.close()
    except BaseException:  # noqa: BLE001 - nothing of this may return into the server's code
        traceback.print_exc()
    finally:
        os._exit(code)
