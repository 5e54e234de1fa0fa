"""The log of one server: only its end is kept, so no server can fill the disk with what it says."""

import os
from contextlib import suppress

LOG = 1
"""The first process has it as its standard output, and is the only one that has it."""
LONGEST = 10 << 20
KEPT = 1 << 20
CUT = b"Sardonyx: this log had grown too long; what was before this line is gone.\n"


def open_log(path: str) -> None:
    """Begin a log, as standard output and standard error of this process.

    Raises:
        OSError: it cannot be made, or is there already.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    os.dup2(descriptor, LOG)
    os.dup2(descriptor, 2)
    os.close(descriptor)


def write(text: bytes) -> None:
    """Add to the log; what finds no room on the disk is lost, and the server goes on.

    Args:
        text: shorter than `LONGEST` - `KEPT`.
    """
    with suppress(OSError):
        # Looked up each time: the hub adds lines, too.
        size = os.fstat(LOG).st_size
        if size + len(text) > LONGEST:
            end = os.pread(LOG, KEPT, max(0, size - KEPT))
            os.ftruncate(LOG, 0)
            os.write(LOG, CUT + end[end.find(b"\n") + 1 :])
        os.write(LOG, text)
