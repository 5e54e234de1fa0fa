"""A running cluster, as tests and people use it."""

import json
import os
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from support import web
from support.cluster import components, settings
from support.cluster.ends import ended_by_signals
from support.cluster.images import SHELL, busybox_image
from support.cluster.keys import NODE, Keys
from support.cluster.network import network
from support.cluster.node import Node, node
from support.cluster.objects import Objects, question_of
from support.cluster.programs import put_programs
from support.waiting import soon

START_PATIENCE_S = 120
COMMAND_PATIENCE_S = 300


@dataclass
class Cluster:
    """A Kubernetes with one node."""

    node: Node
    keys: Keys
    programs: Path

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.keys.kubeconfig()

    @cached_property
    def objects(self) -> Objects:
        """What is in it, for who only looks."""
        return Objects(self.kubeconfig)

    @property
    def server(self) -> str:
        """The address of the API server, from everywhere."""
        return self.keys.server

    @property
    def node_address(self) -> str:
        """Where the host reaches the node, and its ports."""
        return self.node.network.node

    @property
    def host_address(self) -> str:
        """Where pods reach what listens on the host."""
        return self.node.network.host

    @property
    def folder(self) -> Path:
        """All files of the cluster."""
        return self.node.folder

    @property
    def audit_log(self) -> Path:
        """What the API server was asked, one JSON object a line."""
        return self.folder / "audit.log"

    @property
    def environment(self) -> dict[str, str]:
        """The environment for whatever talks to it: kubectl, helm and kubernetes_asyncio find it."""
        home = str(self.folder / "home")
        path = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "KUBECONFIG": str(self.kubeconfig), "HOME": home}

    def kubectl(self, *told: str, given: Mapping[str, Any] | str | None = None, fails: bool = False) -> str:
        """Run kubectl; return what it says.

        Args:
            given: an object, or text, on its standard input (`-f -`).
            fails: it is expected to fail, and the reason is returned.
        """
        return self._say("kubectl", *told, given=given, fails=fails)

    def helm(self, *told: str, given: Mapping[str, Any] | str | None = None, fails: bool = False) -> str:
        """Run Helm; return what it says. `given` and `fails` are those of `kubectl`."""
        return self._say("helm", *told, given=given, fails=fails)

    def apply(self, *objects: Mapping[str, Any], namespace: str = "") -> None:
        """Make objects, in a namespace or where they say."""
        listed = {"apiVersion": "v1", "kind": "List", "items": objects}
        where = [f"--namespace={namespace}"] if namespace else []
        self.kubectl("apply", *where, "-f", "-", given=listed)

    def get(self, *told: str) -> Any:
        """Return objects, by the words after `kubectl get`."""
        question = question_of(told)
        if question is None:
            return json.loads(self.kubectl("get", "--output=json", *told))
        return self.objects.answer(question)

    def load_image(self, archive: Path, node: Path | None = None) -> None:
        """Bring an image to the node, from an archive of `podman save`; pods have it with `imagePullPolicy: Never`.

        Args:
            node: folder of another one; None = the first.
        """
        address = f"--address={node or self.folder}/containerd.sock"
        self._run(*self.node.command("ctr", address, "--namespace=k8s.io", "images", "import", str(archive)))

    def tag_image(self, reference: str, tag: str) -> str:
        """Let the node know an image by another tag, too, as if it were a later one; return that reference."""
        also = f"{reference.rpartition(':')[0]}:{tag}"
        self._run(*self._images("tag", "--force", reference, also))
        return also

    def images(self) -> set[str]:
        """Return all names of images that the node has."""
        return set(self._run(*self._images("list", "--quiet")).split())

    def forget_images(self, names: set[str]) -> None:
        """Let the node have images no more, nor what they were unpacked to."""
        self._run(*self._images("remove", "--sync", *names))

    def kill_container(self, name: str) -> None:
        """End all that runs in a container of the node at once; the API need not be there.

        Args:
            name: its id.
        """
        address = f"--address={self.folder}/containerd.sock"
        told = ("ctr", address, "--namespace=k8s.io", "tasks", "kill", "--signal=SIGKILL", name)
        self._run(*self.node.command(*told))

    @contextmanager
    def namespace(self, name: str = "", labels: Mapping[str, str] | None = None) -> Iterator[str]:
        """Make a namespace, and delete it with all that is in it; its name is one that was never there, unless given."""
        found = name or f"test-{uuid.uuid4().hex[:8]}"
        about = {"name": found, "labels": dict(labels or {})}
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": about})
        # Pods need it, and its controller makes it a moment later.
        soon(lambda: bool(self.get("serviceaccount", "default", f"--namespace={found}")))
        try:
            yield found
        finally:
            # It takes seconds, and its name is nobody else's.
            self.kubectl("delete", "namespace", found, "--wait=false")

    def log(self, program: str) -> str:
        """Return what a program of the cluster has said, by its name ("kubelet")."""
        return (self.folder / f"{program}.log").read_text(errors="replace")

    def set_capacity(self, resource: str, count: int) -> None:
        """Let the node say that it has something, such as `nvidia.com/gpu`: pods that ask for it are placed by that."""
        change = json.dumps({"status": {"capacity": {resource: str(count)}}})
        self.kubectl("patch", "node", NODE, "--subresource=status", "--type=merge", f"--patch={change}")
        soon(lambda: self.get("node", NODE)["status"]["allocatable"].get(resource) == str(count))

    def stop_api_server(self) -> None:
        """Take the API server away: pods go on, and nobody hears of them."""
        self.node.stop("kube-apiserver")

    def bring_api_server_back(self) -> None:
        """Start it again, and what runs beside it, as a machine does: by themselves they ask again only after up to a minute."""
        self._start_api_server()
        for name in self._beside_api_server:
            self.node.stop(name)
        self._start_beside_api_server()

    def start(self) -> None:
        """Start everything; it is through when pods can run."""
        folder, own = self.folder, self.node.network
        (folder / "home").mkdir()
        (folder / "cni").mkdir()
        (folder / "resolv.conf").write_text(f"nameserver {own.names}\n")
        (folder / "containerd.toml").write_text(settings.containerd(folder))
        (folder / "Corefile").write_text(settings.names(own, self.keys.kubeconfig("folders")))
        for name, said in (
            ("cni/pods.conflist", settings.pod_network(own, folder)),
            ("kubelet.json", settings.kubelet(own, folder)),
            ("proxy.json", settings.proxy(own, folder)),
            ("audit-policy.json", settings.audit()),
        ):
            (folder / name).write_text(json.dumps(said))
        self._start("etcd", components.etcd(folder))
        self._start("containerd", ("containerd", f"--config={folder}/containerd.toml"))
        self._start_api_server()
        self._start_beside_api_server()
        self._start("coredns", ("coredns", f"-conf={folder}/Corefile"))
        soon((folder / "containerd.sock").exists, START_PATIENCE_S)
        self.load_image(busybox_image(folder / "pause.tar", settings.PAUSE, ("sleep", "2147483647")))
        self.load_image(busybox_image(folder / "shell.tar", SHELL))
        self._start("kubelet", components.kubelet(own, folder))
        soon(lambda: bool(self.get("namespace", "kube-system")), START_PATIENCE_S)
        self.apply(*settings.objects(own))
        soon(self._is_ready, START_PATIENCE_S)
        # It wants to know of its node.
        self._start("kube-router", components.policies(own, folder))
        soon(self._has_policies, START_PATIENCE_S)

    def _images(self, *told: str) -> list[str]:
        address = f"--address={self.folder}/containerd.sock"
        return self.node.command("ctr", address, "--namespace=k8s.io", "images", *told)

    def _start_api_server(self) -> None:
        self._start("kube-apiserver", components.api_server(self.node.network, self.folder))
        soon(self._answers, START_PATIENCE_S)

    def _start_beside_api_server(self) -> None:
        for name, command in self._beside_api_server.items():
            self._start(name, command)

    @property
    def _beside_api_server(self) -> dict[str, tuple[str, ...]]:
        return {
            "kube-controller-manager": components.controllers(self.folder),
            "kube-scheduler": components.scheduler(self.folder),
            "kube-proxy": components.proxy(self.folder),
            "folders": components.folders(self.folder),
        }

    def _start(self, name: str, command: tuple[str, ...]) -> None:
        self.node.run(name, *command, environment={"PATH": self.environment["PATH"]})

    def _answers(self) -> bool:
        self._all_go_on()
        answer = web.get(f"{self.server}/readyz", verify=False, timeout=5)
        return answer.status_code == 200

    def _is_ready(self) -> bool:
        self._all_go_on()
        conditions = self.get("node", NODE)["status"]["conditions"]
        names = web.get(f"http://{self.node_address}:8181/ready", timeout=5)
        return names.status_code == 200 and ("Ready", "True") in [(one["type"], one["status"]) for one in conditions]

    def _has_policies(self) -> bool:
        self._all_go_on()
        return "sync iptables took" in self.log("kube-router")

    def _all_go_on(self) -> None:
        for name in self.node.ended():
            pytest.fail(f"{name} ended by itself:\n{self.log(name)[-3000:]}")

    def _say(self, program: str, *told: str, given: Mapping[str, Any] | str | None, fails: bool) -> str:
        text = given if isinstance(given, str) or given is None else json.dumps(given)
        return self._run(str(self.programs / program), *told, given=text, fails=fails)

    def _run(self, *command: str, given: str | None = None, fails: bool = False) -> str:
        result = subprocess.run(
            command,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_PATIENCE_S,
            check=False,
        )
        said = f"{' '.join(command)}: {result.stdout}{result.stderr}"
        assert (result.returncode != 0) is fails, said
        return result.stderr if fails else result.stdout


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Start a cluster; leave nothing of it, whatever happens in between."""
    with ended_by_signals(), network() as own, node(own) as machine:
        keys = Keys(machine.folder / "keys", own)
        keys.write()
        found = Cluster(machine, keys, put_programs(machine.folder / "bin"))
        found.start()
        yield found
