"""JupyterHub with our spawner for one machine, and with SimpleLocalProcessSpawner, for benches: no proxy, REST only."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
from support import web

Kind = Literal["fork", "simple", "vanilla", "pod", "ready", "kubespawner"]
"""Ours; SimpleLocalProcessSpawner in the same environment; the same in one as pip makes it; ours on a cluster; the same with
servers that wait; KubeSpawner."""
BASELINE = "SimpleLocalProcessSpawner"
# Above those of `free_ports`, below those that the system gives to connections.
PORTS: dict[Kind, int] = {
    "fork": 32100,
    "simple": 32110,
    "vanilla": 32120,
    "pod": 32130,
    "kubespawner": 32140,
    "ready": 32150,
}
TOKEN = "token-of-the-bench-only"
PATIENCE_S = 900

COMMON = """
from jupyterhub.proxy import Proxy
class NoProxy(Proxy):
    async def start(self): pass
    async def stop(self): pass
    async def add_route(self, routespec, target, data):
        with open(f"{DATA}/routes", "a") as file:
            file.write(f"{routespec} {target}\\n")
    async def delete_route(self, routespec): pass
    async def get_all_routes(self): return {}
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.bind_url = c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.db_url = f"sqlite:///{DATA}/hub.sqlite"
c.JupyterHub.cookie_secret_file = f"{DATA}/cookie"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.concurrent_spawn_limit = 0
# The answer to a start comes when the server is ready: looking for it meanwhile would cost as much as the start.
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 900}
c.JupyterHub.services = [{"name": "bench", "api_token": TOKEN}]
c.JupyterHub.load_roles = [
    {"name": "bench", "services": ["bench"], "scopes": ["admin:users", "admin:servers", "access:servers"]},
]
# A class that starts together on a small machine takes a spawner minutes that starts them all at once.
c.Spawner.start_timeout = c.Spawner.http_timeout = 900
"""
SIMPLE = """
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = f"{DATA}/homes/{{username}}"
c.Spawner.cmd = [f"{PREFIX}/bin/jupyterhub-singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.default_url = "/lab"
"""
FORK = """
import hashlib
from pathlib import Path
from sardonyx_hub_config.database.hub import write_ahead
from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.local.fork_launcher import ForkLauncher
from sardonyx_spawner.local.hidden import Hidden
from sardonyx_spawner.local.spawner import SardonyxLocalSpawner
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Gives, Profile
catalogue = Catalogue([Profile("python", "Python", gives=Gives(environment="python"))])
launcher = ForkLauncher(Path(DATA) / "forks", Path(DATA) / "servers", hidden=Hidden((Path(DATA),)))
c.JupyterHub.spawner_class = SardonyxLocalSpawner
spawner = c.SardonyxLocalSpawner
spawner.catalogue_source = lambda: catalogue
spawner.person_source = lambda n, groups, admin: Person(hashlib.sha256(n.encode()).hexdigest()[:16], n, groups, admin)
spawner.prefix_source = lambda slug: Path(PREFIX)
spawner.homes, spawner.servers = Path(DATA) / "homes", Path(DATA) / "servers"
spawner.launcher_source = lambda: launcher
write_ahead(Path(DATA) / "hub.sqlite")
spawner.default_url = "/lab"
"""


@dataclass
class BenchHub:
    """A running hub."""

    kind: Kind
    data: Path
    prefix: Path
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self._client = web.Client(headers={"Authorization": f"token {TOKEN}"}, timeout=PATIENCE_S)

    @property
    def api(self) -> str:
        """The address of its REST API."""
        return f"http://{self.host}:{PORTS[self.kind]}/hub/api/"

    def call(self, method: str, path: str) -> dict[str, Any]:
        """Ask the REST API."""
        answer = self._client.request(method, self.api + path)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def start(self, name: str) -> float:
        """Start somebody's server; return the seconds from the request to ready."""
        self.call("POST", f"users/{name}")
        began = time.monotonic()
        self.call("POST", f"users/{name}/server")
        return time.monotonic() - began

    def stop(self, name: str) -> float:
        """Stop it, and wait until it is gone; return the seconds that it took."""
        began = time.monotonic()
        self.call("DELETE", f"users/{name}/server")
        while "" in self.call("GET", f"users/{name}")["servers"]:
            time.sleep(0.05)
        return time.monotonic() - began

    def address(self, name: str) -> str:
        """Return where a server answers, as a proxy is told it."""
        lines = [line.split() for line in (self.data / "routes").read_text().splitlines()]
        return next(f"{target}{route}" for route, target in reversed(lines) if route == f"/user/{name}/")

    def memory(self) -> float:
        """Return the memory of the servers and what they are made from, in MB of PSS; the hub does not count."""
        total = 0
        for pid in _processes(str(self.data), str(self.prefix)):
            with suppress(OSError):
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    total += int(line.split()[1]) if line.startswith("Pss:") else 0
        return total / 1024


@contextmanager
def bench_hub(
    kind: Kind,
    base: Path,
    prefix: Path,
    *,
    config: str = "",
    host: str = "127.0.0.1",
    environment: Mapping[str, str] | None = None,
) -> Iterator[BenchHub]:
    """Run a hub; nothing of it is left afterwards.

    Args:
        config: of a hub on a cluster, which needs no prefix; "" = the usual one of its kind.
        host: address that it listens on.
        environment: of the hub; None = ours.
    """
    hub = BenchHub(kind, base / kind, prefix, host)
    (hub.data / "homes").mkdir(parents=True)
    constants = {"DATA": str(hub.data), "PORT": PORTS[kind], "TOKEN": TOKEN, "PREFIX": str(prefix)}
    text = "".join(f"{name} = {value!r}\n" for name, value in constants.items())
    (hub.data / "config.py").write_text(text + COMMON + (config or (FORK if kind == "fork" else SIMPLE)))
    with (hub.data / "hub.log").open("wb") as log:
        command = [sys.executable, "-m", "jupyterhub", "--config", str(hub.data / "config.py")]
        process = subprocess.Popen(command, cwd=hub.data, stdout=log, stderr=log, env=environment)
    try:
        _wait(hub)
        yield hub
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(300)
        for pid in _processes(str(hub.data)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


async def together(hub: BenchHub, size: int) -> list[float]:
    """Start a class at once; return when each server was ready, in seconds after all were asked for."""
    hub.start("first")
    names = [f"pupil{number}" for number in range(size)]
    for name in names:
        hub.call("POST", f"users/{name}")
    limits = httpx.Limits(max_connections=None)
    async with web.AsyncClient(
        base_url=hub.api, headers={"Authorization": f"token {TOKEN}"}, timeout=1800, limits=limits
    ) as client:
        began = time.monotonic()
        taken = await asyncio.gather(*(_ready(client, name, began) for name in names))
    for name in ["first", *names]:
        hub.stop(name)
    return list(taken)


async def _ready(client: httpx.AsyncClient, name: str, began: float) -> float:
    (await client.post(f"users/{name}/server")).raise_for_status()
    return time.monotonic() - began


def _wait(hub: BenchHub) -> None:
    for _ in range(300):
        try:
            hub.call("GET", "")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError((hub.data / "hub.log").read_text())


def _processes(*texts: str) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            held = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if all(text.encode() in held for text in texts) and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found
