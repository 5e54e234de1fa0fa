"""What on this machine forbids to make namespaces, and the exact remedy: only what is in the way is named."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

ANY = (
    "To change that, run Sardonyx as root, or let ordinary users make namespaces: sysctl"
    " user.max_user_namespaces=10000, on Debian also sysctl kernel.unprivileged_userns_clone=1, on Ubuntu also"
    " sysctl kernel.apparmor_restrict_unprivileged_userns=0."
)
"""Where nothing was found that would be in the way, and for whoever did not look."""
IN_A_CONTAINER = (
    "To change that, run Sardonyx on the machine itself, or give the container what namespaces need: --cap-add SYS_ADMIN"
    " --security-opt seccomp=unconfined --security-opt apparmor=unconfined."
)
APPARMOR = (
    "To change that, let AppArmor allow it to Sardonyx's Python: as root, write 'abi <abi/4.0>, include"
    " <tunables/global> profile sardonyx {python} flags=(unconfined) {{ userns, }}' into /etc/apparmor.d/sardonyx, and run"
    " apparmor_parser -r /etc/apparmor.d/sardonyx. Or allow it to all programs: sysctl"
    " kernel.apparmor_restrict_unprivileged_userns=0."
)
SYSCTLS = {"user/max_user_namespaces": "10000", "kernel/unprivileged_userns_clone": "1"}
"""What forbids namespaces if it is 0, below /proc/sys, and what allows them."""
RESTRICTED = "kernel/apparmor_restrict_unprivileged_userns"
"""Of Ubuntu from 23.10 on: if it is 1, ordinary users make namespaces and may do nothing in them."""


@dataclass(frozen=True)
class Obstacles:
    """What was found.

    Args:
        closed: sysctls that forbid it, by their names below /proc/sys.
        is_restricted: AppArmor forbids what is done in namespaces.
        python: program that would have to be allowed to.
    """

    is_root: bool
    closed: tuple[str, ...]
    is_restricted: bool
    python: str

    @classmethod
    def here(cls, sysctls: Path = Path("/proc/sys")) -> "Obstacles":
        """Look at this machine."""
        return cls(
            is_root=os.geteuid() == 0,
            closed=tuple(name for name in SYSCTLS if _read(sysctls / name) == "0"),
            is_restricted=_read(sysctls / RESTRICTED) == "1",
            # AppArmor knows a program by where its file is, whatever links led there.
            python=os.path.realpath(sys.executable),
        )

    @property
    def remedy(self) -> str:
        """What to do, in sentences for an operator."""
        if self.closed and (lines := [_line(name) for name in self.closed if not self.is_root or "max" in name]):
            said = f"To change that, as root: {', '.join(lines)}."
            more = "" if self.is_root or not self.is_restricted else f" {APPARMOR.format(python=self.python)}"
            keep = " To keep it so, write the same into a file in /etc/sysctl.d."
            return f"{said}{keep}{more}"
        if self.is_root:
            return IN_A_CONTAINER
        return APPARMOR.format(python=self.python) if self.is_restricted else ANY


def _line(name: str) -> str:
    return f"sysctl {name.replace('/', '.')}={SYSCTLS[name]}"


def _read(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        # Not every system has it.
        return ""
