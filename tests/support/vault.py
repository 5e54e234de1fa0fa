"""A real Vault for the tests: built once for each state of its Go module, and run as a dev server on loopback."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.waiting import soon

MODULE = Path(__file__).parent / "vault_build"
BUILD = ("build", "-tags=minimal", "-trimpath", "-ldflags=-s -w")
BUILD_PATIENCE_S = 1800
USUAL_GO = "/usr/local/go/bin/go"
ROOT_TOKEN = "root-of-the-tests-only"


def built_vault() -> Path:
    """Return the program; the first run on a machine builds it, which takes minutes."""
    go = shutil.which("go") or shutil.which(USUAL_GO)
    if go is None:
        pytest.skip("Go is not on this machine, and a real Vault is built with it. Install Go 1.26 or newer")
    digest = hashlib.sha256(repr(BUILD).encode())
    for name in ("go.mod", "go.sum", "tools.go"):
        digest.update((MODULE / name).read_bytes())
    # Outside of the clone, as uv and Go keep theirs: a fresh clone has it already.
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sardonyx-tests"
    cache.mkdir(parents=True, exist_ok=True)
    program = cache / f"vault-{digest.hexdigest()[:16]}"
    with (cache / "vault.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            _build(go, program)
    return program


def _build(go: str, program: Path) -> None:
    began, unfinished = time.monotonic(), program.with_suffix(".unfinished")
    result = subprocess.run(
        [go, *BUILD, "-o", str(unfinished), "github.com/hashicorp/vault"],
        cwd=MODULE,
        env={**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=BUILD_PATIENCE_S,
        check=False,
    )
    assert result.returncode == 0, f"Vault cannot be built:\n{result.stdout.decode()[-3000:]}"
    unfinished.replace(program)
    for old in program.parent.glob("vault-*"):
        if old != program:
            old.unlink()
    print(f"Vault was built in {time.monotonic() - began:.0f} s: {program}")  # noqa: T201 - why the first run takes long


@dataclass
class VaultServer:
    """A running Vault, asked as its operator."""

    program: Path
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, empty: a dev server keeps everything in memory."""
        with (self.folder / "vault.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    # However the tests end, it does, too.
                    *("setpriv", "--pdeathsig", "KILL"),
                    str(self.program),
                    "server",
                    "-dev",
                    "-dev-no-store-token",
                    f"-dev-root-token-id={ROOT_TOKEN}",
                    f"-dev-listen-address=127.0.0.1:{self.port}",
                ],
                env={"HOME": str(self.folder), "PATH": os.environ["PATH"]},
                stdout=log,
                stderr=log,
            )
        soon(lambda: httpx.get(f"{self.address}/v1/sys/health").status_code == 200)

    def end(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, token: str = "") -> httpx.Response:
        """Ask with a token; with that of the operator, where none is given."""
        return httpx.request(
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
def running_vault(folder: Path, port: int) -> Iterator[VaultServer]:
    """Run a Vault, and leave nothing behind."""
    found = VaultServer(built_vault(), folder, port)
    try:
        found.start()
        yield found
    finally:
        found.end()
