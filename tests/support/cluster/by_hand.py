"""A cluster for work by hand: `python -m support.cluster.by_hand start`, and `end`."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

from support.cluster.cluster import running_cluster
from support.cluster.programs import missing
from support.waiting import soon

PLACE = Path(__file__).parents[3] / "build" / "cluster"
PID, ENVIRONMENT, LOG = PLACE / "pid", PLACE / "environment", PLACE / "log"
PATIENCE_S = 3600
"""The first start compiles Kubernetes."""


def _run() -> None:
    try:
        with running_cluster() as cluster:
            environment = cluster.environment
            lines = [f"export {name}={shlex.quote(environment[name])}" for name in ("KUBECONFIG", "PATH")]
            unfinished = ENVIRONMENT.with_suffix(".unfinished")
            unfinished.write_text("\n".join(lines) + "\n")
            unfinished.replace(ENVIRONMENT)
            signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        ENVIRONMENT.unlink(missing_ok=True)
        PID.unlink(missing_ok=True)


def _goes_on() -> bool:
    try:
        os.kill(int(PID.read_text()), 0)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return True


def _start() -> str:
    if reason := missing():
        return reason
    if not _goes_on():
        PLACE.mkdir(parents=True, exist_ok=True)
        ENVIRONMENT.unlink(missing_ok=True)
        with LOG.open("wb") as log:
            command = [sys.executable, "-m", "support.cluster.by_hand", "run"]
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        PID.write_text(f"{process.pid}\n")
        soon(lambda: ENVIRONMENT.exists() or process.poll() is not None, PATIENCE_S)
        if process.poll() is not None:
            return f"The cluster did not start: {LOG.read_text()}"
    sys.stdout.write(ENVIRONMENT.read_text())
    return ""


def _end() -> str:
    if _goes_on():
        os.kill(int(PID.read_text()), signal.SIGTERM)
        soon(lambda: not _goes_on())
    return ""


if __name__ == "__main__":
    sys.exit({"start": _start, "run": _run, "end": _end}[sys.argv[1]]() or 0)
