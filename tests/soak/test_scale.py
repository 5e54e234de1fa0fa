"""A hub for 5,000 people with 1,000 servers, on hollow nodes: it takes about half an hour.

`make soak` runs it, `make soak SERVERS=200` a smaller one; tests/cluster/test_many_servers.py is its short form.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.cluster.cluster import Cluster, running_cluster
from support.cluster.programs import missing
from support.hollow.hub_kinds import Sardonyx, node_hub
from support.hollow.measures import Size, measure
from support.hollow.nodes import hollow_nodes, nodes_for

SERVERS = int(os.environ.get("SOAK_SERVERS", "0"))
SIZE = Size(people=5 * SERVERS, burst=min(200, SERVERS // 2), servers=SERVERS, rest_s=min(300, SERVERS))
PER_START, AT_REST_A_MINUTE = 5, 4
HUB_MB = 1024
"""Half of what the chart lets its Pod have: the services are in there, too."""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A Kubernetes with room for all servers."""
    if not SERVERS:
        pytest.skip("1,000 servers take half an hour: make soak")
    if reason := missing():
        pytest.skip(reason)
    with running_cluster() as found, hollow_nodes(found, nodes_for(SERVERS)):
        yield found


def test_all_start_are_found_again_and_stop(cluster: Cluster, tmp_path: Path) -> None:
    """None is refused or lost, however many ask; and what that takes of API server and memory stays small."""

    def report(text: str) -> None:
        with Path(os.environ.get("SOAK_REPORT", "build/soak.txt")).open("a") as file:
            file.write(f"{text}\n")

    with node_hub(Sardonyx, cluster, tmp_path / "hub") as hub:
        found = measure(hub, SIZE, report)

    assert [*found.burst.failed, *found.growth.failed, *found.ends.failed] == []
    assert len(found.burst.seconds) + len(found.growth.seconds) == len(found.ends.seconds) == SERVERS
    assert found.asked_per_start <= PER_START
    assert found.asked_at_rest <= AT_REST_A_MINUTE
    assert found.memory_mb[2] < HUB_MB
