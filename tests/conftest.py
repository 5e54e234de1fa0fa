"""For all tests: what is skipped is said, and in CI it is a failure unless it is listed here with its reason."""

import os

import pytest

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
