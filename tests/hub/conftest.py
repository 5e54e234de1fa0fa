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

LEVELS, WAYS = ("root", "ordinary"), ("child", "fork")
ON_EITHER = {
    "test_deleted_servers.py",
    "test_environment_kernels.py",
    "test_forked_kernels.py",
    "test_git_panel.py",
    "test_language_servers.py",
    "test_local_spawner.py",
    "test_own_packages.py",
    "test_own_settings.py",
    "test_server_output.py",
    "test_servers_api.py",
}
"""What is the same on each level of isolation, or for each way to start a server: half of the tests run on each."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `LEVELS=one`, which CI asks for, leave out the other half."""
    if os.environ.get("LEVELS") != "one":
        return
    left_out = [item for item in items if item.path.name in ON_EITHER and not _is_drawn(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _is_drawn(item: pytest.Item) -> bool:
    """Tell whether a test runs as it is: always the same one of two that differ in nothing else."""
    asked = getattr(item, "callspec", None)
    if asked is not None and isinstance(item, pytest.Function):
        for name, kinds in (("forks", LEVELS), ("hub", WAYS)):
            if (kind := asked.params.get(name)) is not None:
                # Without the word for the kind where it stands for it: names of tests have such words, too.
                others = asked.id.split("-")
                others.remove(kind)
                key = f"{item.path.name} {item.originalname} {others}"
                return bool(kind == kinds[crc32(key.encode()) % len(kinds)])
    return True


@pytest.fixture(scope="session", params=WAYS)
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
