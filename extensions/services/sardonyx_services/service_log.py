"""Each service writes a log of its own, with rotation; the terminal stays for what has to be done."""

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

LARGEST = 10 << 20
KEPT = 3


def log_to(path: Path) -> None:
    """Send this process' log, its output and that of its children to a file."""
    handler = RotatingFileHandler(path, maxBytes=LARGEST, backupCount=KEPT)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # Libraries say at this level what concerns nobody here: each request, each connection.
    for name in ("httpx", "httpcore", "botocore", "urllib3", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    descriptor = os.open(path.with_suffix(".out.log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, sys.stdout.fileno())
    os.dup2(descriptor, sys.stderr.fileno())
    os.close(descriptor)
