"""A real JupyterHub with our spawner for one machine: no proxy, no sign-in page, REST only."""

import asyncio
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx
import pytest
from support import web
from support.addresses import get
from support.everybody import as_ordinary, give_to_ordinary, hub_python_for_everybody, python_for_everybody
from support.forks import processes_with
from support.kernels import run_in_kernel

from sardonyx_spawner.local.limits import ServerLimits
from sardonyx_spawner.quotas import Quotas

TOKEN = "token-of-the-tests-only"
PATIENCE_S = 60

# JupyterHub reads its configuration from a file; nothing else of Sardonyx is needed around the spawner.
CONFIGURATION = """
import asyncio
import hashlib
import json
from pathlib import Path
from jupyterhub.proxy import Proxy
from sardonyx_hub_config.pages.handlers import page_handlers
from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.local.fork_launcher import ForkLauncher
from sardonyx_spawner.local.fresh_homes import clear_left_folders
from sardonyx_spawner.local.gpu_allotment import GpuAllotment
from sardonyx_spawner.local.gpus import Sources
from sardonyx_spawner.local.hidden import Hidden
from sardonyx_spawner.local.home_room import HomeRoom
from sardonyx_spawner.local.launcher import ChildProcessLauncher
from sardonyx_spawner.local.spawner import SardonyxLocalSpawner
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile
from sardonyx_spawner.quotas import Quota, Quotas

class NoProxy(Proxy):
    async def start(self): pass
    async def stop(self): pass
    async def add_route(self, routespec, target, data):
        with open(f"{DATA}/routes", "a") as file:
            file.write(json.dumps([routespec, target]) + "\\n")
    # A real one takes a moment, in which the hub does other things.
    async def delete_route(self, routespec): await asyncio.sleep(0.03)
    async def get_all_routes(self): return {}

options = (
    Option("size", "Size", choices=(Allowed("small", "Small", gives=Gives(cpu=1, memory=1 << 30)),
                                    Allowed("large", "Large", gives=Gives(cpu=2, memory=2 << 30)),
                                    Allowed("tiny", "Tiny", gives=Gives(cpu=0.5, memory=400 << 20)))),
    Option("repository", "Repository"),
    Option("branch", "Branch"),
)
python = Gives(environment="python")
catalogue = Catalogue([
    Profile("python", "Python", gives=python, options=options, order=1),
    Profile("fresh", "Fresh", gives=Gives(environment="python", home="fresh"), order=2),
    Profile("fresh-tiny", "Fresh", gives=Gives(environment="python", home="fresh", memory=400 << 20), order=2),
    Profile("short", "Short", gives=Gives(environment="python", lifetime_s=6), order=3),
    Profile("missing", "Missing", gives=Gives(environment="missing"), order=4),
    Profile("broken", "Broken", gives=Gives(environment="broken"), order=5),
    Profile("gpu", "GPU", gives=Gives(environment="python", gpus=1), order=7),
    Profile("vast", "Vast", gives=Gives(environment="python", memory=1 << 50), order=8),
    Profile("staff", "Staff", gives=python, groups=frozenset({"staff"}), order=6),
])
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.db_url = f"sqlite:///{DATA}/hub.sqlite"
c.JupyterHub.cookie_secret_file = f"{DATA}/cookie"
c.JupyterHub.cleanup_servers = False
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = SardonyxLocalSpawner
c.JupyterHub.services = [{"name": "tests", "api_token": TOKEN}]
c.JupyterHub.load_roles = [
    {"name": "tests", "services": ["tests"], "scopes": ["admin:users", "admin:servers", "access:servers", "tokens"]},
]
c.JupyterHub.allow_named_servers = True
# Ours that need nothing but the spawner.
c.JupyterHub.extra_handlers = [found for found in page_handlers() if found[0].startswith("/api/sardonyx/")]
spawner = c.SardonyxLocalSpawner
spawner.catalogue_source = lambda: catalogue
spawner.person_source = lambda name, groups, admin: Person(hashlib.sha256(name.encode()).hexdigest()[:16], name, groups, admin)
spawner.prefix_source = lambda slug: Path(PREFIXES[slug])
spawner.homes, spawner.servers = Path(DATA) / "homes", Path(DATA) / "servers"
spawner.poll_interval = POLL_S
spawner.start_timeout = START_TIMEOUT_S
# So long does JupyterHub wait for a server that was killed just after it had said that it is ready.
spawner.http_timeout = 10
if LAUNCHER == "fork":
    # An environment may have links into another one.
    READABLE = tuple({(Path(prefix) / "share").resolve().parent for prefix in PREFIXES.values()})
    launcher = ForkLauncher(Path(DATA) / "forks", Path(DATA) / "servers", hidden=Hidden((Path(DATA),)), readable=READABLE, idle_s=600)
else:
    launcher = ChildProcessLauncher(accept_not_isolated=True)
spawner.launcher_source = lambda: launcher
made_up = Sources(Path(DATA) / "dev", Path(DATA) / "nvidia", Path(DATA) / "amd")
clear_left_folders(Path(DATA) / "servers")
gpus = GpuAllotment(Path(DATA) / "servers", sources=made_up)
spawner.gpu_source = lambda: gpus
room = HomeRoom(Path(DATA) / "homes", Path(DATA) / "servers", Path(DATA) / "homes.json", HOME_LIMIT)
spawner.room_source = lambda: room
"""


