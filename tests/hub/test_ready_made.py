"""A server that waits for its hub: what it does before, and what becomes of it without one. What it becomes is tested on a cluster."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from support.ports import free_ports
from support.threaded import threaded_environment

from sardonyx_spawner.kube.ready_made.hand_over import Waiting

PATIENCE_S = 60


@dataclass
class Process:
    """One that waits, or will."""

    running: subprocess.Popen[str]
    port: int
    key: bytes

    def is_warm(self) -> bool:
        """Return whether it is, as soon as it waits; then leave it."""

        async def ask() -> bool:
            waiting = await Waiting.greet("127.0.0.1", self.port, self.key)
            waiting.close()
            return waiting.is_warm

        return asyncio.run(ask())

    def said(self) -> str:
        """Return all that it has said, when it has ended."""
        output, _none = self.running.communicate(timeout=PATIENCE_S)
        return output


@contextmanager
def started(python: Path, home: Path) -> Iterator[Process]:
    """Start one, with nothing in its environment but what it needs."""
    key, port = Fernet.generate_key(), free_ports()
    variables = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "SARDONYX_READY_KEY": key.decode()}
    command = [str(python), "-m", "sardonyx_singleuser.ready_made", "127.0.0.1", str(port)]
    with subprocess.Popen(
        command, env=variables, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        try:
            yield Process(running, port, key)
        finally:
            running.kill()


def test_it_has_nothing_to_say_while_it_gets_ready_and_ends_without_its_hub(prefix: Path, tmp_path: Path) -> None:
    """Its log is that of the server that it becomes: what a server for nobody says is not in it."""
    with started(prefix / "bin" / "python", tmp_path) as process:
        assert process.is_warm()

        assert process.said() == "Sardonyx: this server was never anybody's: the request was cut short\n"
        assert process.running.returncode == 0
        assert list(tmp_path.iterdir()) == []


def test_one_that_cannot_be_warmed_waits_all_the_same_and_says_why(prefix: Path, tmp_path: Path) -> None:
    """It is slower, and a server; the operator reads why in its log."""
    with threaded_environment(prefix / "bin" / "python") as python, started(python, tmp_path) as process:
        assert not process.is_warm()

        assert "RuntimeError: threads are left after warming" in process.said()


def test_one_that_nobody_gave_a_key_ends(prefix: Path, tmp_path: Path) -> None:
    """Such as one that was started by hand."""
    command = [str(prefix / "bin" / "python"), "-m", "sardonyx_singleuser.ready_made", "127.0.0.1", str(free_ports())]
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    found = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S, check=True
    )
    assert (
        "Sardonyx: this server was never anybody's: Fernet key must be 32 url-safe base64-encoded bytes."
        in found.stderr
    )
