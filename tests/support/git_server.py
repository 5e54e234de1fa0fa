"""A forge: git's own program behind a web server, which counts what it gives and may want a token; it has large files, too."""

import base64
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from support.loopback import served

PART_BYTES = 1 << 16
BATCH, STORE = "/info/lfs/objects/batch", "/large-files/"
"""Where a forge says where large files are (Git LFS, batch API), and where they are."""


@dataclass
class Forge:
    """One that serves the repositories of a folder.

    Args:
        token: without it nobody gets anything; "" = it is open to everybody.
        given: bytes that it has sent.
        asked: paths that were asked for, with a token that was right or none needed.
        users: names that came with a token.
        address: of this machine, where it answers.
        pause_s: for each 64 kB that it sends.
        leads: returns the address to which a path leads; "" = it is answered here.
        large_files: of Git LFS, by the digest of what is in them.
        large_files_at: address of where those are given out; "" = here. Nobody needs a token there.
        closed: end of the paths for which nobody has the right token; "" = of none.
        shown: paths at which a token was shown.
    """

    folder: Path
    token: str = ""
    port: int = 0
    given: int = 0
    asked: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    is_away: bool = False
    address: str = "127.0.0.1"
    pause_s: float = 0
    leads: Callable[[str], str] = lambda _: ""
    large_files: dict[str, bytes] = field(default_factory=dict)
    large_files_at: str = ""
    closed: str = ""
    shown: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.address}:{self.port}"


@contextmanager
def serving(forge: Forge) -> Iterator[Forge]:
    """Let a forge serve."""
    server = ForgeServer((forge.address, forge.port), type("Handler", (ForgeHandler,), {"forge": forge}))
    forge.port = server.server_port
    with served(server):
        yield forge


class ForgeServer(ThreadingHTTPServer):
    """One that a whole class may come to at once."""

    request_queue_size = 256


class ForgeHandler(BaseHTTPRequestHandler):
    """Answers for one forge."""

    forge: Forge
    lock = threading.Lock()

    def do_GET(self) -> None:
        """Answer what is there."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Answer what git wants of it."""
        self._answer(self._body())

    def do_PUT(self) -> None:
        """Take a large file."""
        self.forge.large_files[self.path.removeprefix(STORE)] = self._body()
        self._give(b"", "text/plain")

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _answer(self, body: bytes) -> None:
        if self.forge.is_away:
            self.send_error(503)
            return
        if "Authorization" in self.headers:
            self.forge.shown.append(self.path)
        if self.path.startswith(STORE):
            self.forge.asked.append(self.path)
            with suppress(ConnectionError):
                self._give(self.forge.large_files[self.path.removeprefix(STORE)], "application/octet-stream")
            return
        if not self._is_allowed():
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="forge"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.forge.asked.append(self.path)
        if elsewhere := self.forge.leads(self.path):
            self.send_response(301)
            self.send_header("Location", elsewhere)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path.endswith(BATCH):
            self._say_where(**json.loads(body))
            return
        with subprocess.Popen(
            ["git", "http-backend"], env=self._environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            threading.Thread(target=self._tell, args=(process.stdin, body)).start()
            # Whoever asked may be gone: too large a copy, or too long a wait.
            with suppress(ConnectionError):
                self._pass_on(process.stdout)

    def _say_where(self, operation: str, objects: list[dict[str, Any]], **_: object) -> None:
        at = self.forge.large_files_at or self.forge.url
        found = [
            {**each, "actions": {operation: {"href": f"{at}{STORE}{each['oid']}"}}}
            if operation == "upload" or each["oid"] in self.forge.large_files
            else {**each, "error": {"code": 404, "message": "It is not there"}}
            for each in objects
        ]
        self._give(json.dumps({"objects": found}).encode(), "application/vnd.git-lfs+json")

    def _give(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for start in range(0, len(body), PART_BYTES):
            self._send(body[start : start + PART_BYTES])

    def _send(self, part: bytes) -> None:
        time.sleep(self.forge.pause_s * len(part) / PART_BYTES)
        with self.lock:
            self.forge.given += len(part)
        self.wfile.write(part)

    @staticmethod
    def _tell(to: IO[bytes], body: bytes) -> None:
        with suppress(BrokenPipeError), to:
            to.write(body)

    def _pass_on(self, out: IO[bytes]) -> None:
        assert isinstance(out, BufferedReader)
        headers = dict(line.decode().strip().split(": ", 1) for line in iter(out.readline, b"\r\n"))
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        # As forges do: what git says while it gets ready is not kept back.
        while part := out.read1(PART_BYTES):
            self._send(part)

    def _is_allowed(self) -> bool:
        if self.forge.closed and self.path.endswith(self.forge.closed):
            return False
        if not self.forge.token:
            return True
        kind, _, given = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return False
        user, _, token = base64.b64decode(given).decode().partition(":")
        self.forge.users.append(user)
        return token == self.forge.token

    def _environment(self) -> dict[str, str]:
        where = urlsplit(self.path)
        return {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.forge.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "PATH_INFO": where.path,
            "QUERY_STRING": where.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "somebody",
        }

    def log_message(self, *_: object) -> None:
        """Say nothing."""
