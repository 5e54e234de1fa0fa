"""A test of an image is one of all images that stand on it, too: its module says of which, as OF."""

import os
from collections.abc import Iterator

import pytest
from image_recipes import OFFERED, ancestry
from support.containers import Container, running_server
from support.images import built_image

LEFT_OUT = {"r", "spark", "vscode"} if "CI" in os.environ else set()
"""Each takes minutes to build. What is in them is tried on one machine, from the same lock files: R, Spark, and the tools. Here
they are for who changes them."""
collect_ignore = [f"test_{name}.py" for name in LEFT_OUT]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests that take an image each that stands on theirs."""
    if "image" in metafunc.fixturenames:
        found = [name for name in OFFERED if metafunc.module.OF in ancestry(name) and name not in LEFT_OUT]
        metafunc.parametrize("image", found, scope="session")


@pytest.fixture(scope="session")
def server(image: str) -> Iterator[Container]:
    """A server that runs in it, as on Kubernetes."""
    with running_server(built_image(image)) as container:
        yield container
