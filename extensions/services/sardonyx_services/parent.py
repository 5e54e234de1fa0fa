"""Services end with the hub that started them, however it ends."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent does (prctl(2), PR_SET_PDEATHSIG).

    Without it a killed hub leaves services behind that hold their ports, and the next hub cannot start its own.
    """
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # The parent ended before the kernel knew.
        os.kill(os.getpid(), signal.SIGKILL)
