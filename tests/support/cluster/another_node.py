"""A second node of a cluster, for what happens when one goes away with servers on it."""

import json
import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from support.cluster import settings
from support.cluster.cluster import START_PATIENCE_S, Cluster
from support.cluster.images import busybox_image
from support.cluster.node import controllers
from support.waiting import soon

PORT, HEALTH_PORT = 10260, 10258
"""Beside those of the first one: both have the same network."""


@dataclass
class AnotherNode:
    """One with a kubelet, containers and control groups of its own, on the network of the first.

    Args:
        name: as the cluster knows it; none of the cluster's had it before.
    """

    cluster: Cluster
    name: str

    @property
    def folder(self) -> Path:
        """All files of it."""
        return self.cluster.folder / self.name

    def start(self, *images: Path) -> None:
        """Start it; it is through when Pods can be placed on it.

        Args:
            images: archives of what it shall have.
        """
        first, network = self.cluster.folder, self.cluster.node.network
        (self.folder / "cni").mkdir(parents=True)
        (self.folder / "containerd.toml").write_text(settings.containerd(self.folder))
        # Addresses come from one list, that of the first node.
        (self.folder / "cni" / "pods.conflist").write_text(json.dumps(settings.pod_network(network, first)))
        kubelet = settings.kubelet(network, self.folder)
        kubelet |= {"port": PORT, "healthzPort": HEALTH_PORT, "cgroupRoot": f"/{network.name}/{self.name}"}
        kubelet |= {"resolvConf": str(first / "resolv.conf")}
        kubelet["authentication"]["x509"]["clientCAFile"] = str(first / "keys/authority.crt")
        (self.folder / "kubelet.json").write_text(json.dumps(kubelet))
        for group in controllers(network):
            own = group / self.name
            own.mkdir()
            for given in ("cpuset.cpus", "cpuset.mems"):
                if (own / given).exists() and not (own / "cgroup.controllers").exists():
                    (own / given).write_text((group / given).read_text())
        self._run("containerd", "containerd", f"--config={self.folder}/containerd.toml")
        soon((self.folder / "containerd.sock").exists, START_PATIENCE_S)
        pause = busybox_image(self.folder / "pause.tar", settings.PAUSE, ("sleep", "2147483647"))
        for image in (pause, *images):
            self.cluster.load_image(image, self.folder)
        self._run(
            "kubelet",
            "kubelet",
            f"--config={self.folder}/kubelet.json",
            # That of the first may speak for itself alone.
            f"--kubeconfig={self.cluster.kubeconfig}",
            f"--hostname-override={self.name}",
            f"--node-ip={network.node}",
            f"--root-dir={self.folder}/kubelet",
            f"--cert-dir={self.folder}",
        )
        soon(self.is_ready, START_PATIENCE_S)

    def go_away(self) -> None:
        """Be switched off: nobody says goodbye, and what ran on it is gone. The cluster goes on expecting it."""
        for program in ("kubelet", "containerd"):
            self.cluster.node.stop(f"{self.name}-{program}")
        for group in controllers(self.cluster.node.network):
            for processes in (group / self.name).rglob("cgroup.procs"):
                for process in processes.read_text().split():
                    with suppress(ProcessLookupError):
                        os.kill(int(process), signal.SIGKILL)

    def be_forgotten(self) -> None:
        """Let the cluster expect it no more, as that of a cloud does when a machine is gone."""
        self.cluster.kubectl("delete", "node", self.name, "--ignore-not-found")

    def is_ready(self) -> bool:
        """Tell whether the cluster takes it for one that runs."""
        conditions = self.cluster.get("node", self.name)["status"]["conditions"]
        return ("Ready", "True") in [(one["type"], one["status"]) for one in conditions]

    def _run(self, program: str, *command: str) -> None:
        path = self.cluster.environment["PATH"]
        self.cluster.node.run(f"{self.name}-{program}", *command, environment={"PATH": path})


@contextmanager
def another_node(cluster: Cluster, *images: Path) -> Iterator[AnotherNode]:
    """Have a second node, which is gone afterwards whatever happened to it."""
    found = AnotherNode(cluster, f"other-{uuid.uuid4().hex[:8]}")
    try:
        found.start(*images)
        yield found
    finally:
        found.be_forgotten()
        with suppress(KeyError):
            found.go_away()
