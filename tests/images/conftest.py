"""A test of an image is one of all images that stand on it, too: its module says of which, as OF."""

from collections.abc import Iterator

import pytest
from image_recipes import OFFERED, ancestry
from support.containers import Container, running_server
from support.images import built_image


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests that take an image each that stands on theirs."""
    if "image" in metafunc.fixturenames:
        found = [name for name in OFFERED if metafunc.module.OF in ancestry(name)]
        metafunc.parametrize("image", found, scope="session")


@pytest.fixture(scope="session")
def server(image: str) -> Iterator[Container]:
    """A server that runs in it, as on Kubernetes."""
    with running_server(built_image(image)) as container:
        yield container
