"""Each service writes a log of its own, with rotation; the terminal stays for what has to be done.

Where a cluster keeps what is written to the terminal, and people look for it there, it is written there, too.
"""

import logging
import os
import sys
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

LARGEST = 10 << 20
KEPT = 3
TO_TERMINAL = "SARDONYX_LOG_TO_TERMINAL"
"""Variable that is set where the terminal is what people look at."""
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_to(path: Path) -> None:
    """Send this process' log, its output and that of its children to a file; or the log to both, and the output to none."""
    handlers: list[logging.Handler] = [RotatingFileHandler(path, maxBytes=LARGEST, backupCount=KEPT)]
    handlers[0].setFormatter(logging.Formatter(LINE))
    is_seen = bool(os.environ.get(TO_TERMINAL))
    if is_seen:
        # Several write there: which one this is has to be said.
        handlers.append(logging.StreamHandler())
        handlers[1].setFormatter(logging.Formatter(f"{path.stem}: {LINE}"))
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    # Libraries say at this level what concerns nobody here: each request, each connection.
    for name in ("httpx", "httpcore", "botocore", "urllib3", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if is_seen:
        return
    descriptor = _open_output(path.with_suffix(".out.log"))
    os.dup2(descriptor, sys.stdout.fileno())
    os.dup2(descriptor, sys.stderr.fileno())
    os.close(descriptor)


def _open_output(path: Path) -> int:
    """Open a file for output at its end: what the last run said before it crashed stays; a large one is put aside."""
    with suppress(FileNotFoundError):
        if path.stat().st_size > LARGEST:
            path.replace(path.with_name(path.name + ".1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
