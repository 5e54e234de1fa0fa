"""Which Spark sessions run in this server, and where their pages are.

On one machine servers share the loopback: what listens there may be somebody else's. So a port counts only while a process
that this server sees has it open, and only then is anything sent to it.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import socket
import struct
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from sardonyx_singleuser.spark_settings import PAGES_HOST

ANSWER_S = 15.0
"""The first question takes Spark some seconds."""
TOKEN_S = 60
"""So long is a token good: for one request, by a clock of the same machine."""
LISTENS = "0A"
APPLICATIONS = "/api/v1/applications"
HEADER = b'{"alg":"HS256"}'


@dataclass(frozen=True)
class Session:
    """One that runs.

    Args:
        name: as its person called it.
        port: where its pages are, on `PAGES_HOST`.
        started: seconds since 1970.
    """

    id: str
    name: str
    port: int
    started: float


@dataclass(eq=False)
class Sessions:
    """Those of this server.

    Args:
        key: the file with the key that their pages know.
    """

    key: Path
    proc: Path = Path("/proc")
    _known: dict[int, Session] = field(default_factory=dict)
    """By the numbers of their sockets: a port may be another session's later."""

    async def running(self) -> list[Session]:
        """Return those whose pages answer, the oldest first."""
        open_now = self._open()
        known = {each.port: each for inode, each in self._known.items() if open_now.get(inode) == each.port}
        asked = await asyncio.gather(*(self._ask(port) for port in open_now.values() if port not in known))
        by_port = known | {session.port: session for session in asked if session is not None}
        self._known = {inode: by_port[port] for inode, port in open_now.items() if port in by_port}
        return sorted(self._known.values(), key=lambda session: session.started)

    async def find(self, name: str) -> Session | None:
        """Return the session with an id, if it runs."""
        open_now = self._open()
        for inode, session in self._known.items():
            if session.id == name and open_now.get(inode) == session.port:
                return session
        return next((session for session in await self.running() if session.id == name), None)

    def token(self) -> str:
        """Return what lets one request through.

        Raises:
            OSError: this server has no key.
        """
        claims = json.dumps({"exp": int(time.time()) + TOKEN_S})
        signed = f"{_text(HEADER)}.{_text(claims.encode())}"
        return f"{signed}.{_text(hmac.new(self.key.read_bytes(), signed.encode(), hashlib.sha256).digest())}"

    def _open(self) -> dict[int, int]:
        """Return the ports of pages that a process of this server has open, by the numbers of their sockets."""
        found: dict[int, int] = {}
        for table in ("tcp", "tcp6"):
            with suppress(OSError):
                found |= listening((self.proc / "net" / table).read_text().splitlines()[1:])
        own = self._own() if found else set()
        return {inode: port for inode, port in found.items() if inode in own}

    def _own(self) -> set[int]:
        own = set()
        for process in self.proc.glob("[0-9]*"):
            # It may end while it is looked at, or be somebody else's.
            with suppress(OSError):
                for link in os.scandir(process / "fd"):
                    kind, _, number = os.readlink(link).partition(":")  # noqa: PTH115 - thousands of them, each time
                    if kind == "socket":
                        own.add(int(number.strip("[]")))
        return own

    async def _ask(self, port: int) -> Session | None:
        """Return the session at a port; None where it does not take our token."""
        try:
            headers = {"Authorization": f"Bearer {self.token()}"}
            request = HTTPRequest(
                f"http://{PAGES_HOST}:{port}{APPLICATIONS}", headers=headers, request_timeout=ANSWER_S
            )
            said = json.loads((await AsyncHTTPClient(force_instance=True).fetch(request)).body)[0]
            return Session(
                str(said["id"]), str(said["name"]), port, float(said["attempts"][-1]["startTimeEpoch"]) / 1000
            )
        # Whatever is wrong with it: one that is just starting or ending, or one with settings of its person's own.
        except Exception:  # noqa: BLE001 - in whichever way
            return None


def listening(lines: Iterable[str]) -> dict[int, int]:
    """Return what listens on the address of the pages, by a table of the kernel (proc(5)): socket's number -> port."""
    (packed,) = struct.unpack("=I", socket.inet_aton(PAGES_HOST))
    # Java listens for both kinds of addresses at once: there, it is written as the last part of one of the newer kind.
    (mark,) = struct.unpack("=I", b"\x00\x00\xff\xff")
    addresses = {f"{packed:08X}", f"{0:016X}{mark:08X}{packed:08X}"}
    found = {}
    for line in lines:
        fields = line.split()
        address, _, port = fields[1].partition(":")
        if fields[3] == LISTENS and address in addresses:
            found[int(fields[9])] = int(port, 16)
    return found


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
