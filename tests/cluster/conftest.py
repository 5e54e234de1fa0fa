"""One cluster for all tests of this folder; a namespace is what each has of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser
from support.cluster.cluster import Cluster, running_cluster
from support.cluster.place import Place, installed, load_images
from support.cluster.place_settings import settings
from support.cluster.programs import missing
from support.cluster.visits import come
from support.git_server import Forge, serving
from support.repositories import with_the_notebook
from support.visitors import Visitor, chromium


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


@pytest.fixture(scope="session")
def forge(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """A forge on the machine that Pods reach."""
    folder = tmp_path_factory.mktemp("git")
    with_the_notebook(folder)
    with serving(Forge(folder, address=cluster.host_address)) as found:
        yield found


@pytest.fixture(scope="session")
def place(cluster: Cluster, forge: Forge) -> Iterator[Place]:
    """A Sardonyx on the cluster, with a repository of the forge."""
    images = load_images(cluster, "hub", "base", "python")
    with installed(cluster, settings(images, f"{forge.url}/course.git")) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, without a window."""
    with chromium() as found:
        yield found


@pytest.fixture
def newcomer(place: Place, browser: Browser) -> Iterator[Callable[[str], Visitor]]:
    """A way to have somebody who has signed in, in a browser of their own; their server is stopped at the end."""
    with ExitStack() as over:

        def signed_in(name: str) -> Visitor:
            found = come(place, browser, name)
            over.callback(found.page.context.close)
            over.callback(place.stop_if_there, name)
            return found

        yield signed_in
