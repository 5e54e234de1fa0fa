"""What the system ended because a server's memory was used up, as far as it is known by name: for its person's eyes."""

import signal
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sardonyx_singleuser.resources import programs_killed
from sardonyx_singleuser.sandbox.layout import GROUPS

KILLED = {-signal.SIGKILL, 128 + signal.SIGKILL}
"""How a process ends that is killed; a shell that waited for one ends with the second."""
MOST = 20
APART_S = 5.0


@dataclass(frozen=True)
class Victim:
    """One of them.

    Args:
        number: the next one has a larger one.
        kind: what `name` is: a kernel's id, or the title of a tool or an app.
    """

    number: int
    kind: Literal["kernel", "program"]
    name: str


@dataclass(eq=False)
class Victims:
    """Those of one server, the last ones.

    Args:
        groups: where the control groups of this server are shown.
    """

    groups: Path = Path(GROUPS)
    noted: deque[Victim] = field(default_factory=lambda: deque(maxlen=MOST), init=False)
    _number: int = field(default=0, init=False)

    def count(self) -> int:
        """Return how many were ended until now, known by name or not."""
        return programs_killed(self.groups)

    def note(self, kind: Literal["kernel", "program"], name: str, code: int | None, before: int) -> bool:
        """Tell whether a process that ended is one of them, and remember it then.

        Args:
            code: how it ended.
            before: the count of a moment when it still ran, see `Lookout`.
        """
        if code not in KILLED or self.count() <= before:
            return False
        self._number += 1
        self.noted.append(Victim(self._number, kind, name))
        return True


@dataclass(eq=False)
class Lookout:
    """Knows how many were ended some seconds before now.

    The system counts one first and ends it then, which takes its time where much memory is given back: who looked in
    between would have the count of after beside a process that still runs.
    """

    victims: Victims
    before: int = field(init=False)
    _latest: int = field(init=False)
    _looked: float = field(init=False)

    def __post_init__(self) -> None:
        self.before = self._latest = self.victims.count()
        self._looked = time.monotonic()

    def look(self) -> None:
        """Look while the process runs."""
        now = time.monotonic()
        if now - self._looked >= APART_S:
            self.before, self._latest, self._looked = self._latest, self.victims.count(), now


OF_THIS_SERVER = Victims()
"""A process is one server: those who start kernels and tools find this, and so does who tells of it."""
