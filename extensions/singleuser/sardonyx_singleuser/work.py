"""Whether a server is at work, also when nobody looks: a long cell that says nothing, a job in a terminal, Spark.

JupyterHub learns of use by what Jupyter Server was asked and what kernels said. Work that is silent for hours would be
taken for idleness, and stopped.
"""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LOOK_S = 60.0
LEAST = 0.1
"""Who uses more than this part of one processor is at work; pages that were left open use a hundredth."""
BUSY = "busy"


@dataclass
class Work:
    """Looks again and again.

    Args:
        states: of the kernels that run.
        tell: called when there is work.
        used: processor time of all of the server's processes until now, in seconds; None = it cannot be told apart.
        now: the clock.
    """

    states: Callable[[], Iterable[str]]
    tell: Callable[[], None]
    used: Callable[[], float | None]
    now: Callable[[], float] = time.monotonic
    _before: tuple[float, float] | None = field(default=None)

    def look(self) -> None:
        """Tell of work since the last look."""
        now, used = self.now(), self.used()
        before, self._before = self._before, None if used is None else (now, used)
        if BUSY in self.states() or (used is not None and before is not None and _is_much(before, now, used)):
            self.tell()


def _is_much(before: tuple[float, float], now: float, used: float) -> bool:
    return used - before[1] > LEAST * (now - before[0])


def sees_only_own(folder: Path = Path("/proc")) -> bool:
    """Tell whether this server sees no processes but its own."""
    try:
        return (folder / "1").stat().st_uid == os.getuid()
    except OSError:
        return False


def used_by_own_processes(folder: Path = Path("/proc")) -> float | None:
    """Return the processor time of all processes that this server sees, in seconds.

    Returns:
        None where it sees those of others, too.
    """
    if not sees_only_own(folder):
        return None
    tick, found = os.sysconf("SC_CLK_TCK"), 0
    for process in folder.glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            # After the name, which may have blanks in it: the 14th and 15th field (proc_pid_stat(5)).
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            found += int(fields[11]) + int(fields[12])
    return found / tick
