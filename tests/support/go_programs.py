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
from support.kept_folder import kept_folder

PATIENCE_S = 3600
USUAL_GO = "/usr/local/go/bin/go"
COLLECTION_PERCENT = "400"
"""The compiler gives memory back less often than it does of itself: that takes its time, and a machine for tests has some."""


def find_go(why: str) -> str:
    """Return the program of Go; a test that needs it is skipped where there is none.

    Args:
        why: it needs it.
    """
    found = shutil.which("go") or shutil.which(USUAL_GO)
    if found is None:
        pytest.skip(f"Go is not on this machine, and {why}. Install Go 1.26 or newer")
    return found


@dataclass(frozen=True)
class GoPrograms:
    """Programs to build, of one module.

    Args:
        name: that of the module's folder beside this file, "go_NAME".
        packages: what is built: packages of the module, or of its requirements.
        tags: to build them with.
        variables: of their packages, with values.
    """

    name: str
    packages: tuple[str, ...]
    tags: str = ""
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def module(self) -> Path:
        """The folder with `go.mod`."""
        return Path(__file__).parent / f"go_{self.name}"

    @property
    def _build_command(self) -> tuple[str, ...]:
        values = "".join(f" -X {variable}={value}" for variable, value in self.variables)
        # Nobody debugs them.
        return ("build", f"-tags={self.tags}", "-trimpath", "-gcflags=all=-dwarf=false", f"-ldflags=-s -w{values}")

    def built(self) -> Path:
        """Return the folder with the programs; the first run on a machine builds them, which takes minutes."""
        go = find_go(f"{self.name} is built with it")
        digest = hashlib.sha256(repr((self._build_command, self.packages)).encode())
        for file in sorted(self.module.rglob("*")):
            if file.is_file():
                digest.update(file.read_bytes())
        cache = kept_folder()
        programs = cache / f"{self.name}-{digest.hexdigest()[:16]}"
        with (cache / f"{self.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not programs.is_dir():
                self._build(go, programs)
        return programs

    def _build(self, go: str, programs: Path) -> None:
        began, unfinished = time.monotonic(), programs.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        result = subprocess.run(
            [go, *self._build_command, "-o", f"{unfinished}/", *self.packages],
            cwd=self.module,
            env={**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOGC": COLLECTION_PERCENT},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE_S,
            check=False,
        )
        assert result.returncode == 0, f"{self.name} cannot be built:\n{result.stdout.decode()[-3000:]}"
        unfinished.replace(programs)
        for old in programs.parent.glob(f"{self.name}-*"):
            if old != programs:
                _remove(old)
        # Why the first run takes long.
        print(f"{self.name} was built in {time.monotonic() - began:.0f} s: {programs}")  # noqa: T201


@dataclass(frozen=True)
class GoProgram:
    """A program to build, alone in its module.

    Args:
        name: that of the module's folder beside this file, "go_NAME".
        package: what is built, of the module's requirements.
        tags: to build it with.
    """

    name: str
    package: str
    tags: str = ""

    def built(self) -> Path:
        """Return the program; the first run on a machine builds it, which takes minutes."""
        programs = GoPrograms(self.name, (self.package,), self.tags).built()
        return programs / self.package.rsplit("/", 1)[-1]


def _remove(old: Path) -> None:
    if old.is_dir():
        shutil.rmtree(old)
    else:
        old.unlink()
