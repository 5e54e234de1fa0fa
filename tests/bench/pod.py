"""How long a server takes on a cluster from the request to ready, with the image on the node: ours beside plain KubeSpawner."""

import statistics
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from support.bench_hubs import BenchHub, Kind, bench_hub
from support.cluster.cluster import Cluster, running_cluster
from support.figures import figure
from support.images import built_image, image_file

RUNS = 12
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
spawner.pod_name_template, spawner.events_enabled = "ours-{user_server}", False
spawner.log_folder, spawner.default_url = Path(DATA) / "logs", "/lab"
spawner.ip, spawner.delete_grace_period = "0.0.0.0", 10
"""


def bench_pod() -> list[dict[str, Any]]:
    """Measure starts and stops, one of ours after one of KubeSpawner's each time."""
    with running_cluster() as cluster, tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as folder:
        cluster.load_image(image_file("base"))
        with _hub(cluster, folder, "pod", OURS) as ours, _hub(cluster, folder, "kubespawner", KUBESPAWNER) as plain:
            # The first start of each hub begins to watch the cluster.
            _once(ours, "first")
            _once(plain, "first")
            taken = [(_once(ours, f"one-{number}"), _once(plain, f"one-{number}")) for number in range(RUNS)]
    starts = [(a[0], b[0]) for a, b in taken]
    stops = [(a[1], b[1]) for a, b in taken]
    return [
        _row("server on a cluster, from the request to ready, median", starts, statistics.median),
        _row("server on a cluster, from the request to ready, slowest of twelve", starts, max),
        _row("server on a cluster, from the request to gone, median", stops, statistics.median),
    ]


def _hub(cluster: Cluster, folder: str, kind: Kind, own: str) -> AbstractContextManager[BenchHub]:
    told = {"HOST": cluster.host_address, "IMAGE": built_image("base"), "NAMESPACE": NAMESPACE, "KIND": kind}
    config = "".join(f"{name} = {value!r}\n" for name, value in told.items()) + BOTH + own
    host, environment = cluster.host_address, cluster.environment
    return bench_hub(kind, Path(folder), Path(), config=config, host=host, environment=environment)


def _once(hub: BenchHub, name: str) -> tuple[float, float]:
    started = hub.start(name)
    return started, hub.stop(name)


def _row(name: str, taken: list[tuple[float, float]], of: Any) -> dict[str, Any]:
    ours, plain = zip(*taken, strict=True)
    return figure(name, of(ours), "s", "KubeSpawner with its own settings", of(plain))
