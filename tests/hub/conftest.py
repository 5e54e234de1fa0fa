"""A real JupyterHub, and fork servers without one, for all tests here."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.drawn import KINDS
from support.everybody import python_for_everybody
from support.forks import Forks, running_forks
from support.hubs import Hub, running_hub


@pytest.fixture(scope="session", params=KINDS["hub"])
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prefix: Path) -> Iterator[Hub]:
    """One hub for all tests here, for each way to start servers."""
    with running_hub(tmp_path_factory.mktemp("hub"), prefix, request.param) as running:
        yield running


@pytest.fixture(scope="session", params=KINDS["forks"])
def forks(request: pytest.FixtureRequest, prefix: Path) -> Iterator[Forks]:
    """A fork server without a hub, for each level of isolation that this machine has."""
    is_ordinary = request.param == "ordinary"
    if not is_ordinary and os.geteuid() != 0:
        pytest.skip("only root can give each person a user of their own")
    python = python_for_everybody(prefix) if is_ordinary else prefix / "bin" / "python"
    with running_forks(python, ordinary=is_ordinary) as running:
        yield running


@pytest.fixture(scope="session")
def comparison() -> dict[str, Any]:
    """What a test found with one way to start servers, for its run with the other."""
    return {}
