"""How the hub starts its services: each on a port that the hub keeps, and looked at often."""

import errno
import os
from collections.abc import Callable
from socket import socket
from subprocess import Popen
from typing import Any, ClassVar

from jupyterhub.services import service
from traitlets import Integer

FOR_WANT_OF_SOMETHING = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)


class NotStarted(Popen[bytes]):
    """Stands for a process that there is not, so that the hub finds it ended when it looks the next time."""

    def __init__(self) -> None:
        self.pid, self.returncode = 0, 1


class ServiceProcess(service._ServiceSpawner):  # type: ignore[misc]  # noqa: SLF001 - JupyterHub is untyped, and has no setting
    """Starts a service with the socket of its port as its standard input."""

    kept: ClassVar[dict[str, socket]] = {}
    """Name of a service -> its listening socket; see `sardonyx_services.listening`."""

    # JupyterHub 6.1 looks every 30 s, and so long would nobody get keys.
    poll_interval = Integer(2)

    def start(self) -> None:
        """Start it; where the machine has no room for a process now, that is tried again at the next look.

        JupyterHub 6.1 would never try again: who calls this when a service ended is waited for by nobody.
        """
        try:
            super().start()
        except OSError as error:
            if error.errno not in FOR_WANT_OF_SOMETHING:
                raise
            self.log.warning(
                "Service %s cannot be started now: %s. It is tried again.", self._service_name, error.strerror
            )
            self.proc, self.pid = NotStarted(), 0

    def make_preexec_fn(self, name: str) -> Callable[[], None] | Any:
        """Give the socket to the new process; JupyterHub closes all but the first three files in it."""
        usual = super().make_preexec_fn(name)
        kept = self.kept.get(self._service_name)
        if kept is None:
            return usual

        def give() -> None:
            os.dup2(kept.fileno(), 0)
            if usual is not None:
                usual()

        return give
