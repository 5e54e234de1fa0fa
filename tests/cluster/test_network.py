"""Which ways are open between Pods and out of them, on a cluster that enforces the chart's policies."""

from collections.abc import Iterator
from functools import partial

import pytest
from support.cluster.cluster import Cluster
from support.cluster.open_ways import listens
from support.cluster.place import Place
from support.cluster.pods import pod, until
from support.git_server import Forge
from support.visitors import PASSWORD
from support.waiting import soon

TRY = """
import socket, sys
for way in sys.argv[1:]:
    host, port = way.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
    except OSError:
        continue
    print(way)
"""
"""Prints those of the addresses to which a connection is made."""
PEOPLE = ("nora", "oskar")
LISTEN = "exec httpd -f -p 8888 -h /etc"


@pytest.fixture(scope="module")
def two(place: Place) -> Iterator[Place]:
    """A place with the servers of two people."""
    for name in PEOPLE:
        place.add_person(name, PASSWORD)
        place.start(name, {"profile": "python"})
    yield place
    for name in PEOPLE:
        place.stop(name)


@pytest.fixture(scope="module")
def stranger(cluster: Cluster) -> Iterator[str]:
    """The namespace of a Pod that listens, and that is none of ours."""
    with cluster.namespace() as namespace:
        cluster.apply(pod("stranger", LISTEN), namespace=namespace)
        until(cluster, namespace, "stranger", "Running")
        yield namespace


def address(place: Place, name: str) -> str:
    """Return the address of a Pod of the place."""
    return str(place.get("pod", name)["status"]["podIP"])


def open_from(place: Place, name: str, *ways: str) -> set[str]:
    """Return to which of some addresses a Pod connects."""
    return set(place.kubectl("exec", name, "--", "python", "-c", TRY, *ways).split())


def test_a_server_reaches_what_it_needs_and_nothing_else(
    two: Place, cluster: Cluster, stranger: str, forge: Forge
) -> None:
    """Not another's server, nor what waits for somebody, nor the proxy's side door, the node, or the cluster's API.

    Each of them listens: the hub, or the node's own machine, connects to it.
    """
    nora, hub = two.pod("nora"), two.hub_pod()
    other = f"{address(two, two.pod('oskar'))}:8888"
    service = f"{two.name}-hub"
    needed = {f"{service}:8001", f"{service}:8003", f"{service}:8004", forge.url.removeprefix("http://")}
    of_the_hub = {other, f"{two.name}-proxy-api:8002", "kubernetes.default:443"}
    kubelet = f"{cluster.node_address}:10250"
    elsewhere = cluster.get("pod", "stranger", f"--namespace={stranger}")["status"]["podIP"]
    refused = {*of_the_hub, kubelet, f"{service}:8005", f"{elsewhere}:8888", f"{cluster.node_address}:6443"}

    assert open_from(two, hub, *of_the_hub) == of_the_hub
    for there in ((cluster.node_address, 10250), (elsewhere, 8888)):
        soon(partial(listens, there))
    assert open_from(two, nora, *needed, *refused) == needed


def test_whoever_else_is_in_the_cluster_reaches_the_pages_alone(two: Place, cluster: Cluster, stranger: str) -> None:
    """Neither a server, nor hub and store past the proxy."""
    proxy = two.get("pod", "--selector", "app.kubernetes.io/component=proxy")["items"][0]["status"]["podIP"]
    hub = address(two, two.hub_pod())
    ways = {
        "pages": f"{proxy} 8000",
        "the proxy's side door": f"{proxy} 8002",
        "hub": f"{hub} 8001",
        "keys": f"{hub} 8003",
        "store": f"{hub} 8004",
        "server": f"{address(two, two.pod('nora'))} 8888",
    }
    script = "".join(f'nc -w 3 {way} </dev/null >/dev/null 2>&1 && echo "{what}"\n' for what, way in ways.items())

    told = ("exec", "stranger", f"--namespace={stranger}", "--", "sh", "-c", f"{script}true")

    assert cluster.kubectl(*told).splitlines() == ["pages"]
