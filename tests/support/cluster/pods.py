"""Pods of the tests: a few lines of shell in an image of our own."""

from typing import Any

from support.cluster.cluster import Cluster
from support.cluster.images import SHELL
from support.waiting import soon

PATIENCE_S = 90


def pod(name: str, script: str, **spec: Any) -> dict[str, Any]:
    """Return a pod that runs a script once.

    Args:
        spec: more of the pod's; `container` is more of its container's.
    """
    container = {"name": "main", "image": SHELL, "imagePullPolicy": "Never", "command": ["sh", "-ec", script]}
    container |= spec.pop("container", {})
    about = {"name": name, "labels": {"app": name}}
    # Nobody waits for what ignores that it is to end.
    rules = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [container], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": rules}


def phase(cluster: Cluster, namespace: str, name: str) -> str:
    """Return how far a pod is: Pending, Running, Succeeded, Failed."""
    return str(cluster.get("pod", name, f"--namespace={namespace}")["status"]["phase"])


def until(cluster: Cluster, namespace: str, name: str, wanted: str) -> None:
    """Wait until a pod is that far."""
    soon(lambda: phase(cluster, namespace, name) == wanted, PATIENCE_S)


def said(cluster: Cluster, namespace: str, name: str, script: str, **spec: Any) -> str:
    """Run a script in a pod, and return what it said."""
    cluster.apply(pod(name, script, **spec), namespace=namespace)
    soon(lambda: phase(cluster, namespace, name) in ("Succeeded", "Failed"), PATIENCE_S)
    words = cluster.kubectl("logs", name, f"--namespace={namespace}")
    assert phase(cluster, namespace, name) == "Succeeded", words
    return words
