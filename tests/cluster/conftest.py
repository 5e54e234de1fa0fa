"""One cluster for all tests of this folder; a namespace is what each has of its own."""

from collections.abc import Iterator

import pytest
from support.cluster.cluster import Cluster, running_cluster
from support.cluster.programs import missing


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A Kubernetes with one node."""
    if reason := missing():
        pytest.skip(reason)
    with running_cluster() as found:
        yield found


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A namespace, deleted when the test is through."""
    with cluster.namespace() as found:
        yield found
