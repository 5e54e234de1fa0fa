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


def bound(port: int, address: str = LOOPBACK) -> socket.socket:
    """Return a socket that listens on a port.

    Args:
        address: "" = all of this machine's, or of this Pod's, where the network says who may come.

    Raises:
        OSError: the port cannot be had.
    """
    if address or not socket.has_dualstack_ipv6():
        # A port in TIME_WAIT after a restart is free: this allows that.
        return socket.create_server((address, port), backlog=BACKLOG)
    return socket.create_server(("", port), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=True)


def given(port: int) -> socket.socket:
    """Return the socket that the hub keeps for this service, or one of its own where it was started by somebody else.

    Raises:
        OSError: there is none, and the port cannot be had.
    """
    if not stat.S_ISSOCK(os.fstat(0).st_mode):
        return bound(port)
    found = socket.socket(fileno=os.dup(0))
    if found.family not in {socket.AF_INET, socket.AF_INET6} or found.getsockname()[1] != port:
        found.close()
        return bound(port)
    # What this service starts must not hold on to it.
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return found
