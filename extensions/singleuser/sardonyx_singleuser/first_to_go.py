"""Who goes first when the memory of a server runs out: what its person has started, and what keeps it together last."""

import os
from contextlib import suppress
from pathlib import Path

STEP, MOST = 400, 1000
"""In thousandths of the memory that a server may use: a process counts as if it used so much more (proc(5))."""


def score() -> int:
    """Return the `oom_score_adj` of what goes before this process; more than its own, so that nobody has to allow it."""
    with suppress(OSError, ValueError):
        return min(MOST, int(Path("/proc/self/oom_score_adj").read_text()) + STEP)
    return STEP


def go_first(process: int | None = None) -> None:
    """Let a process go before this one; what it starts from then on does, too.

    Args:
        process: one that this process started; None = this one itself.
    """
    # One that has ended, or that does not let itself be written to, stays as it is.
    with suppress(OSError):
        Path(f"/proc/{process or os.getpid()}/oom_score_adj").write_text(str(score()))


def shell_that_goes_first(shell: str) -> list[str]:
    """Return a command that becomes a shell, which goes before this process with all that is started in it."""
    raised = f"{{ echo {score()} > /proc/self/oom_score_adj; }} 2> /dev/null"
    return ["/bin/sh", "-c", f'{raised}; exec "$0"', shell]
