"""Hollow nodes of a running cluster, and with their end nothing of them."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.cluster.cluster import Cluster
from support.hollow.told import LABEL, PODS_PER_NODE, Told
from support.waiting import soon

PROGRAM = "hollow-kubelet"
PORT = 10350
PATIENCE_S = 60
TESTS = Path(__file__).parents[2]


def nodes_for(servers: int) -> int:
    """Return how many nodes so many servers need, while some of them still end."""
    return servers // PODS_PER_NODE + 2


@contextmanager
def hollow_nodes(
    cluster: Cluster, count: int, *, begins_s: float = 0.4, answers_s: float = 1.0, ends_s: float = 0.4
) -> Iterator[None]:
    """Give a cluster so many more nodes; Pods get there by `told.SELECTOR` and `told.TOLERATION`.

    Args:
        begins_s: from being bound to a node until the container runs.
        answers_s: from then on until the server in it listens: with a real one on the test cluster it is a second.
        ends_s: from the request to end until it is gone.
    """
    names = tuple(f"hollow-{number}" for number in range(count))
    file, keys = cluster.folder / f"{PROGRAM}.json", cluster.keys.folder
    kubeconfig = json.loads(cluster.kubeconfig.read_text())
    ready = cluster.folder / f"{PROGRAM}.ready"
    Told(
        server=cluster.server,
        authority=str(keys / "authority.crt"),
        token=kubeconfig["users"][0]["user"]["token"],
        address=cluster.node_address,
        port=PORT,
        certificate=str(keys / "api-server.crt"),
        key=str(keys / "api-server.key"),
        nodes=names,
        begins_s=begins_s,
        answers_s=answers_s,
        ends_s=ends_s,
        ready=str(ready),
    ).write(file)
    cluster.node.run(
        PROGRAM, sys.executable, "-m", "support.hollow.kubelet", str(file), environment={"PYTHONPATH": str(TESTS)}
    )
    try:
        soon(ready.exists, PATIENCE_S)
        soon(lambda: _all_take_pods(cluster, names), PATIENCE_S)
        yield
    finally:
        said = cluster.log(PROGRAM)
        was_there = PROGRAM not in cluster.node.ended()
        cluster.node.stop(PROGRAM)
        ready.unlink(missing_ok=True)
        cluster.kubectl("delete", "node", "--ignore-not-found", *names)
        assert was_there, f"the kubelet of the hollow nodes ended by itself:\n{said[-3000:]}"


def _all_take_pods(cluster: Cluster, names: tuple[str, ...]) -> bool:
    found = {each["metadata"]["name"]: each for each in cluster.get("nodes")["items"]}
    return all([taint["key"] for taint in found[name]["spec"].get("taints", ())] == [LABEL] for name in names)
