"""The chart as it was before its last change, from the history of this clone."""

import subprocess
from pathlib import Path

import pytest
from support.stack import ROOT

CHART = "helm/sardonyx"
NO_HISTORY = "this clone has no history of the chart (git fetch --unshallow)"


def earlier_chart(folder: Path) -> Path:
    """Put it into a folder, and return where it is: what was committed, where the chart has changed since."""
    is_changed = _git("diff", "--quiet", "HEAD", "--", CHART).returncode != 0
    last = _git("log", "-1", "--format=%H", "--", CHART).stdout.decode().strip()
    before = "HEAD" if is_changed else f"{last}^"
    packed = _git("archive", before, CHART)
    # In a clone without history its only commit has no parent.
    if packed.returncode != 0:
        pytest.skip(f"{NO_HISTORY}: {packed.stderr.decode().strip()}")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed.stdout, check=True)
    return folder / CHART


def _git(*told: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *told], cwd=ROOT, capture_output=True, check=False)
