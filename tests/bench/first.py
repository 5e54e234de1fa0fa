"""How long it takes from an empty cluster to the first cell of a notebook, by the steps of docs/how-to/kubernetes.md.

The images come from a registry beside the node. What an operator reads, decides and types is not in it, nor how images are built.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from support import web
from support.cluster.cluster import Cluster, running_cluster
from support.cluster.place import LINK, RESTRICTED
from support.cluster.registry import Registry
from support.figures import figure
from support.images import image_file
from support.members import PASSWORD, Member
from support.stack import ROOT
from support.waiting import soon

NAMESPACE, NAME, PORT = "datalab", "sardonyx", 30098
SARDONYX = str(Path(sys.executable).with_name("sardonyx"))
IMAGE = os.environ.get("BENCH_IMAGE", "r+vscode+mlflow")
"""That people have: the how-to's, or a smaller one."""
FETCHED = "sardonyx check, which lets the node fetch the images"
PATIENCE_S = 600


class Steps:
    """What was done, and when it was through."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self.took_s: dict[str, float] = {}

    def through(self, step: str) -> None:
        """Write down that a step is through."""
        now = time.monotonic()
        self.took_s[step], self._last = now - self._last, now


class Site:
    """The address that people open."""

    path = ""

    def __init__(self, cluster: Cluster) -> None:
        self.url = f"http://{cluster.node_address}:{PORT}"


def bench_first() -> list[dict[str, Any]]:
    """Do each step once, one after the other, on a cluster that has nothing of ours."""
    files = {name: image_file(name) for name in ("hub", IMAGE)}
    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as folder, running_cluster() as cluster:
        registry = Registry(cluster, Path(folder)).start()
        images = {name: registry.push(file, f"{name.replace('+', '-')}:bench") for name, file in files.items()}
        took_s = _steps(cluster, _values(cluster, images["hub"], images[IMAGE]), Path(folder))
    whole_s = sum(took_s.values())
    return [
        figure("from an empty cluster to the first cell", whole_s, "s", "the images alone", took_s[FETCHED]),
        *(figure(f"… of it: {step}", each, "s", "the whole", whole_s) for step, each in took_s.items()),
    ]


def _steps(cluster: Cluster, values: dict[str, Any], folder: Path) -> dict[str, float]:
    file = folder / "values.yaml"
    file.write_text(yaml.safe_dump(values))
    steps, site = Steps(), Site(cluster)
    cluster.kubectl("create", "namespace", NAMESPACE)
    cluster.kubectl("label", "namespace", NAMESPACE, *(f"{name}={value}" for name, value in RESTRICTED.items()))
    steps.through("namespace")
    told = ["check", "--kubernetes", f"--values={file}", f"--namespace={NAMESPACE}", "--images"]
    subprocess.run([SARDONYX, *told], env={**os.environ, "KUBECONFIG": str(cluster.kubeconfig)}, check=True)
    steps.through(FETCHED)
    chart = str(ROOT / "helm" / "sardonyx")
    cluster.helm("install", NAME, chart, f"--namespace={NAMESPACE}", f"--values={file}", f"--timeout={PATIENCE_S}s")
    steps.through("helm install")
    soon(lambda: LINK.search(_log(cluster)) is not None, PATIENCE_S)
    link = LINK.search(_log(cluster))
    assert link is not None
    steps.through("until the hub prints its link")
    first = Member(site, "ada")
    first.send(link[1], username="ada", password=PASSWORD)
    key = first.key()
    steps.through("sign-in")
    first.start(key)
    web.get(f"{site.url}/user/ada/lab", headers={"Authorization": f"token {key}"}).raise_for_status()
    steps.through("first server, to the page of JupyterLab")
    assert first.run(key, "print(6 * 7)") == "42\n"
    steps.through("first cell")
    return steps.took_s


def _log(cluster: Cluster) -> str:
    selected = "--selector=app.kubernetes.io/component=hub"
    return cluster.kubectl("logs", selected, "--tail=-1", f"--namespace={NAMESPACE}")


def _values(cluster: Cluster, hub: str, own: str) -> dict[str, Any]:
    """Return what the how-to writes, for a first look: without an Ingress."""
    repository, _colon, tag = hub.rpartition(":")
    profile = {"title": "Python and R", "image": own, "cpu": 1, "memory": "2G"}
    address = f"http://{cluster.node_address}:{PORT}"
    return {
        "image": {"repository": repository, "tag": tag},
        "settings": {"title": "Datalab", "web": {"public_url": address}, "profiles": {"python": profile}},
        "proxy": {"service": {"type": "NodePort", "nodePort": PORT}},
        # The node of the tests looks up names.
        "networkPolicy": {"dns": {"to": [{"ipBlock": {"cidr": f"{cluster.node_address}/32"}}]}},
    }
