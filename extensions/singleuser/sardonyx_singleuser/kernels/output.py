"""What a kernel's forks print reaches it through a file in its folder, not through a port.

Only the standard library, and what the kernel's environment has: an ipykernel from 6.0 on, and maybe an older Python.
"""

from __future__ import annotations

import os
from typing import Any

import zmq
from ipykernel import iostream, kernelapp
from zmq.eventloop.zmqstream import ZMQStream

IPC = "ipc://"


class IOPubThread(iostream.IOPubThread):  # type: ignore[misc]  # ipykernel is untyped
    """An ordinary one, where the kernel's own sockets are ports as well.

    ipykernel has a port here whatever its own sockets are: others can fill the kernel's memory through it.
    """

    _place = ""

    def _setup_pipe_in(self) -> None:
        place = self.socket.getsockopt(zmq.LAST_ENDPOINT).decode().rstrip("\0")
        if not place.startswith(IPC):
            super()._setup_pipe_in()
            return
        self._place = place + "p"
        self._pipe_uuid = os.urandom(16)
        pipe = self.socket.context.socket(zmq.PULL)
        pipe.linger = 0
        pipe.bind(self._place)
        self._pipe_in = ZMQStream(pipe, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def _setup_pipe_out(self) -> Any:
        if not self._place:
            return super()._setup_pipe_out()
        context = zmq.Context()
        pipe = context.socket(zmq.PUSH)
        # What is not taken within three seconds is left, as in ipykernel.
        pipe.linger = 3000
        pipe.connect(self._place)
        return context, pipe


def install() -> None:
    """Let kernels of this process have it."""
    kernelapp.IOPubThread = IOPubThread
