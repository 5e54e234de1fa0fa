"""What this server does before it is there, told to the person in plain words."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sardonyx_singleuser import contract

Tell = Callable[[Mapping[str, Any]], object]
"""Tells the hub one line."""


class Progress:
    """Tells the hub how far the start is; a server without a hub tells nobody."""

    def __init__(self, tell: Tell | None) -> None:
        self._tell = tell

    def say(self, message: str, state: str = "now") -> None:
        """Tell one step; `state` is now, done or warn."""
        if self._tell is not None:
            self._tell({"at": time.time(), "message": message, "state": state})


def to_log(line: Mapping[str, Any]) -> None:
    """Tell it in what this server writes, where the hub finds it."""
    # One write for one line, past any buffer: the hub follows.
    os.write(sys.stdout.fileno(), f"{contract.PROGRESS_MARK}{json.dumps(line)}\n".encode())


def to_file(path: Path) -> Tell:
    """Return what adds lines to a file that the hub reads."""

    def tell(line: Mapping[str, Any]) -> None:
        # A full disk must not keep a server from starting: in it, room can be made.
        with suppress(OSError):
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                # One write for one line: the hub may read at any moment.
                os.write(descriptor, json.dumps(line).encode() + b"\n")
            finally:
                os.close(descriptor)

    return tell
