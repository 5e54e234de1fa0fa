"""What the hub starts ends with the hub, however it ends."""

import ctypes
import os
import signal

HUB = "SARDONYX_HUB_PID"
"""Variable with the process id of the hub: a service takes time to begin, and its hub may be gone by then."""
PR_SET_PDEATHSIG = 1


def die_with_hub() -> None:
    """End this service when its hub does."""
    die_with(int(os.environ[HUB]))


def die_with(parent: int) -> None:
    """Ask the kernel to end this process when its parent does (prctl(2), PR_SET_PDEATHSIG).

    Without it a killed hub leaves services behind that hold their ports, and the next hub cannot start its own.

    Args:
        parent: process id of the parent, as the parent itself knew it.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # The parent ended before the kernel knew.
        os.kill(os.getpid(), signal.SIGKILL)
