"""What this machine must have, and what to install when it has not."""

import shutil
import sys

from sardonyx_hub_config.errors import OperatorError

NEEDED = {"git": "git", "unshare": "util-linux"}
"""Program -> the package that has it, the same on Debian and Fedora."""


def check_machine() -> None:
    """Make sure that Sardonyx can run here.

    Raises:
        OperatorError: another system than Linux, or a program is missing.
    """
    if sys.platform != "linux":
        raise OperatorError(
            f"this machine runs {sys.platform}. Sardonyx runs on Linux: use a Linux machine or a virtual one."
        )
    missing = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if missing:
        names = " ".join(missing)
        raise OperatorError(
            f"missing on this machine: {', '.join(missing)}. On Debian and Ubuntu: sudo apt-get install {names}."
            f" On Fedora: sudo dnf install {names}."
        )