@dataclass
class Hub:
    """The running hub."""

    data: Path
    port: int
    prefixes: dict[str, str]
    launcher: str = "child"
    poll_s: int = 1
    home_limit: int | None = None
    is_ordinary: bool = False
    start_timeout_s: int = 60
    quotas: Quotas = field(default_factory=Quotas)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What the hub says."""
        return self.data / "hub.log"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        configuration = self.data / "jupyterhub_config.py"
        constants = {
            "DATA": str(self.data),
            "PORT": self.port,
            "TOKEN": TOKEN,
            "PREFIXES": self.prefixes,
            "LAUNCHER": self.launcher,
            "POLL_S": self.poll_s,
            "HOME_LIMIT": self.home_limit,
            "START_TIMEOUT_S": self.start_timeout_s,
        }
        set_before = "".join(f"{k} = {v!r}\n" for k, v in constants.items())
        configuration.write_text(f"{set_before}{CONFIGURATION}spawner.quotas = {self.quotas!r}\n")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.python(), "-m", "jupyterhub", "--config", str(configuration)],
                cwd=self.data,
                stdout=log,
                stderr=log,
                env={**os.environ, "HOME": str(self.data), "SECRET_OF_THE_HUB": "must-not-be-seen"},
            )
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                if self.call("GET", "/").status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
            assert self.process.poll() is None, self.log.read_text()[-3000:]
        pytest.fail(f"the hub does not answer:\n{self.log.read_text()[-3000:]}")

    def python(self) -> list[str]:
        """Return how Python is run with the hub in it."""
        return [*as_ordinary(), str(hub_python_for_everybody())] if self.is_ordinary else [sys.executable]

    def end(self, sig: signal.Signals = signal.SIGTERM) -> None:
        """End the hub; its servers go on."""
        if self.process is not None:
            self.process.send_signal(sig)
            self.process.wait(20)
            self.process = None

    def call(
        self, method: str, path: str, body: object = None, *, content: bytes | None = None, token: str = TOKEN
    ) -> httpx.Response:
        """Ask the hub's REST API."""
        return web.request(
            method,
            f"http://127.0.0.1:{self.port}/hub/api{path}",
            headers={"Authorization": f"token {token}"},
            content=content if content is not None or body is None else json.dumps(body).encode(),
            timeout=PATIENCE_S,
        )

    def user(self, name: str) -> "User":
        """Return somebody with an account."""
        self.call("POST", f"/users/{name}")
        return User(self, name)


