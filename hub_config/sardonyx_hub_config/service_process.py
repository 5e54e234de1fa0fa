"""How the hub starts its services: each on a port that the hub keeps, and looked at often."""

import os
from collections.abc import Callable
from socket import socket
from typing import Any, ClassVar

from jupyterhub.services import service
from traitlets import Integer


class ServiceProcess(service._ServiceSpawner):  # type: ignore[misc]  # noqa: SLF001 - JupyterHub is untyped, and has no setting
    """Starts a service with the socket of its port as its standard input."""

    kept: ClassVar[dict[str, socket]] = {}
    """Name of a service -> its listening socket; see `sardonyx_services.listening`."""

    # JupyterHub 6.1 looks every 30 s, and so long would nobody get keys.
    poll_interval = Integer(2)

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
