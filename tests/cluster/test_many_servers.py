"""Servers on hollow nodes, more than this machine could run: a short form of `make bench ONLY=scale`, without its clock."""

import time
from collections.abc import Iterator

import pytest
from support.cluster.cluster import Cluster
from support.hollow.crowd import Crowd
from support.hollow.hub_kinds import Sardonyx, node_hub
from support.hollow.hubs import NodeHub
from support.hollow.nodes import hollow_nodes
from support.waiting import soon

SERVERS = 20
NAMES = [f"person{number}" for number in range(SERVERS)]
PER_START = {"create secrets": 1, "create pods": 1, "patch secrets": 1}
PER_STOP = {"delete pods": 1, "get pods/log": 1}
FOR_ALL = {"list pods": 2, "watch pods": 2, "list events": 2, "watch events": 2}
"""However many start: they share what is heard of Pods and events."""
REST_S = 15.0


@pytest.fixture(scope="module")
def hub(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeHub]:
    """Ours, with people who have all signed in once."""
    folder = tmp_path_factory.mktemp("scale") / "hub"
    with hollow_nodes(cluster, 2), node_hub(Sardonyx, cluster, folder) as found:
        found.add_people(["admin", *NAMES])
        yield found


def test_all_start_at_once_and_stop_and_nothing_is_left(hub: NodeHub) -> None:
    """Each with a handful of requests to the API server, with a page open that tells of it; and at rest with none."""
    crowd, begun = Crowd(hub.url), hub.audit_bytes()
    started = crowd.start(NAMES, SERVERS)
    running = hub.audit_bytes()
    assert started.failed == []
    assert hub.servers() == set(NAMES)
    time.sleep(REST_S)
    stopping = hub.audit_bytes()
    stopped = crowd.stop(NAMES, SERVERS)

    assert stopped.failed == []
    assert hub.servers() == set()
    left = ("get", "pods,secrets,persistentvolumeclaims", "--output=name", f"--namespace={hub.namespace}")
    soon(lambda: not hub.cluster.kubectl(*left).split())
    starts = hub.asked(begun, running)
    for what, count in PER_START.items():
        assert starts.pop(what) == count * SERVERS, what
    # The page that tells of a start reads what the server says, once it runs; some servers are quicker.
    assert starts.pop("get pods/log", 0) <= SERVERS
    for what, count in FOR_ALL.items():
        assert starts.pop(what, 0) <= count, what
    assert not starts, "something else was asked for"
    # What somebody read to its end is written down at its end, a moment later.
    at_rest = {what: count for what, count in hub.asked(running, stopping).items() if what != "get pods/log"}
    assert sum(at_rest.values()) <= 2
    stops = {what: count for what, count in hub.asked(stopping).items() if what not in FOR_ALL}
    assert stops == {what: count * SERVERS for what, count in PER_STOP.items()}
    # An operator with a thousand servers reads this log: no start says something that means nothing.
    assert "deprecated" not in hub.log()


def test_a_restarted_hub_finds_all_and_a_server_that_is_gone_is_seen(hub: NodeHub) -> None:
    """It looks at all of them by one list, and goes on with those that are there."""
    crowd = Crowd(hub.url)
    assert crowd.start(NAMES, SERVERS).failed == []
    hub.stop_hub()
    gone = "pod", f"{Sardonyx.NAME}-server-{NAMES[0]}", f"--namespace={hub.namespace}"
    hub.cluster.kubectl("delete", *gone, "--grace-period=0", "--force")
    begun = hub.audit_bytes()
    hub.start_hub()

    soon(lambda: hub.servers() == set(NAMES[1:]))
    assert hub.asked(begun)["list pods"] <= FOR_ALL["list pods"]
    assert crowd.stop(NAMES[1:], SERVERS).failed == []
