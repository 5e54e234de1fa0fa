"""The service that copies repositories, as the chart runs it, and a hub that knows its callers."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from support.places import Hub
from support.ports import free_ports
from support.waiting import soon

from sardonyx_singleuser.git.mirror import mirror_key

COMMAND = Path(sys.executable).with_name("sardonyx")
REFS = "info/refs?service=git-upload-pack"


@dataclass(frozen=True)
class CopiesService:
    """It runs.

    Args:
        hub: that it asks.
        port: where it answers.
        folder: of its copies.
    """

    hub: Hub
    port: int
    folder: Path

    @property
    def url(self) -> str:
        """Where copies are."""
        return f"http://127.0.0.1:{self.port}/copies"

    def get(self, address: str, path: str = REFS, **headers: str) -> httpx.Response:
        """Ask for a part of a copy."""
        return httpx.get(f"{self.url}/{mirror_key(address)}/{path}", headers=headers, timeout=40)

    def answers(self) -> bool:
        """Tell whether it does."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


@contextmanager
def copies_service(folder: Path, named: Iterable[str], below: Iterable[str] = ()) -> Iterator[CopiesService]:
    """Run it for these addresses, and for all below some."""
    port = free_ports()
    hub = Hub(port + 1)
    folder.mkdir(exist_ok=True)
    told = {
        "folder": str(folder),
        "room": "1Gi",
        "largest": "500M",
        "named": list(named),
        "below": list(below),
        "hub": f"http://127.0.0.1:{port + 1}/hub/api",
        "hosts": [f"127.0.0.1:{port}"],
        "port": port,
    }
    with subprocess.Popen([COMMAND, "copies"], env={**os.environ, "SARDONYX_COPIES": json.dumps(told)}) as process:
        try:
            found = CopiesService(hub, port, folder)
            soon(found.answers)
            yield found
        finally:
            process.terminate()
            hub.server.shutdown()
            hub.server.server_close()
