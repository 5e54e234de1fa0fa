"""A port for a server, kept free for it until it listens."""

import socket

LOOPBACK = "127.0.0.1"


def reserve_port() -> socket.socket:
    """Return a socket that keeps a free port for the server until the server listens on it.

    Nobody else is given the port meanwhile. The server can bind it all the same, because both sockets allow the
    address to be used again and this one does not listen (socket(7), SO_REUSEADDR).
    """
    reservation = socket.socket()
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reservation.bind((LOOPBACK, 0))
    return reservation
