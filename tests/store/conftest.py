"""Places with a real object store and a real keys service."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import web
from support.places import Place, running_place
from support.ports import free_ports
from support.waiting import soon


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place with a running store in namespaces of its own, and the keys service."""
    with running_place(tmp_path_factory.mktemp("place")) as found:
        yield found


@pytest.fixture
def place_of_its_own(tmp_path: Path) -> Iterator[Place]:
    """A place that a test may break; nothing runs in it yet."""
    found = Place(tmp_path / "place", free_ports())
    try:
        yield found
    finally:
        found.close()


@pytest.fixture(scope="session")
def opening(place: Place) -> Place:
    """The place with the service that opens links to files."""
    place.start_links()
    soon(lambda: web.get(place.links).status_code == 404)
    return place
