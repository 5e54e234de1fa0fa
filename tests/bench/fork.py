"""How fast a server is ready, and how much memory it holds, beside SimpleLocalProcessSpawner in the same run."""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from support.environments import built_environment
from support.figures import figure

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "11"))
AT_ONCE = 6
PORTS = {"fork": 33900, "simple": 33910}
TOKEN = "token-of-the-bench-only"
ROOT = Path(__file__).parents[2]

COMMON = """
from jupyterhub.proxy import Proxy
class NoProxy(Proxy):
    async def start(self): pass
    async def stop(self): pass
    async def add_route(self, routespec, target, data): pass
    async def delete_route(self, routespec): pass
    async def get_all_routes(self): return {}
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.bind_url = c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.db_url = f"sqlite:///{DATA}/hub.sqlite"
c.JupyterHub.cookie_secret_file = f"{DATA}/cookie"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.concurrent_spawn_limit = 0
c.JupyterHub.services = [{"name": "bench", "api_token": TOKEN}]
c.JupyterHub.load_roles = [{"name": "bench", "services": ["bench"], "scopes": ["admin:users", "admin:servers"]}]
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
from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.local.fork_launcher import ForkLauncher
from sardonyx_spawner.local.spawner import SardonyxLocalSpawner
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Gives, Profile
catalogue = Catalogue([Profile("python", "Python", gives=Gives(environment="python"))])
launcher = ForkLauncher(Path(DATA) / "forks", Path(DATA) / "servers", hidden=(Path(DATA),))
c.JupyterHub.spawner_class = SardonyxLocalSpawner
spawner = c.SardonyxLocalSpawner
spawner.catalogue_source = lambda: catalogue
spawner.person_source = lambda n, groups, admin: Person(hashlib.sha256(n.encode()).hexdigest()[:16], n, groups, admin)
spawner.prefix_source = lambda slug: Path(PREFIX)
spawner.homes, spawner.servers = Path(DATA) / "homes", Path(DATA) / "servers"
spawner.launcher_source = lambda: launcher
spawner.default_url = "/lab"
"""


def bench_fork() -> list[dict[str, Any]]:
    """Measure one start after another, taking turns, and then the memory of some idle servers."""
    taken: dict[str, list[float]] = {"fork": [], "simple": []}
    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as base:
        prefix = built_environment()
        hubs = {kind: _hub(kind, Path(base) / kind, prefix) for kind in taken}
        try:
            for kind in taken:
                _start(kind, "first")
            for number in range(ROUNDS):
                for kind, found in taken.items():
                    found.append(_start(kind, f"p{number}"))
                    _call(kind, "DELETE", f"users/p{number}/server")
            held = {}
            for kind in taken:
                before = _pss(f"{base}/{kind}", str(prefix))
                for number in range(AT_ONCE):
                    _start(kind, f"m{number}")
                time.sleep(5)
                held[kind] = (_pss(f"{base}/{kind}", str(prefix)) - before) / AT_ONCE
        finally:
            for hub in hubs.values():
                hub.send_signal(signal.SIGTERM)
                hub.wait(60)
            for pid in _pids(base):
                os.kill(pid, signal.SIGKILL)
    baseline = "SimpleLocalProcessSpawner"
    ready, simple = (statistics.median(taken[kind]) for kind in ("fork", "simple"))
    return [
        figure(f"POST to ready, median of {ROUNDS}", ready, "s", baseline, simple),
        figure("POST to ready, fastest", min(taken["fork"]), "s", baseline, min(taken["simple"])),
        figure(f"memory per idle server, {AT_ONCE} at once (PSS)", held["fork"], "MB", baseline, held["simple"]),
    ]


def _hub(kind: str, data: Path, prefix: Path) -> subprocess.Popen[bytes]:
    (data / "homes").mkdir(parents=True)
    constants = {"DATA": str(data), "PORT": PORTS[kind], "TOKEN": TOKEN, "PREFIX": str(prefix)}
    text = "".join(f"{name} = {value!r}\n" for name, value in constants.items())
    (data / "config.py").write_text(text + COMMON + (FORK if kind == "fork" else SIMPLE))
    with (data / "hub.log").open("wb") as log:
        command = [sys.executable, "-m", "jupyterhub", "--config", str(data / "config.py")]
        process = subprocess.Popen(command, cwd=data, stdout=log, stderr=log)
    for _ in range(300):
        try:
            _call(kind, "GET", "")
        except OSError:
            time.sleep(0.1)
        else:
            return process
    raise RuntimeError((data / "hub.log").read_text())


def _start(kind: str, name: str) -> float:
    _call(kind, "POST", f"users/{name}")
    began = time.monotonic()
    _call(kind, "POST", f"users/{name}/server")
    while not _call(kind, "GET", f"users/{name}")["servers"].get("", {}).get("ready"):
        time.sleep(0.01)
    return time.monotonic() - began


def _call(kind: str, method: str, path: str) -> dict[str, Any]:
    url = f"http://127.0.0.1:{PORTS[kind]}/hub/api/{path}"
    request = urllib.request.Request(url, headers={"Authorization": f"token {TOKEN}"}, method=method)
    text = urllib.request.urlopen(request).read()
    answer: dict[str, Any] = json.loads(text) if text else {}
    return answer


def _pids(*texts: str) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            held = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if all(text.encode() in held for text in texts) and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def _pss(*texts: str) -> float:
    """Return the memory of the servers and what they are made from, in MB; shared pages count for those who share them."""
    total = 0
    for pid in _pids(*texts):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024
