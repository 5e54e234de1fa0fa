"""The process of a server that its kernels are made from: it waits for the server's word, and forks.

It is made before the server has run anything of its own, so it has one thread and no open file, and sleeps until the
first kernel is wanted. What a kernel is to be is read by the kernel's process only.
"""

import os
import signal
import socket
import traceback
from contextlib import suppress
from typing import ClassVar, NoReturn

from sardonyx_singleuser.forkserver.protocol import say
from sardonyx_singleuser.kernels import child
from sardonyx_singleuser.kernels.origin import Origin
from sardonyx_singleuser.sandbox.calls import HANDLED, clone_sibling, fork_two

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
    is_in_sandbox: ClassVar[bool] = False
    """Whether this process is of a server that a fork server has made: with a folder that nobody else has."""

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid, self.control = pid, control

    @classmethod
    def fork_server(cls, output: int) -> int:
        """Fork a server, and this process with it; return the server's number, 0 in it.

        Without this process, where nothing is warmed or the system refuses one more, kernels start as usual.

        Args:
            output: what the server will write to.

        Raises:
            OSError: the system refuses the server.
        """
        cls.is_in_sandbox = True
        origin = Origin.current
        if origin is None:
            return os.fork()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                server, pid = fork_two(theirs.fileno(), output)
            except OSError:
                ours.close()
                raise
            if pid == 0:
                _serve(theirs, origin)
        if pid > 0:
            cls.current = cls(pid, ours)
        else:
            ours.close()
        return server

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

    @property
    def is_there(self) -> bool:
        """Whether it can be asked again: its end of the connection is closed before those of all whom it leaves waiting."""
        try:
            return bool(self.control.recv(1, socket.MSG_DONTWAIT))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def leave(self) -> None:
        """Do without it from now on."""
        if Dormant.current is not self:
            # Somebody else has seen that already, and its number may be another process'.
            return
        self.control.close()
        with suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        Dormant.current = None


def _serve(control: socket.socket, origin: Origin) -> NoReturn:
    code, is_prepared = 1, False
    try:
        # Python still has the handlers of the process that forked the server.
        signal.set_wakeup_fd(-1)
        for number in HANDLED:
            signal.signal(number, signal.SIG_DFL)
        while True:
            _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not descriptors:
                code = 0
                break
            connection = socket.socket(fileno=descriptors[0])
            if not is_prepared:
                # Not before: a server without kernels needs no memory for it.
                child.prepare(origin)
                is_prepared = True
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
