"""Our commands, run as an operator runs them."""

import subprocess
import sys
from pathlib import Path

SARDONYX = Path(sys.executable).with_name("sardonyx")
PATIENCE_S = 120


def sardonyx(*told: str) -> tuple[int, str]:
    """Run `sardonyx` with these words, in this environment; return its exit code and what it says, without a trace.

    As a process: some commands have a loop and signals of their own, and a browser of Playwright's keeps a loop in ours.
    """
    done = subprocess.run(
        [SARDONYX, *told],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert "Traceback" not in done.stdout, done.stdout
    return done.returncode, done.stdout
