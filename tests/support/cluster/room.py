"""A node without room: what is free on it is taken by a Pod that is nobody's server."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from support.cluster.cluster import Cluster
from support.cluster.keys import NODE
from support.cluster.pods import pod, until
from support.waiting import soon

from sardonyx_spawner.kube.quantities import amount

COUNTED = ("cpu", "memory")
ENDED = ("Succeeded", "Failed")
PATIENCE_S = 120


@contextmanager
def full_node(cluster: Cluster, **left: str) -> Iterator[None]:
    """Let the node have no room for any Pod that is not there yet.

    Args:
        left: how much of a resource is left, as Kubernetes writes it: cpu="200m"; nothing = no core is, and all memory.
    """
    wanted = {name: amount(each) for name, each in (left or {"cpu": "0"}).items()}
    # What is on its way out has its place until it is gone.
    soon(lambda: not any("deletionTimestamp" in each["metadata"] for each in _placed(cluster)), PATIENCE_S)
    taken = {name: _free(cluster, name) - each for name, each in wanted.items()}
    assert min(taken.values()) >= 0, f"the node has less free than is to be left: {taken}"
    requests = {name: str(each) for name, each in taken.items()}
    with cluster.namespace() as namespace:
        filler = pod("filler", "exec sleep 100000", container={"resources": {"requests": requests}})
        cluster.apply(filler, namespace=namespace)
        until(cluster, namespace, "filler", "Running")
        try:
            yield
        finally:
            # Its namespace goes later, and whoever counts next has to see that it is gone.
            cluster.kubectl("delete", "pod", "filler", f"--namespace={namespace}")


def _free(cluster: Cluster, resource: str) -> Decimal:
    """Return what the scheduler has left of a resource."""
    there = amount(cluster.get("node", NODE)["status"]["allocatable"][resource])
    return there - sum((_requested(each, resource) for each in _placed(cluster)), Decimal(0))


def _placed(cluster: Cluster) -> list[dict[str, Any]]:
    pods = cluster.get("pods", "--all-namespaces")["items"]
    return [each for each in pods if each["spec"].get("nodeName") and each["status"]["phase"] not in ENDED]


def _requested(found: dict[str, Any], resource: str) -> Decimal:
    """Return what a Pod keeps, as the scheduler counts it: init containers run one after the other, before all others."""

    def of(kind: str) -> list[Decimal]:
        named = (each["resources"].get("requests", {}).get(resource, "0") for each in found["spec"].get(kind, ()))
        return [amount(each) for each in named]

    return max(sum(of("containers"), Decimal(0)), *of("initContainers"), Decimal(0))
