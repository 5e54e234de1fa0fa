"""The chart as it was before its last change, from the history of this clone; without one, as it was kept beside this file."""

import subprocess
from pathlib import Path

from support.stack import ROOT

CHART = "helm/sardonyx"
KEPT = Path(__file__).with_suffix(".tar.gz")
"""That of the end of November 2026, for clones that begin with their last commit, as those of CI do."""


def earlier_chart(folder: Path) -> Path:
    """Put it into a folder, and return where it is: what was committed, where the chart has changed since."""
    is_changed = _git("diff", "--quiet", "HEAD", "--", CHART).returncode != 0
    last = _git("log", "-1", "--format=%H", "--", CHART).stdout.decode().strip()
    packed = _git("archive", "HEAD" if is_changed else f"{last}^", CHART)
    # The only commit of a clone without history has no parent.
    has_history = packed.returncode == 0
    told = ["--extract", "--directory", str(folder), *([] if has_history else [f"--file={KEPT}"])]
    subprocess.run(["tar", *told], input=packed.stdout if has_history else None, check=True)
    return folder / CHART


def _git(*told: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *told], cwd=ROOT, capture_output=True, check=False)
