"""For all tests: what is skipped is said, and in CI it is a failure unless it is listed here with its reason."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.deep import clear
from support.drawn import is_drawn
from support.environments import built_environment
from support.postgresql import PostgresqlServer, running_postgresql

MAY_BE_SKIPPED_IN_CI: dict[str, str] = {
    "tests/hub/test_environment_kernels.py": "not every machine has a second Python that all can read, and R's kernel",
    "tests/hub/test_project_quota.py": "not every kernel has project quotas, and not every machine mkfs.xfs",
    "tests/soak/test_scale.py": "it takes half an hour; its short form is tests/cluster/test_many_servers.py",
}
"""Id of a test, or the file that it is in -> why it cannot run there."""

SOMETHING_WAS_SKIPPED = 6
"""An exit code beside pytest's own: whoever runs what failed once more would find nothing of this."""

_skipped: list[str] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `LEVELS=one`, which CI asks for, leave out half of what is tried on each of two kinds of something."""
    if os.environ.get("LEVELS") == "one":
        config.hook.pytest_deselected(items=[item for item in items if not is_drawn(item)])
        items[:] = [item for item in items if is_drawn(item)]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped."""
    if report.skipped and not hasattr(report, "wasxfail") and not _may_be_skipped(report.nodeid):
        _skipped.append(report.nodeid)


def _may_be_skipped(test: str) -> bool:
    return bool({test, test.partition("::")[0]} & MAY_BE_SKIPPED_IN_CI.keys())


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a run in CI fail where something was skipped that is not listed."""
    if os.environ.get("CI") and _skipped:
        session.exitstatus = SOMETHING_WAS_SKIPPED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why such a run failed; the reason of each skip stands above."""
    if os.environ.get("CI") and _skipped:
        terminalreporter.write_line(
            f"Skipped in CI and not listed in tests/conftest.py: {', '.join(_skipped)}", red=True
        )


@pytest.fixture(scope="session")
def prefix() -> Path:
    """The shipped Python environment with the built user side in it."""
    return built_environment()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A PostgreSQL, with a role and a database for a place."""
    with running_postgresql() as running:
        yield running


@pytest.fixture
def deep_trees(tmp_path: Path) -> Iterator[Path]:
    """A folder for trees of any depth: removed here, because pytest's own way to do so recurses, and would fail."""
    folder = tmp_path / "deep"
    folder.mkdir()
    yield folder
    clear(folder)


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Configuring a hub closes new files to others: the tests after it make theirs as before."""
    before = os.umask(0)
    os.umask(before)
    yield
    os.umask(before)
