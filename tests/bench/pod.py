"""How long a server takes on a cluster from the request to ready, and to JupyterLab's page, with the image on the node.

Ours, one that waited and one that is made, beside plain KubeSpawner.
"""

import math
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

from support import web
from support.bench_hubs import TOKEN, BenchHub, Kind, bench_hub
from support.cluster.cluster import Cluster, running_cluster
from support.figures import figure
from support.images import built_image, image_file
from support.waiting import soon

RUNS = int(os.environ.get("BENCH_RUNS", "20"))
NAMESPACE = "default"
BOTH = """
c.JupyterHub.hub_bind_url = f"http://{HOST}:{PORT}"
# What one hub has started is none of the other's.
c.KubeSpawner.component_label = c.SardonyxKubeSpawner.component_label = KIND
"""
KUBESPAWNER = """
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
spawner = c.KubeSpawner
spawner.namespace, spawner.image, spawner.image_pull_policy = NAMESPACE, IMAGE, "Never"
spawner.pod_name_template = "plain-{user_server}"
spawner.cmd, spawner.default_url = ["jupyterhub-singleuser"], "/lab"
spawner.cpu_limit, spawner.mem_limit = 1, "1G"
"""
OURS = """
import hashlib
from pathlib import Path
from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.spawner import SardonyxKubeSpawner
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Gives, Profile
gives = Gives(image=IMAGE, cpu=1, memory=1 << 30, home="fresh")
catalogue = Catalogue([Profile("python", "Python", gives=gives)])
c.JupyterHub.spawner_class = SardonyxKubeSpawner
spawner = c.SardonyxKubeSpawner
spawner.namespace, spawner.place = NAMESPACE, ClusterPlace(image_pull_policy="Never")
spawner.catalogue_source = lambda: catalogue
spawner.person_source = lambda n, groups, admin: Person(hashlib.sha256(n.encode()).hexdigest()[:16], n, groups, admin)
spawner.pod_name_template, spawner.events_enabled = KIND + "-{user_server}", False
spawner.log_folder, spawner.default_url = Path(DATA) / "logs", "/lab"
spawner.ip, spawner.delete_grace_period = "0.0.0.0", 10
"""
READY = (
    OURS
    + """
import asyncio
from jupyterhub.app import JupyterHub
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.class_profile import NOBODY
from sardonyx_spawner.kube.ready_made.keeper import Maker
from sardonyx_spawner.kube.ready_made.stock import Stock
from sardonyx_spawner.kube.ready_made.upkeep import Upkeep
from sardonyx_spawner.kube.ready_made.wishes import Rules
from sardonyx_spawner.planner import plan_server
stock = Stock(Rules(at_most=1, at_least=1), ClusterPlace(image_pull_policy="Never"), 8888)
profile = Profile("python", "Python", gives=gives)
plan = plan_server(profile, Choice("python", {}), NOBODY)
upkeep = Upkeep(stock, Maker("waiting"), offered=lambda: [plan], expected=list, servers=list)
tasks = []
def keep(_spawner):
    if not tasks:
        tasks.append(asyncio.get_running_loop().create_task(upkeep.run(JupyterHub.instance(), NAMESPACE)))
spawner.stock_source, spawner.pre_spawn_hook, spawner.port = (lambda: stock), keep, 8888
c.JupyterHub.logging_config = {"loggers": {"sardonyx_spawner": {"level": "INFO", "handlers": ["console"]}}}
"""
)
WAITS = "waits for somebody"


def bench_pod() -> list[dict[str, Any]]:
    """Measure starts and stops: one that waited, one of ours that is made, and one of KubeSpawner's, again and again."""
    with ExitStack() as running:
        cluster = running.enter_context(running_cluster())
        folder = running.enter_context(tempfile.TemporaryDirectory(prefix="sardonyx-bench-"))
        cluster.load_image(image_file("base"))
        ready = running.enter_context(_hub(cluster, folder, "ready", READY))
        ours = running.enter_context(_hub(cluster, folder, "pod", OURS))
        plain = running.enter_context(_hub(cluster, folder, "kubespawner", KUBESPAWNER))
        # The first start of each hub begins to watch the cluster.
        for hub in (ready, ours, plain):
            _once(hub, "first")
        taken = []
        for number in range(RUNS):
            _until_one_waits(ready, number + 1)
            at_once = _once(ready, f"one-{number}")
            # Nothing is measured while the next one is made.
            _until_one_waits(ready, number + 2)
            taken.append((at_once, _once(ours, f"one-{number}"), _once(plain, f"one-{number}")))
    rows = []
    for number, moment in enumerate(("ready", "JupyterLab's page")):
        for kind, which in (("server that waited", 0), ("server", 1)):
            pairs = [(each[which][number], each[2][number]) for each in taken]
            name = f"{kind} on a cluster, from the request to {moment}"
            rows += [_row(f"{name}, median", pairs, statistics.median), _row(f"{name}, 95 of 100", pairs, _most)]
    stops = [(b[2], c[2]) for _a, b, c in taken]
    return [*rows, _row("server on a cluster, from the request to gone, median", stops, statistics.median)]


def _hub(cluster: Cluster, folder: str, kind: Kind, own: str) -> AbstractContextManager[BenchHub]:
    told = {"HOST": cluster.host_address, "IMAGE": built_image("base"), "NAMESPACE": NAMESPACE, "KIND": kind}
    config = "".join(f"{name} = {value!r}\n" for name, value in told.items()) + BOTH + own
    host, environment = cluster.host_address, cluster.environment
    return bench_hub(kind, Path(folder), Path(), config=config, host=host, environment=environment)


def _until_one_waits(hub: BenchHub, count: int) -> None:
    """Wait until so many have waited since the hub began."""
    soon(lambda: (hub.data / "hub.log").read_text().count(WAITS) >= count, 120)


def _once(hub: BenchHub, name: str) -> tuple[float, float, float]:
    """Start a server and stop it; return the seconds until it was ready, until JupyterLab's page was there, and until it was gone."""
    started = hub.start(name)
    began = time.monotonic()
    page = web.get(f"{hub.address(name)}lab", headers={"Authorization": f"token {TOKEN}"}, timeout=60)
    assert "jupyter-config-data" in page.text, page.text[:300]
    return started, started + time.monotonic() - began, hub.stop(name)


def _row(name: str, taken: list[tuple[float, float]], of: Any) -> dict[str, Any]:
    ours, plain = zip(*taken, strict=True)
    return figure(name, of(ours), "s", "KubeSpawner with its own settings", of(plain))


def _most(taken: Sequence[float]) -> float:
    """Return within what 95 of 100 were through."""
    return sorted(taken)[math.ceil(0.95 * len(taken)) - 1]
