"""A real JupyterHub, and fork servers without one, for all tests here."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from support.everybody import python_for_everybody
from support.forks import Forks, running_forks
from support.hubs import Hub, running_hub

LEVELS = ("root", "ordinary")
ON_EITHER = {
    "test_environment_kernels.py",
    "test_forked_kernels.py",
    "test_git_panel.py",
    "test_language_servers.py",
    "test_own_packages.py",
    "test_own_settings.py",
    "test_server_output.py",
}
"""What a server does in the same way on each level of isolation: each of these tests runs on one, half of them on each."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the other half, unless `LEVELS=all` asks for both."""
    if os.environ.get("LEVELS") == "all" or os.geteuid() != 0:
        return
    left_out = [item for item in items if item.path.name in ON_EITHER and _level_of(item) not in {"", _drawn(item)}]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _level_of(item: pytest.Item) -> str:
    """Return the level on which a test runs; "" = it asks for none."""
    asked = getattr(item, "callspec", None)
    return str(asked.params.get("forks", "")) if asked is not None else ""


def _drawn(item: pytest.Item) -> str:
    """Return the level for a test: always the same one."""
    name = item.name.replace(_level_of(item), "")
    return LEVELS[crc32(f"{item.path.name} {name}".encode()) % 2]


@pytest.fixture(scope="session", params=["child", "fork"])
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prefix: Path) -> Iterator[Hub]:
    """One hub for all tests here, for each way to start servers."""
    with running_hub(tmp_path_factory.mktemp("hub"), prefix, request.param) as running:
        yield running


@pytest.fixture(scope="session", params=LEVELS)
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
