"""A service listens on what the hub keeps for it, so that its port is never anybody else's."""

import socket
import subprocess
import sys
from contextlib import suppress

import pytest
from support.ports import free_ports
from support.waiting import soon

from sardonyx_services.listening import bound

SERVICE = """
import os, stat, sys
from sardonyx_services.listening import given
found = given(int(sys.argv[1]))
client, _ = found.accept()
client.sendall(b"socket" if stat.S_ISSOCK(os.fstat(0).st_mode) else b"no socket")
"""


def run(port: int, stdin: int) -> "subprocess.Popen[bytes]":
    """Run a service that answers once, and says what its standard input is by then."""
    return subprocess.Popen([sys.executable, "-c", SERVICE, str(port)], stdin=stdin)


def answer(port: int) -> bytes:
    """Return what a service says, once it is there."""
    said = []

    def ask() -> bool:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            said.append(client.recv(20))
        return bool(said)

    soon(ask)
    return said[0]


def test_what_comes_while_a_service_is_away_is_answered_by_its_next_run() -> None:
    """A moment later, and not with a refusal."""
    port = free_ports()
    with bound(port) as kept, socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        process = run(port, kept.fileno())

        assert client.recv(20) == b"no socket"
        assert process.wait(20) == 0


def test_a_service_that_nobody_gave_a_socket_has_one_of_its_own() -> None:
    """As in a test, or started by hand."""
    port = free_ports()
    process = run(port, subprocess.DEVNULL)

    assert answer(port) == b"no socket"
    assert process.wait(20) == 0


def test_a_socket_that_is_another_one_is_not_taken() -> None:
    """Standard input may be a socket for other reasons."""
    port = free_ports()
    with bound(port + 1) as kept:
        process = run(port, kept.fileno())

        assert answer(port) == b"socket"
        assert process.wait(20) == 0


def test_a_port_that_somebody_has_is_an_error() -> None:
    """And leaves nothing open."""
    port = free_ports()
    with bound(port), pytest.raises(OSError, match="Address already in use"):
        bound(port)
