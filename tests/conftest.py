"""For all tests: what is skipped is said, and in CI it is a failure unless it is listed here with its reason."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sardonyx_hub_config.environments import EnvironmentRecipe, make_environment

ROOT = Path(__file__).parents[1]

MAY_BE_SKIPPED_IN_CI: dict[str, str] = {}
"""Id of a test -> why it cannot run there."""

_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped."""
    if report.skipped and not hasattr(report, "wasxfail") and report.nodeid not in MAY_BE_SKIPPED_IN_CI:
        _skipped.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a run in CI fail where something was skipped that is not listed."""
    if os.environ.get("CI") and _skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why such a run failed; the reason of each skip stands above."""
    if os.environ.get("CI") and _skipped:
        terminalreporter.write_line(
            f"Skipped in CI and not listed in tests/conftest.py: {', '.join(_skipped)}", red=True
        )


@pytest.fixture(scope="session")
def prefix() -> Path:
    """The shipped Python environment with the built user side in it; made once for each lock file and wheel."""
    (wheel,) = (ROOT / "build" / "wheels").glob("sardonyx_singleuser-*.whl")
    recipe = EnvironmentRecipe("python", ROOT / "hub_config" / "environments" / "python.lock", (str(wheel),))
    folder = ROOT / "build" / "environments"
    folder.mkdir(exist_ok=True)
    return make_environment(recipe, folder, folder / "python.log")


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Configuring a hub closes new files to others: the tests after it make theirs as before."""
    before = os.umask(0)
    os.umask(before)
    yield
    os.umask(before)
