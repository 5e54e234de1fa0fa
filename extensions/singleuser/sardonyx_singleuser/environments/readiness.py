"""Whether a kernel can run in a person's own environment, and with what; else why not, and what to do."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tornado.web import HTTPError

from sardonyx_singleuser.environments import packages, probe
from sardonyx_singleuser.environments.environment import Environment, python_in
from sardonyx_singleuser.environments.start_kernel import PACKAGES
from sardonyx_singleuser.environments.variables import of_kernel, without_own_packages, write_pip

PATIENCE_S = 10.0
SERVERS = "{}.{}".format(*sys.version_info)
ANEW = "Make it anew, in a terminal beside it: python -m venv --clear {name}, or uv venv --clear {name}; then install your packages."


class CannotStartError(HTTPError):
    """A kernel cannot start; JupyterLab shows the message.

    Jupyter Server passes on the text of an exception where a notebook is opened, and elsewhere that of an HTTPError only.
    """

    def __init__(self, message: str) -> None:
        super().__init__(500, message)
        self.said = message

    def __str__(self) -> str:
        return self.said


def ready(environment: Environment, variables: dict[str, str], home: Path, log: Any) -> dict[str, str]:
    """Return the variables with which a kernel runs in an environment; what it needs is there then.

    Raises:
        CannotStartError: it cannot run.
    """
    place, python = environment.place, str(python_in(environment.folder))
    anew = ANEW.format(name=environment.folder.name)
    if environment.kind == "conda":
        anew = f"Make it anew, in a terminal: conda create -p {environment.folder} python."
    if environment.is_broken:
        gone = os.path.realpath(python)
        raise CannotStartError(f"The Python of {place} is gone: there is no {gone} any more. {anew}")
    kept = without_own_packages(variables)
    if came_with_repository(environment, kept):
        raise CannotStartError(
            f"{place} came with a git repository, and was not made here: a notebook would run whatever the authors have put"
            f" there. To have one of your own, take it out of the repository: git rm -r --cached {environment.folder.name}."
            f" {anew}"
        )
    try:
        facts = probe.ask(python, kept)
    except probe.ProbeError as error:
        raise CannotStartError(f"The Python of {place} does not run: {error}. {anew}") from None
    if environment.version not in {"", facts.short}:
        raise CannotStartError(
            f"{place} was made with Python {environment.version}, and its Python is {facts.short} now, for which it has no"
            f" packages. {anew}"
        )
    programs = packages.folder_of_all(home) / "bin"
    try:
        write_pip(programs)
        found = of_kernel(variables, environment, programs, sys.executable)
        return found if facts.has_kernel else {**found, PACKAGES: str(_packages(place, python, facts, kept, home))}
    except OSError as error:
        raise CannotStartError(
            f"{packages.folder_of_all(home)} cannot be written: {error.strerror}. A kernel needs it; make room, and try again."
        ) from None
    except packages.FetchError as error:
        log.warning("ipykernel for Python %s was not fetched: %s", facts.short, error)
        raise CannotStartError(
            f"A notebook in Python {facts.short} needs the package ipykernel, which could not be fetched from here: the"
            f" server's log has the reason. Try again when the package index can be reached, or make the environment with"
            f" Python {SERVERS}, for which nothing has to be fetched."
        ) from None


def came_with_repository(environment: Environment, variables: Mapping[str, str]) -> bool:
    """Tell whether an environment is in the repository around it.

    To open a notebook starts its kernel: whoever wrote the repository could have any program in the place of Python.
    """
    # Whoever owns the repository, and without what its settings would run.
    settings = ["-c", "safe.directory=*", "-c", "core.fsmonitor=false"]
    command = ["git", *settings, "-C", str(environment.folder), "ls-files", "-z", "--", "."]
    try:
        done = subprocess.run(command, env=dict(variables), capture_output=True, timeout=PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        # Without git there are hardly any repositories.
        return False
    return bool(done.stdout)


def _packages(place: str, python: str, facts: probe.Facts, kept: dict[str, str], home: Path) -> Path:
    if facts.version[:2] < probe.OLDEST:
        raise CannotStartError(
            f"Python {facts.short} of {place} is older than notebooks here work with: they need Python"
            f" {'{}.{}'.format(*probe.OLDEST)}, or an ipykernel in the environment itself."
        )
    folder = packages.get(facts, python, kept, home)
    needs: dict[str, str] = {}
    with suppress(ValueError):
        needs = json.loads((folder / packages.NEEDS).read_text())
    unfit = probe.unfit(facts.packages, needs)
    if unfit:
        raise CannotStartError(
            f"No notebook runs with what is in {place}: {', '.join(unfit)}. Install another version there, or"
            f" ipykernel, which brings what it needs."
        )
    return folder / packages.PACKAGES