@dataclass
class User:
    """Somebody with an account, who uses the REST API."""

    hub: Hub
    name: str

    def start(self, **options: object) -> httpx.Response:
        """Start the default server and wait for it; return the answer to the call."""
        answer = self.hub.call("POST", f"/users/{self.name}/server", options or None)
        if answer.status_code == 202:
            self.wait(lambda server: bool(server.get("ready")))
        elif answer.status_code >= 500:
            # Whoever did not expect that finds the reason in the test's output.
            sys.stdout.write(f"{answer.text}\n{self.hub.log.read_text()[-2000:]}\n{self.logs()}\n")
        return answer

    def events(self) -> list[dict[str, Any]]:
        """Return what the hub tells of a start that is under way, until its end."""
        url = f"http://127.0.0.1:{self.hub.port}/hub/api/users/{self.name}/server/progress"
        with httpx.stream("GET", url, headers={"Authorization": f"token {TOKEN}"}, timeout=PATIENCE_S) as answer:
            lines = list(answer.iter_lines())
        return [json.loads(line.removeprefix("data:")) for line in lines if line.startswith("data:")]

    def stop(self) -> None:
        """Stop the default server and wait for that."""
        assert self.hub.call("DELETE", f"/users/{self.name}/server").status_code in {202, 204}
        self.wait(lambda server: not server)

    def server(self) -> dict[str, Any]:
        """Return the hub's knowledge of the running default server, {} if there is none."""
        servers: dict[str, dict[str, Any]] = self.hub.call("GET", f"/users/{self.name}").json()["servers"]
        return servers.get("", {})

    def wait(self, is_so: Any) -> None:
        """Wait until something holds for the server."""
        deadline = time.monotonic() + PATIENCE_S
        while not is_so(self.server()):
            assert time.monotonic() < deadline, f"{self.server()}\n{self.hub.log.read_text()[-3000:]}\n{self.logs()}"
            time.sleep(0.1)

    @property
    def pid(self) -> int:
        """The server's process."""
        return int(self.server()["state"]["pid"])

    @property
    def home(self) -> Path:
        """The folder of the person's files."""
        return self.hub.data / "homes" / self.id

    @property
    def url(self) -> str:
        """The server's own address, as the proxy was told it."""
        lines = [json.loads(line) for line in (self.hub.data / "routes").read_text().splitlines()]
        target = next(target for route, target in reversed(lines) if route == f"/user/{self.name}/")
        return f"{target}/user/{self.name}/"

    def processes(self) -> list[bytes]:
        """Return the command lines of all programs that were started in this person's servers."""
        return [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in processes_with(f"HOME={self.home}\0")]

    @property
    def private(self) -> Path:
        """The folder of plan, progress and log."""
        return Path(next(self.hub.data.glob(f"servers/{self.id}/default")))

    @property
    def id(self) -> str:
        """The immutable id."""
        return hashlib.sha256(self.name.encode()).hexdigest()[:16]

    def logs(self) -> str:
        """Return the end of the server's log."""
        return "\n".join(path.read_text()[-2000:] for path in self.hub.data.glob(f"servers/{self.id}/*/server.log"))

    def opens_at(self) -> str:
        """Return where the server leads who opens it."""
        answer = get(self.url, headers={"Authorization": f"token {TOKEN}"}, timeout=PATIENCE_S)
        return answer.headers["Location"]

    def run(self, code: str) -> str:
        """Run Python in a new kernel of the server; return what it prints."""
        return run_in_kernel(self.url, TOKEN, code)


@contextmanager
def running_hub(
    data: Path,
    prefix: Path,
    launcher: str,
    poll_s: int = 1,
    home_limit: int | None = None,
    *,
    is_ordinary: bool = False,
    start_timeout_s: int = 60,
    quotas: Quotas = Quotas(),  # noqa: B008 - frozen
) -> Iterator[Hub]:
    """Run a hub, and leave nothing behind.

    Args:
        is_ordinary: under an ordinary user, also where the tests are run by root.
        start_timeout_s: a server that is not ready after so long has failed.
    """
    (data / "homes").mkdir()
    broken = data / "broken" / "bin" / "python"
    broken.parent.mkdir(parents=True)
    broken.write_text('#!/bin/sh\necho "No module named sardonyx_singleuser" >&2; exit 1\n')
    broken.chmod(0o700)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    prefixes = {"python": str(prefix), "missing": str(data / "nowhere"), "broken": str(data / "broken")}
    running = Hub(data, port, prefixes, launcher, poll_s, home_limit, is_ordinary, start_timeout_s, quotas)
    try:
        if is_ordinary:
            give_to_ordinary(data)
        running.start()
        yield running
    finally:
        running.end(signal.SIGKILL)
        for process in processes_with(*(f"{data}/{part}/" for part in ("servers", "forks", "homes"))):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        asyncio.run(ServerLimits.find(data / "servers").sweep(()))


@contextmanager
def ordinary_hub(prefix: Path) -> Iterator[Hub]:
    """Run a hub of an ordinary user with fork servers, also where the tests are run by root."""
    # Not below pytest's folder: that is closed to ordinary users.
    data = Path(mkdtemp(prefix="sardonyx-ordinary-"))
    try:
        with running_hub(data, python_for_everybody(prefix).parents[1], "fork", is_ordinary=True) as running:
            yield running
    finally:
        shutil.rmtree(data, ignore_errors=True)
