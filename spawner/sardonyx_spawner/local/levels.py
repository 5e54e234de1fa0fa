"""How well servers are kept apart on this machine, in words."""

from collections.abc import Sequence
from pathlib import Path

NONE, USER = "none", "namespaces+uid"
"""The worst and the best level that an environment's user side finds."""
WORDS = {"memory": "memory", "pids": "processes", "cpu": "CPU"}


def say_level(level: str, controllers: Sequence[str]) -> str:
    """Say how servers are kept apart, such as "namespaces + uid + cgroup (memory, processes, CPU)"."""
    text = " + ".join(level.split("+"))
    words = ", ".join(WORDS[name] for name in controllers)
    return f"{text} + cgroup ({words})" if words else text


def not_isolated(problem: str) -> str:
    """Return the warning for a machine on which servers cannot be isolated, with what to do about it."""
    return (
        "SERVERS ARE NOT ISOLATED FROM EACH OTHER on this machine, and start slowly: give accounts only to people who"
        f" trust each other. The reason: {problem or 'unknown'}. To change that, run Sardonyx as root, or let ordinary"
        " users make namespaces: sysctl user.max_user_namespaces=10000, on Debian also"
        " sysctl kernel.unprivileged_userns_clone=1, on Ubuntu also"
        " sysctl kernel.apparmor_restrict_unprivileged_userns=0."
    )


def not_warm(prefix: Path, problem: str, logs: Path) -> str:
    """Return the warning for an environment whose servers each import everything anew, with what to do about it."""
    return (
        f"Servers of {prefix} start slowly and use more memory: Python could not be made ready for all of them."
        f" The reason: {problem}. It is tried again after ten minutes and when packages change;"
        f" the fork server's log, below {logs}, says more."
    )
