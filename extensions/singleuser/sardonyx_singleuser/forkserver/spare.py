"""A server's first process that is there before anybody asks for it: it waits for a connection, and knows nothing yet."""

import select
import socket
from dataclasses import dataclass

from sardonyx_singleuser.forkserver import child
from sardonyx_singleuser.sandbox.calls import CLONE_PARENT, clone
from sardonyx_singleuser.sandbox.enter import Identity, namespaces


@dataclass(frozen=True)
class Spare:
    """Such a process, and our socket to it: it ends when that is closed without a connection."""

    pid: int
    gives: socket.socket

    @classmethod
    def make(cls, root: str, hub: Identity) -> "Spare":
        """Make one; its parent is ours (CLONE_PARENT).

        Args:
            root: the empty folder on which its sandbox will be put up.
            hub: whose process this one is.

        Raises:
            OSError: the system refuses it.
        """
        gives, given = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with given:
            try:
                pid = clone(CLONE_PARENT | namespaces(hub))
            except OSError:
                gives.close()
                raise
            if pid == 0:
                child.run(given, root, hub)
        return cls(pid, gives)

    def is_there(self) -> bool:
        """Tell whether it waits: it says nothing, so what can be read is its end."""
        return not select.select([self.gives], [], [], 0)[0]

    def dismiss(self) -> None:
        """Let it end."""
        self.gives.close()

    def give(self, connection: socket.socket) -> None:
        """Let it be the server that a connection asks for; it says its number there.

        Raises:
            OSError: it has ended.
        """
        with self.gives:
            socket.send_fds(self.gives, [str(self.pid).encode()], [connection.fileno()])
