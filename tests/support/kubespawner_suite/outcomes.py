"""How KubeSpawner's tests ended, beside what the page about them says. Pure."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from support.stack import ROOT

PAGE = ROOT / "docs" / "reference" / "kubespawner-tests.md"
PASSES = re.compile(r"^- `([^`]+)`$", re.MULTILINE)
FAILS = re.compile(r"^\| `([^`]+)` \| (.+) \|$", re.MULTILINE)
TITLES = (
    "Fail, and the page does not say why",
    "Pass by now: take the reason off the page",
    "Pass, and are not on the page",
    "Are on the page, and were not run",
)
"""What a developer reads over each part of `News`."""


class Expected(NamedTuple):
    """What the page says: the tests that pass, and test -> why it does not."""

    passes: frozenset[str]
    exceptions: Mapping[str, str]


class News(NamedTuple):
    """What is otherwise than the page says."""

    unexplained: list[str]
    explained_and_pass: list[str]
    new: list[str]
    gone: list[str]


def expected(page: str) -> Expected:
    """Read the page."""
    return Expected(frozenset(PASSES.findall(page)), dict(FAILS.findall(page)))


def news(outcomes: Mapping[str, str], page: Expected, *, is_all: bool) -> News:
    """Compare a run with the page.

    Args:
        outcomes: test -> passed, failed or skipped.
        is_all: all tests were run, so that what is missing is gone.
    """
    passed = {test for test, outcome in outcomes.items() if outcome == "passed"}
    others = outcomes.keys() - passed
    known = page.passes | page.exceptions.keys()
    return News(
        sorted(others - page.exceptions.keys()),
        sorted(passed & page.exceptions.keys()),
        sorted(passed - known),
        sorted(known - outcomes.keys()) if is_all else [],
    )
