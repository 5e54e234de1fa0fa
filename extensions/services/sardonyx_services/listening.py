"""Where a service listens: on a socket that the hub keeps for it, so that nobody else has its port while it is away.

The network of one machine is shared with the code of people's servers. Whoever had this port between the end of a service
and its next start would be sent what is meant for the service, tokens among it. So the hub binds the port, and gives the
socket to each run of the service as its standard input, as inetd does.
"""

import os
import socket
import stat

LOOPBACK = "127.0.0.1"
BACKLOG = 512


def bound(port: int) -> socket.socket:
    """Return a socket that listens on a port of this machine's loopback.

    Raises:
        OSError: the port cannot be had.
    """
    found = socket.socket()
    try:
        # A port in TIME_WAIT after a restart is free.
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((LOOPBACK, port))
        found.listen(BACKLOG)
    except OSError:
        found.close()
        raise
    return found


def given(port: int) -> socket.socket:
    """Return the socket that the hub keeps for this service, or one of its own where it was started by somebody else.

    Raises:
        OSError: there is none, and the port cannot be had.
    """
    if not stat.S_ISSOCK(os.fstat(0).st_mode):
        return bound(port)
    found = socket.socket(fileno=os.dup(0))
    if found.family != socket.AF_INET or found.getsockname() != (LOOPBACK, port):
        found.close()
        return bound(port)
    # What this service starts must not hold on to it.
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return found
