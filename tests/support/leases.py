"""A lease on a file, as a person's code can take one on a file of their own: whoever opens it waits, 45 s by default."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOLD = """
import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
descriptor = os.open(sys.argv[1], os.O_RDONLY)
fcntl.fcntl(descriptor, fcntl.F_SETLEASE, getattr(fcntl, sys.argv[2]))
print("held", flush=True)
input()
"""


@contextmanager
def leased(path: Path, kind: str) -> Iterator[None]:
    """Hold a lease (`F_RDLCK`: others may read; `F_WRLCK`: nobody may open it) in another process that never gives it up."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path), kind], stdin=-1, stdout=-1) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            holder.kill()


def is_leased(path: Path) -> bool:
    """Tell whether the lease is still there: whoever waited for the file has waited until it was not."""
    inode = f":{path.lstat().st_ino} "
    return any("LEASE" in line and inode in line for line in Path("/proc/locks").read_text().splitlines())
