"""`python -I -m sardonyx_singleuser.forkserver FOLDER IDLE_S [OPEN_FILES]`: starts a fork server unless there is one, and returns.

It and its servers may have so many files open; the hub that starts it has more.
"""

import fcntl
import os
import resource
import sys
import traceback
from pathlib import Path

from sardonyx_singleuser.forkserver.protocol import LOCK, LOG, ROOT
from sardonyx_singleuser.forkserver.supervisor import Supervisor

LOG_BYTES = 1 << 20


def main() -> None:
    """Return when the fork server takes connections; it goes on without us."""
    os.umask(0o077)
    folder, idle_s = Path(sys.argv[1]), float(sys.argv[2])
    for files in sys.argv[3:]:
        resource.setrlimit(resource.RLIMIT_NOFILE, (int(files), resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    for part in (folder, folder / ROOT):
        part.mkdir(mode=0o700, exist_ok=True)
    told, tell = os.pipe()
    if os.fork() != 0:
        os.close(tell)
        with os.fdopen(told) as answer:
            problem = answer.read()
        if problem != "ok":
            sys.stderr.write(problem or "the fork server ended at once")
            raise SystemExit(1)
        return
    os.close(told)
    os.setsid()
    _become(folder, idle_s, tell)


def _become(folder: Path, idle_s: float, tell: int) -> None:
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # There is one already, or it was started at this very moment: that one will answer.
            os.write(tell, b"ok")
            return
        _detach(folder / LOG)
        supervisor = Supervisor(folder, idle_s)
        os.write(tell, b"ok")
        os.close(tell)
        tell = -1
        supervisor.run()
    except Exception:
        traceback.print_exc()
        if tell >= 0:
            os.write(tell, traceback.format_exc().encode()[-2000:])
        raise


def _detach(log: Path) -> None:
    """Leave the hub's terminal and files; what is said goes into a log of our own."""
    os.chdir("/")
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor, number in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, number)
    for descriptor in (nothing, output):
        os.close(descriptor)


if __name__ == "__main__":
    main()
