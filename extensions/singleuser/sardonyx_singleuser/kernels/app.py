"""ipykernel's application, which says when its sockets are open: who connects earlier has to wait and try again."""

from collections.abc import Callable
from typing import Any

from sardonyx_singleuser.kernels import ports

ports.do_without()

from ipykernel import kernelapp  # noqa: E402 - its parts are replaced first


class IPKernelApp(kernelapp.IPKernelApp):  # type: ignore[misc]  # ipykernel is untyped
    """An ordinary kernel in everything else, also in its name, which settings and log lines have."""

    when_open: Callable[[], Any] | None = None

    def init_heartbeat(self) -> None:
        """Open the last of the sockets."""
        super().init_heartbeat()
        if self.when_open is not None:
            self.when_open()
