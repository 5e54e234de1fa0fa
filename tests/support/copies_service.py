"""The service that copies repositories, as the chart runs it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import httpx
import uvicorn
from support.ports import free_ports
from support.waiting import soon

from sardonyx_services.copies.answers import Answers
from sardonyx_services.copies.service import Copies, create_app
from sardonyx_spawner.copy_places import CopiesService as Place
from sardonyx_spawner.mirrors import Mirrors

COMMAND = Path(sys.executable).with_name("sardonyx")
REFS = "info/refs?service=git-upload-pack"
KEY = "a-key-of-the-tests"


@dataclass(frozen=True)
class CopiesService:
    """It runs.

    Args:
        port: where it answers.
        folder: of its copies.
    """

    port: int
    folder: Path

    @property
    def place(self) -> Place:
        """As the hub knows it."""
        return Place(f"http://127.0.0.1:{self.port}/copies", KEY)

    def of(self, url: str, person: str = "abcd1234") -> str:
        """Return where somebody's server finds the copy of a repository."""
        return self.place.of(url, person)

    def get(self, url: str, path: str = REFS) -> httpx.Response:
        """Ask for a part of a copy."""
        return httpx.get(f"{self.of(url)}/{path}", timeout=40)

    def answers(self) -> bool:
        """Tell whether it does."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


@contextmanager
def impatient_copies_service(folder: Path) -> Iterator[CopiesService]:
    """Run it in this process, with one second for a question about a copy that is on its way."""
    port = free_ports()
    folder.mkdir(exist_ok=True)
    answers = Answers(folder, 1 << 30)
    mirrors = Mirrors(folder, longest_wait_s=1, changed=answers.forget)
    app = create_app(Copies(folder, KEY, mirrors, answers))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
    thread = Thread(target=server.run)
    thread.start()
    try:
        found = CopiesService(port, folder)
        soon(found.answers)
        yield found
    finally:
        server.should_exit = True
        thread.join()
        answers.forget()


@contextmanager
def copies_service(folder: Path) -> Iterator[CopiesService]:
    """Run it, with its copies in a folder."""
    port = free_ports()
    folder.mkdir(exist_ok=True)
    told = {"folder": str(folder), "room": "1Gi", "largest": "500M", "port": port}
    variables = {"SARDONYX_COPIES": json.dumps(told), "SARDONYX_COPIES_KEY": KEY}
    with subprocess.Popen([COMMAND, "copies"], env={**os.environ, **variables}) as process:
        try:
            found = CopiesService(port, folder)
            soon(found.answers)
            yield found
        finally:
            process.terminate()
