"""A folder with the unix sockets of servers, which only the hub's own user can enter."""

import hashlib
import os
import re
import socket
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from sardonyx_spawner.local.address import Address

LONGEST_PATH = 107
"""Of a unix socket, in bytes (unix(7))."""
PLAIN = re.compile(r"[a-z0-9/._-]+")
"""Paths that can stand in an address: JupyterHub's client makes small letters of others."""
NAME_LENGTH = 16
ELSEWHERE = Path("/tmp")  # noqa: S108 - a folder of our own is made in it


class SocketFolder:
    """The folder.

    Args:
        folder: where it should be. If its path cannot stand in an address, because it is long or has capital letters,
            a link is there to a folder in /tmp.
    """

    def __init__(self, folder: Path) -> None:
        self._wanted = folder

    def address(self, private: Path) -> Address:
        """Return where the server of a private folder listens.

        Raises:
            OSError: the folder cannot be made.
        """
        return Address(socket=self._path() / _name(private))

    def forget(self, private: Path) -> None:
        """Take away the socket of a server that ended."""
        with suppress(FileNotFoundError):
            (self._wanted / _name(private)).unlink()

    def sweep(self) -> None:
        """Take away the sockets where nobody listens."""
        for path in self._wanted.glob("*"):
            # A busy server has no room for us at once; so it lives.
            with socket.socket(socket.AF_UNIX) as trial, suppress(FileNotFoundError, BlockingIOError):
                trial.setblocking(False)  # noqa: FBT003 - the standard library's signature
                try:
                    trial.connect(str(self._path() / path.name))
                except ConnectionRefusedError:
                    path.unlink()

    def _path(self) -> Path:
        if fits_address(self._wanted / ("x" * NAME_LENGTH)):
            self._wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
            return self._wanted
        with suppress(OSError):
            there = self._wanted.readlink()
            status = there.lstat()
            # After a restart of the machine it is gone, and anybody could have made one of that name.
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid():
                return there
        self._wanted.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._wanted.unlink(missing_ok=True)
        made = Path(tempfile.mkdtemp(prefix="sardonyx-", dir=ELSEWHERE))
        self._wanted.symlink_to(made)
        return made


def fits_address(path: Path) -> bool:
    """Tell whether the path of a socket can stand in an address, and be connected to."""
    return PLAIN.fullmatch(str(path)) is not None and len(os.fsencode(path)) <= LONGEST_PATH


def _name(private: Path) -> str:
    return hashlib.sha256(str(private).encode()).hexdigest()[:NAME_LENGTH]
