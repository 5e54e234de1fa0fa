"""What this server does before it is there, told to the person in plain words."""

import json
import os
import time
from contextlib import suppress
from pathlib import Path


class Progress:
    """Appends lines that the hub reads; a server without a hub tells nobody."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def say(self, message: str, state: str = "now") -> None:
        """Tell one step; `state` is now, done or warn."""
        if self._path is None:
            return
        line = json.dumps({"at": time.time(), "message": message, "state": state}) + "\n"
        # A full disk must not keep a server from starting: in it, room can be made.
        with suppress(OSError):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                # One write for one line: the hub may read at any moment.
                os.write(descriptor, line.encode())
            finally:
                os.close(descriptor)
