"""A control group of the hub's own on a machine with systemd, where it was started in a terminal.

Without one nothing limits memory and CPU of servers. A hub that is a service of systemd's, or runs in a container, has one.
See systemd-run(1), and Delegate= in systemd.resource-control(5).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sardonyx_spawner.local.cgroup_places import SYSTEMD, is_left_to_us, own_groups

MARK = "SARDONYX_SCOPE"
"""In the environment of a hub that has been through this: it is not tried again."""
PATIENCE_S = 10.0


@dataclass(frozen=True)
class Session:
    """Where this process was started.

    Args:
        program: systemd-run; None = it is not there.
        has_manager: there is a systemd that could be asked: the machine's for root, for others that of their session.
        is_left_to_us: our control group is ours to divide, or there is none of version 2.
    """

    is_root: bool
    program: str | None
    has_manager: bool
    is_left_to_us: bool

    @classmethod
    def here(cls, variables: Mapping[str, str] = os.environ) -> "Session":
        """Look at this process."""
        is_root = os.geteuid() == 0
        folder = variables.get("XDG_RUNTIME_DIR")
        has_bus = "DBUS_SESSION_BUS_ADDRESS" in variables or bool(folder and (Path(folder) / "bus").exists())
        groups = [own for own in own_groups(Path("/proc/self")) if own.version == 2]  # noqa: PLR2004 - no other name
        return cls(
            is_root=is_root,
            program=shutil.which("systemd-run", path=variables.get("PATH")),
            has_manager=SYSTEMD.exists() and (is_root or has_bus),
            is_left_to_us=all(own.path == "/" or is_left_to_us(own.folder) for own in groups),
        )

    def scoped(self, command: Sequence[str]) -> list[str]:
        """Return a command that runs this one in a group of its own; [] = it cannot be had, or is had already."""
        if self.program is None or not self.has_manager or self.is_left_to_us:
            return []
        whose = [] if self.is_root else ["--user"]
        return [self.program, *whose, "--scope", "--quiet", "--collect", "--property=Delegate=yes", "--", *command]


def enter_scope(session: Session | None = None) -> None:
    """Begin this program anew in a group of its own, if that can be had; else go on as we are, with what is limited then."""
    if MARK in os.environ:
        return
    where = session or Session.here()
    trial = where.scoped(["true"])
    if not trial or not _works(trial):
        return
    os.environ[MARK] = "1"
    again = where.scoped([sys.executable, *sys.orig_argv[1:]])
    os.execv(again[0], again)  # noqa: S606 - we become the same program in another group; there is no shell


def _works(command: Sequence[str]) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
