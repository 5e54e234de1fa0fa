"""A fork server without a hub around it, under root or an ordinary user, asked over its socket as the hub does."""

import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote

from support.addresses import socket_path
from support.everybody import ORDINARY, as_ordinary
from support.kernels import run_in_kernel

FIRST_OWNER = 1_900_000_500
PATIENCE_S = 30.0
OPEN_FILES = 1024
"""As Linux begins programs with."""


class _StubHub(http.server.BaseHTTPRequestHandler):
    """A hub that knows everybody; a server asks it for its version and for its visitors."""

    def do_GET(self) -> None:
        """Answer whatever is asked."""
        name = self.headers.get("Authorization", "token nobody").split()[-1].split("-")[0]
        scopes = [f"access:servers!server={name}/"]
        self._say({"name": name, "kind": "user", "admin": False, "groups": [], "version": "6.1.1", "scopes": scopes})

    do_POST = do_GET  # noqa: N815 - the standard library looks for this name

    def log_message(self, *_arguments: object) -> None:
        """Keep the tests' output short."""

    def _say(self, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("X-JupyterHub-Version", "6.1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def stub_hub() -> Iterator[str]:
    """Run it; give its API's address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _StubHub) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hub/api"
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Server:
    """One server, or what was said instead."""

    name: str
    home: Path
    log: Path
    url: str
    said: list[dict[str, Any]]

    @property
    def pid(self) -> int:
        """The first process of its namespaces, as it is called outside."""
        return int(next(line["pid"] for line in self.said if "pid" in line))

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return Path(socket_path(self.url) or "")

    @property
    def is_ready(self) -> bool:
        """Whether the server said so."""
        return {"ready": True} in self.said

    def run(self, code: str) -> str:
        """Run Python in a new kernel of it."""
        return run_in_kernel(self.url, f"{self.name}-token", code).strip()


@dataclass
class Forks:
    """A fork server of one environment."""

    base: Path
    python: Path
    api: str
    user: int | None
    idle_s: float = 600.0
    processes: int | None = None
    count: int = 0
    made: list[int] = field(default_factory=list)
    owners: dict[str, int] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where it keeps its socket."""
        return self.base / "fork"

    @property
    def is_root(self) -> bool:
        """Whether it runs as root."""
        return self.user is None and os.geteuid() == 0

    def launch(self) -> None:
        """Start the supervisor."""
        change = as_ordinary() if self.user else []
        if self.processes is not None:
            change = ["prlimit", f"--nproc={self.processes}:{self.processes}", *change]
        # As a script's shell starts what it leaves in the background, such as a hub.
        ignoring = ["env", "--ignore-signal=INT,QUIT"]
        command = [*ignoring, *change, str(self.python), "-I", "-m", "sardonyx_singleuser.forkserver"]
        arguments = [str(self.folder), str(self.idle_s), str(OPEN_FILES)]
        subprocess.run([*command, *arguments], check=True, env={"PATH": os.environ["PATH"]}, stdin=subprocess.DEVNULL)

    def connect(self) -> socket.socket:
        """Return a connection to its socket."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE_S)
        try:
            connection.connect(str(self.folder / "socket"))
        except OSError:
            connection.close()
            raise
        return connection

    def say(self, data: bytes) -> list[dict[str, Any]]:
        """Send something; return the lines of the answer."""
        with self.connect() as connection:
            text = b""
            # Whoever stops reading what is too long, or ends, resets the connection.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while more := connection.recv(65536):
                    text += more
        return [json.loads(line) for line in text.splitlines()]

    def ask(self, pid: int) -> dict[str, Any]:
        """Ask what became of a server."""
        return self.say(b"q" + json.dumps({"pid": pid}).encode() + b"\n")[0]

    def ended(self, pid: int) -> int:
        """Wait for a server's end; return its exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := self.ask(pid)["exit"]) is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return int(found)

    def owner(self, name: str) -> int | None:
        """Return the user of somebody's server; None = the one that all run under."""
        return self.owners.setdefault(name, FIRST_OWNER + len(self.owners)) if self.is_root else None

    def put(self, name: str, path: str, text: str) -> Path:
        """Put a file into somebody's home, as their own."""
        file = self.base / "homes" / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        user = self.user or self.owner(name)
        depth = len(Path(name, path).parts)
        if user is not None:
            for made in (file, *file.parents)[:depth]:
                os.chown(made, user, user)
        return file

    def start(
        self, name: str, *, variables: dict[str, str] | None = None, plan: dict[str, Any] | None = None, **sandbox: Any
    ) -> Server:
        """Start a server and wait until it is ready, or until it is not.

        Args:
            plan: what is in its plan beside what has to be.
        """
        self.count += 1
        owner = self.owner(name)
        private, home = self.base / f"private-{self.count}", self.base / "homes" / name
        for folder in (private, home):
            folder.mkdir(exist_ok=True, parents=True, mode=0o700)
        (private / "plan").write_text(json.dumps({"version": 1, "title": "x", "repositories": [], **(plan or {})}))
        for path in (self.base, self.base / "homes", private, home, private / "plan"):
            if self.user:
                os.chown(path, self.user, self.user)
            elif owner and path != self.base and path.name != "homes":
                os.chown(path, owner, owner)
        path = self.base / f"socket-{self.count}"
        told = {
            "version": 4,
            "variables": {**self._variables(name, home), **(variables or {})},
            "arguments": ["--log-level=INFO"],
            "log": str(private / "log"),
            "socket": str(path),
            "sandbox": {
                "home": str(home), "plan": str(private / "plan"),
                "name": name, "user": owner, "hidden": [str(self.base)], **sandbox,
            },
        }  # fmt: skip
        # A zygote that has just ended loses what was passed on to it; the hub asks again, too.
        for _ in range(3):
            said = self.say(b"s" + json.dumps(told).encode() + b"\n")
            if any("pid" in line or ("error" in line and not line.get("again")) for line in said):
                break
        url = f"http+unix://{quote(str(path), safe='')}/user/{name}/"
        server = Server(name, home, private / "log", url, said)
        self.made += [line["pid"] for line in said if "pid" in line]
        return server

    def _variables(self, name: str, home: Path) -> dict[str, str]:
        server = json.dumps([f"access:servers!server={name}/"])
        return {
            "HOME": str(home),
            "PATH": f"{self.python.parent}:/usr/bin:/bin",
            "TMPDIR": "/tmp",  # noqa: S108 - the sandbox has its own
            "JUPYTER_PREFER_ENV_PATH": "no",
            "JUPYTER_RUNTIME_DIR": "/run/sardonyx/jupyter",
            "SARDONYX_PLAN": "/run/sardonyx/plan.json",
            "JUPYTERHUB_ACTIVITY_URL": f"{self.api}/users/{name}/activity",
            "JUPYTERHUB_API_TOKEN": f"{name}-token-of-the-server",
            "JUPYTERHUB_API_URL": self.api,
            "JUPYTERHUB_BASE_URL": "/",
            "JUPYTERHUB_CLIENT_ID": f"jupyterhub-user-{name}",
            "JUPYTERHUB_OAUTH_ACCESS_SCOPES": server,
            "JUPYTERHUB_OAUTH_CALLBACK_URL": f"/user/{name}/oauth_callback",
            "JUPYTERHUB_OAUTH_SCOPES": server,
            "JUPYTERHUB_SERVICE_PREFIX": f"/user/{name}/",
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:8888/user/{name}/",
            "JUPYTERHUB_USER": name,
        }

    def supervisor(self) -> int:
        """Return its process."""
        command = f"sardonyx_singleuser.forkserver\0{self.folder}\0"
        found = processes_with(command)
        if not found:
            raise LookupError(command)
        return found[0]

    def zygote(self) -> int:
        """Return the process from which servers are made."""
        return next(pid for pid in children(self.supervisor()) if not is_first_of_namespace(pid))

    def spares(self) -> list[int]:
        """Return the first processes of servers that nobody has asked for yet."""
        return [pid for pid in children(self.supervisor()) if is_first_of_namespace(pid) and pid not in self.made]

    def close(self) -> None:
        """End everything that was started here, by number."""
        for pid in self.made:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(LookupError):
            os.kill(self.supervisor(), signal.SIGKILL)
        sys.stdout.write((self.folder / "log").read_text()[-6000:])
        shutil.rmtree(self.base, ignore_errors=True)


def is_first_of_namespace(pid: int) -> bool:
    """Tell whether a process is the first of a process namespace below ours."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("NSpid:"):
                return line.split()[-1] == "1" and len(line.split()) > 2
    return False


def children(pid: int) -> list[int]:
    """Return the processes whose parent a process is."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return sorted(found)


def descendants(pid: int) -> list[int]:
    """Return a process and all that came of it: below the first of a namespace, whoever has lost its parent, too."""
    return [pid, *(each for child in children(pid) for each in descendants(child))]


def processes_with(*texts: str) -> list[int]:
    """Return the processes, but ours, with one of the texts in their command line or their first environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            held = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
            if any(text.encode() in held for text in texts):
                found.append(int(folder.name))
    return sorted(set(found) - {os.getpid()})


@contextmanager
def running_forks(
    python: Path, *, ordinary: bool, idle_s: float = 600.0, processes: int | None = None
) -> Iterator[Forks]:
    """Run a fork server of one's own, and leave nothing behind.

    Args:
        processes: how many its user may have; None = as many as ours.
    """
    user = ORDINARY if ordinary and os.geteuid() == 0 else None
    # Not below pytest's folder: that is closed to ordinary users.
    base = Path(mkdtemp(prefix="sardonyx-forks-"))
    with stub_hub() as api:
        forks = Forks(base, python, api, user, idle_s, processes)
        if user:
            os.chown(base, user, user)
        try:
            forks.launch()
            yield forks
        finally:
            forks.close()
