"""A test of an image is one of all images that stand on it, too: its module says of which, as OF."""

import os
from collections.abc import Iterator

import pytest
from image_recipes import ancestry
from support.containers import Container, running_server
from support.images import built_image

LEFT_OUT = ("spark", "r+vscode+mlflow") if "CI" in os.environ else ()
"""Each takes minutes to build: R is large, Spark is built from its source, and VS Code is compiled. What is in them is tried on one
machine, from the same lock files. Here they are for who changes them."""
TRIED = [name for name in ("base", "mlflow", "spark", "r+vscode+mlflow") if name not in LEFT_OUT]
"""Images that people work in. That of Python is below all that follow the first."""
collect_ignore = [
    f"test_{name}.py" for name in ("r", "spark", "vscode") if not any(name in ancestry(each) for each in TRIED)
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests that take an image each that stands on theirs."""
    if "image" in metafunc.fixturenames:
        found = [name for name in TRIED if metafunc.module.OF in ancestry(name)]
        metafunc.parametrize("image", found, scope="session")


@pytest.fixture(scope="session")
def server(image: str) -> Iterator[Container]:
    """A server that runs in it, as on Kubernetes."""
    with running_server(built_image(image)) as container:
        yield container
