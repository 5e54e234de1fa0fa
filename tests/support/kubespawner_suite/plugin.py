"""A plugin of pytest: puts our spawner where the tests look for KubeSpawner, and writes down how each of them ended."""

import json
import os
from collections.abc import Generator
from pathlib import Path

import kubespawner
import pytest
from support.kubespawner_suite.spawner import SuiteSpawner

FILE = "SARDONYX_SUITE_OUTCOMES"
"""Environment variable with the path of what is written."""
AS_IT_IS = "SARDONYX_SUITE_AS_IT_IS"
"""Set: KubeSpawner itself is tested, which says what of its tests fits its release and this cluster."""
_outcomes: dict[str, str] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Take the place of KubeSpawner before its tests are read."""
    if AS_IT_IS not in os.environ:
        kubespawner.KubeSpawner = SuiteSpawner


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember how a test ended: the worst of its beginning, itself and its end."""
    report = yield
    name = f"{item.path.name}::{item.name}"
    if report.outcome != "passed" or call.when == "setup":
        _outcomes[name] = report.outcome
    return report


def pytest_sessionfinish() -> None:
    """Write it all down."""
    Path(os.environ[FILE]).write_text(json.dumps(_outcomes))
