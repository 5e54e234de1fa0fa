"""Servers for the tests that are built from source: once for each state of their Go modules, outside of the clone."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

PATIENCE_S = 1800
USUAL_GO = "/usr/local/go/bin/go"


@dataclass(frozen=True)
class GoProgram:
    """A program to build.

    Args:
        name: that of its module's folder beside this file, "go_NAME".
        package: what is built, of the module's requirements.
        tags: to build it with.
    """

    name: str
    package: str
    tags: str = ""

    @property
    def module(self) -> Path:
        """The folder with `go.mod`."""
        return Path(__file__).parent / f"go_{self.name}"

    @property
    def _build_command(self) -> tuple[str, ...]:
        return ("build", f"-tags={self.tags}", "-trimpath", "-ldflags=-s -w")

    def built(self) -> Path:
        """Return the program; the first run on a machine builds it, which takes minutes."""
        go = shutil.which("go") or shutil.which(USUAL_GO)
        if go is None:
            pytest.skip(f"Go is not on this machine, and {self.name} is built with it. Install Go 1.26 or newer")
        digest = hashlib.sha256(repr(self._build_command).encode())
        for file in ("go.mod", "go.sum", "tools.go"):
            digest.update((self.module / file).read_bytes())
        # Outside of the clone, as uv and Go keep theirs: a fresh clone has it already.
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sardonyx-tests"
        cache.mkdir(parents=True, exist_ok=True)
        program = cache / f"{self.name}-{digest.hexdigest()[:16]}"
        with (cache / f"{self.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not program.exists():
                self._build(go, program)
        return program

    def _build(self, go: str, program: Path) -> None:
        began, unfinished = time.monotonic(), program.with_suffix(".unfinished")
        result = subprocess.run(
            [go, *self._build_command, "-o", str(unfinished), self.package],
            cwd=self.module,
            env={**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE_S,
            check=False,
        )
        assert result.returncode == 0, f"{self.package} cannot be built:\n{result.stdout.decode()[-3000:]}"
        unfinished.replace(program)
        for old in program.parent.glob(f"{self.name}-*"):
            if old != program:
                old.unlink()
        # Why the first run takes long.
        print(f"{self.name} was built in {time.monotonic() - began:.0f} s: {program}")  # noqa: T201
