"""User environments on one machine: where each one is, and how it is made from its lock file."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from uv import find_uv_bin

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.jars import JarsError, give_jars
from sardonyx_hub_config.opened import open_to_servers
from sardonyx_services.exclusive import exclusive
from sardonyx_services.parent import die_with

OURS = "sardonyx-singleuser"
"""Never from uv's cache: what was built there earlier under the same version may be older than this hub."""
READY = "sardonyx-ready"
"""Name of the file that is written last, so that an interrupted installation is recognised."""

WITHOUT_JARS = "sardonyx-without-jars"
"""Name of a file that says why an environment has not all of its jars."""
AGAIN_S = 3600.0
"""So long after a failure the jars are tried again, when somebody starts a server."""


@dataclass(frozen=True)
class EnvironmentRecipe:
    """How to make one environment.

    Args:
        requirements: lock file with hashes.
        packages: more packages, without their dependencies: folders, wheels or requirements.
        jars: lock file of jars for its PySpark; None = it has what it needs.
    """

    slug: str
    requirements: Path
    packages: tuple[str, ...]
    jars: Path | None = None

    def prefix(self, environments: Path) -> Path:
        """Return the folder of this environment; another content of the recipe is another folder."""
        return environments / f"{self.slug}-{self._fingerprint()}"

    def _fingerprint(self) -> str:
        digest = hashlib.sha256(sys.version.encode())
        digest.update(_read(self.requirements))
        if self.jars is not None:
            digest.update(_read(self.jars))
        for package in self.packages:
            digest.update(package.encode())
            for path in _sources(Path(package)):
                digest.update(_read(path))
        return digest.hexdigest()[:12]


def is_ready(prefix: Path) -> bool:
    """Tell whether an environment was made completely."""
    return (prefix / READY).exists()


def make_environment(recipe: EnvironmentRecipe, environments: Path, log: Path) -> Path:
    """Make the environment if it is not there; return its folder.

    Safe to call from several processes at once, and after an interruption at any point.

    Raises:
        OperatorError: the installer failed; its own words are in `log`.
    """
    prefix = recipe.prefix(environments)
    if is_ready(prefix) and not _is_time_for_jars(recipe, prefix):
        return prefix
    with exclusive(environments / f".{recipe.slug}.lock"):
        if is_ready(prefix):
            if _is_time_for_jars(recipe, prefix):
                _give_jars(recipe, prefix, log)
            return prefix
        shutil.rmtree(prefix, ignore_errors=True)
        uv = find_uv_bin()
        python = str(prefix / "bin" / "python")
        # Compiled here, once: a server sees its environment read-only, and would compile what it imports at each start.
        options = ["--quiet", "--compile-bytecode", "--python", python]
        commands = [[uv, "venv", "--quiet", "--python", sys.executable, str(prefix)]]
        # What the lock file names and nothing else: it may leave out what a package says that it needs.
        commands.append([uv, "pip", "sync", *options, "--require-hashes", str(recipe.requirements)])
        if recipe.packages:
            commands.append([uv, "pip", "install", *options, "--no-deps", "--refresh-package", OURS, *recipe.packages])
        with log.open("wb") as output:
            for command in commands:
                _run(command, output.fileno(), recipe, log)
        _give_jars(recipe, prefix, log)
        open_to_servers(prefix)
        (prefix / READY).touch()
    return prefix


def jars_problem(prefix: Path) -> str:
    """Return why an environment has not all of its jars; "" = it has."""
    problem = prefix / WITHOUT_JARS
    return problem.read_text() if problem.exists() else ""


def _give_jars(recipe: EnvironmentRecipe, prefix: Path, log: Path) -> None:
    """Put the jars into the environment; without them it works all the same, as far as it has no need of them."""
    if recipe.jars is None:
        return
    problem = prefix / WITHOUT_JARS
    try:
        give_jars(recipe.jars, prefix, log)
    except JarsError as error:
        problem.write_text(f"{error} What was said about it is in {log}.")
        problem.chmod(0o644)
    else:
        problem.unlink(missing_ok=True)


def _is_time_for_jars(recipe: EnvironmentRecipe, prefix: Path) -> bool:
    problem = prefix / WITHOUT_JARS
    return recipe.jars is not None and problem.exists() and time.time() - problem.stat().st_mtime > AGAIN_S


def _run(command: list[str], output: int, recipe: EnvironmentRecipe, log: Path) -> None:
    # The installer must not be redirected into another environment by the operator's own one.
    clean = {
        name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}
    }
    # It must not go on writing when we were killed and the next start clears the folder.
    end_with_us = partial(die_with, os.getpid())
    result = subprocess.run(
        command, stdout=output, stderr=subprocess.STDOUT, env=clean, check=False, preexec_fn=end_with_us
    )
    if result.returncode != 0:
        last = log.read_text(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise OperatorError(
            f"the environment '{recipe.slug}' could not be made from {recipe.requirements}: {last[0]}"
            f" The whole story is in {log}. Mend the cause and start again; nothing else was changed."
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OperatorError(
            f"{path} cannot be read: {error.strerror}. Correct 'environments' in the settings."
        ) from error


def _sources(package: Path) -> Iterable[Path]:
    if package.is_file():
        return [package]
    return sorted(path for path in package.rglob("*") if path.suffix in _suffixes(path.parent) and path.is_file())


def _suffixes(folder: Path) -> set[str]:
    # Beside a translation lies what its installation compiles from it: the folder must not be another one after that.
    return {".po"} if folder.name == "LC_MESSAGES" else {".py", ".toml", ".json", ".js"}
