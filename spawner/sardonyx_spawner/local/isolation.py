"""What this hub has found about keeping servers apart: said once, and kept for the page and for the doctor."""

import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sardonyx_spawner.local.levels import NONE, UNKNOWN, WORDS, Verdict, judge, worst
from sardonyx_spawner.local.obstacles import Obstacles

FILE = "limits.json"
REFUSED = "servers-are-refused"
"""A file that is there while servers of others than administrators are refused: the service of classes makes none then."""

log = logging.getLogger(__name__)


class Isolation:
    """Collects what is found for each environment.

    Args:
        folder: where what is limited is written down: the doctor cannot find it out without moving the hub.
        accept_not_isolated: the setting.
    """

    def __init__(self, folder: Path, *, accept_not_isolated: bool = False) -> None:
        self._folder, self._accept = folder, accept_not_isolated
        self._problems: dict[str, str] = {}
        self._controllers: tuple[str, ...] | None = None
        self._are_names_apart = True
        self._said: set[str] = set()

    def found(
        self, level: str, problem: str, controllers: Sequence[str] | None, *, are_names_apart: bool = True
    ) -> None:
        """Take note of the level of an environment, and say once what that means; each start comes here."""
        is_new = controllers is not None and self._controllers is None
        is_new |= self._are_names_apart and not are_names_apart
        self._are_names_apart &= are_names_apart
        if not is_new and self._problems.get(level) == problem:
            return
        self._problems[level] = problem
        if controllers is not None and self._controllers is None:
            self._controllers = tuple(controllers)
            with suppress(OSError):
                (self._folder / FILE).write_text(json.dumps(self._controllers))
        with suppress(OSError):
            self._note(are_refused=self.verdict.state == "bad")
        verdict = self._judge(level)
        if verdict.text in self._said:
            return
        self._said.add(verdict.text)
        if not verdict.is_apart:
            # The terminal shows the operator nothing less.
            log.critical(verdict.text)
        else:
            log.info("Servers on this machine are kept apart by: %s. %s", verdict.kept_apart_by, verdict.text)

    def _note(self, *, are_refused: bool) -> None:
        note = self._folder / REFUSED
        if are_refused:
            note.touch()
        else:
            note.unlink(missing_ok=True)

    def has(self, level: str) -> bool:
        """Tell whether an environment has this level."""
        return level in self._problems

    @property
    def verdict(self) -> Verdict:
        """What the worst environment means."""
        if not self._problems:
            return UNKNOWN
        return self._judge(worst(tuple(self._problems)))

    def _judge(self, level: str) -> Verdict:
        problem, remedy = self._problems[level], Obstacles.here().remedy if level == NONE else ""
        return judge(
            level,
            self._controllers,
            problem,
            are_names_apart=self._are_names_apart,
            accept_not_isolated=self._accept,
            remedy=remedy,
        )


def limited_at_last_start(folder: Path) -> tuple[str, ...] | None:
    """Return what the last hub could limit; None if there was none."""
    try:
        found = json.loads((folder / FILE).read_text())
    except (OSError, ValueError):
        return None
    return tuple(name for name in WORDS if name in found) if isinstance(found, list) else None
