"""How well servers are kept apart on this machine, in words: the same in the log, from the doctor and on the page for operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sardonyx_spawner.local.obstacles import ANY

NONE, NAMESPACES, USER = LEVELS = ("none", "namespaces", "namespaces+uid")
"""What an environment's user side finds, the worst first."""
WORDS = {"memory": "memory", "pids": "processes", "cpu": "CPU"}
NOT_LIMITED = {
    ("memory",): (
        "Of memory only what each process of a server takes is limited: with several, one server can take all that"
        " this machine has."
    ),
    ("cpu",): "CPU is not limited: one server can take all that this machine has.",
    ("memory", "cpu"): (
        "Of memory only what each process of a server takes is limited, and CPU is not: one server can take all that this"
        " machine has."
    ),
}
"""What it means where control groups do not limit these."""
NAMES_ARE_REACHED = (
    "Programs of this machine that listen under an abstract name, such as an X server, can be reached from servers:"
    " Linux 6.12 or newer, with Landlock, keeps servers from them."
)
LOUD = "Servers are not isolated from each other"
TO_LIMIT = (
    "To limit them, start Sardonyx with the systemd unit of docs/how-to/keep-it-running.md, in a container, or, where"
    " the machine has control groups of version 1, as root."
)
TO_ACCEPT = (
    "Or, if all people here may read and change each other's files, write 'accept_not_isolated: true' under 'servers'"
    " in the settings."
)
ACCEPTED = (
    "Servers of everybody start all the same, as 'servers.accept_not_isolated' in the settings says: give accounts only"
    " to people who trust each other."
)


@dataclass(frozen=True)
class Verdict:
    """What was found, and what it means.

    Args:
        state: note = not all is limited, or servers are not kept apart and the operator accepts that; bad = they are
            not, and nobody said that this is fine; unknown = nobody tried yet.
        kept_apart_by: such as "namespaces + uid + cgroup (memory, processes, CPU)"; "" if unknown.
        meaning: in plain sentences.
        to_do: what would change it; "" if nothing has to be done.
    """

    state: Literal["good", "note", "bad", "unknown"]
    kept_apart_by: str
    meaning: str
    to_do: str = ""

    @property
    def is_apart(self) -> bool:
        """Whether servers are kept apart, as far as is known."""
        return self.kept_apart_by != NONE

    @property
    def text(self) -> str:
        """All of it, for a log and a terminal: what is bad is said loudly."""
        return f"{self.meaning} {self.to_do}".strip().replace(LOUD, LOUD.upper(), 1)


UNKNOWN = Verdict("unknown", "", "How servers are kept apart here is known when the first environment is there.")


def judge(
    level: str,
    controllers: Sequence[str] | None,
    problem: str = "",
    *,
    are_names_apart: bool = True,
    accept_not_isolated: bool = False,
    remedy: str = ANY,
) -> Verdict:
    """Say what a level means.

    Args:
        controllers: what is limited by control groups; None = nobody knows yet.
        problem: why there is no better level.
        are_names_apart: servers cannot reach what listens outside under an abstract name.
        accept_not_isolated: the setting: where nothing can be isolated, everybody's servers start all the same.
        remedy: what would let servers be isolated here.
    """
    if level == NONE:
        return _not_isolated(problem, remedy, is_accepted=accept_not_isolated)
    own = "Each server sees only its own files and processes"
    own += ", and has a user of its own." if level == USER else "."
    own += "" if are_names_apart else f" {NAMES_ARE_REACHED}"
    by = say_level(level, controllers or ())
    if controllers is None:
        return Verdict("good", by, f"{own} What of memory and CPU is limited is known after the first start.")
    if missing := tuple(name for name in ("memory", "cpu") if name not in controllers):
        return Verdict("note", by, f"{own} {NOT_LIMITED[missing]}", TO_LIMIT)
    return Verdict("good", by, f"{own} Memory, processes and CPU of each are limited.")


def worst(levels: Sequence[str]) -> str:
    """Return the worst of some levels; one that is not known here is better than none."""
    return min(levels, key=lambda level: LEVELS.index(level) if level in LEVELS else 1)


def say_level(level: str, controllers: Sequence[str]) -> str:
    """Say how servers are kept apart, such as "namespaces + uid + cgroup (memory, processes, CPU)"."""
    text = " + ".join(level.split("+"))
    words = ", ".join(WORDS[name] for name in controllers)
    return f"{text} + cgroup ({words})" if words else text


def _not_isolated(problem: str, remedy: str, *, is_accepted: bool) -> Verdict:
    so = f"{LOUD} on this machine, and start slowly. The reason: {problem or 'unknown'}."
    if is_accepted:
        return Verdict("note", NONE, f"{so} {ACCEPTED}", remedy)
    return Verdict("bad", NONE, f"{so} So only administrators can start servers.", f"{remedy} {TO_ACCEPT}")


def not_warm(prefix: Path, problem: str, logs: Path) -> str:
    """Return the warning for an environment whose servers each import everything anew, with what to do about it."""
    return (
        f"Servers of {prefix} start slowly and use more memory: Python could not be made ready for all of them."
        f" The reason: {problem}. It is tried again after ten minutes and when packages change;"
        f" the fork server's log, below {logs}, says more."
    )
