"""One store for a folder: two would write into the same volumes, and take each other's sockets."""

import fcntl
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

MODULE = b"sardonyx_services.object_store"
RETRY_S = 0.05


class HeldError(Exception):
    """Another store has the folder and does not let go of it; the message says which."""


def hold(folder: Path, configuration: Path, patience_s: float) -> int:
    """Take a folder, and return the descriptor that holds it: for as long as any process has it open.

    A store of another hub is ended: that hub is gone, for this one has the data, and nobody else would end what has the
    port. One of the same hub goes on. What a store started gets a moment to end with it: the descriptor is given on to
    all that writes into the folder.

    Args:
        configuration: what this store was started with; only one that was started with the same is ended.

    Raises:
        HeldError: the folder is held by something else, or by something that does not end.
    """
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + patience_s
    while not _is_taken(descriptor):
        holder = _holder(descriptor)
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise HeldError(f"its folder {folder} is in use by process {holder}. End that process.")
        if _is_of_another_hub(holder, configuration):
            with suppress(ProcessLookupError):
                os.kill(holder, signal.SIGKILL)
        time.sleep(RETRY_S)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _is_taken(descriptor: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _holder(descriptor: int) -> int:
    text = os.pread(descriptor, 20, 0)
    return int(text) if text.isdigit() else 0


def _is_of_another_hub(pid: int, configuration: Path) -> bool:
    """Tell whether a process is such a store, and not one that has its number now or that our own hub looks after."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        parent = int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return False
    return pid != os.getpid() and parent != os.getppid() and {MODULE, os.fsencode(configuration)} <= {*words}
