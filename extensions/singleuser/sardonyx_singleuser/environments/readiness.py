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
from sardonyx_singleuser.language import N_, _

PATIENCE_S = 10.0
SERVERS = "{}.{}".format(*sys.version_info)
ANEW = N_(
    "Make it anew, in a terminal beside it: python -m venv --clear {name}, or uv venv --clear {name};"
    " then install your packages."
)
ANEW_CONDA = N_("Make it anew, in a terminal: conda create -p {folder} python.")


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
    folder = environment.folder
    anew = _(ANEW_CONDA).format(folder=folder) if environment.kind == "conda" else _(ANEW).format(name=folder.name)
    if environment.is_broken:
        gone = os.path.realpath(python)
        said = _("The Python of {place} is gone: there is no {gone} any more.").format(place=place, gone=gone)
        raise CannotStartError(f"{said} {anew}")
    kept = without_own_packages(variables)
    if came_with_repository(environment, kept):
        said = _(
            "{place} came with a git repository, and was not made here: a notebook would run whatever the authors have put"
            " there. To have one of your own, take it out of the repository: git rm -r --cached {name}."
        ).format(place=place, name=environment.folder.name)
        raise CannotStartError(f"{said} {anew}")
    try:
        facts = probe.ask(python, kept)
    except probe.ProbeError as error:
        said = _("The Python of {place} does not run: {problem}.").format(place=place, problem=error)
        raise CannotStartError(f"{said} {anew}") from None
    if environment.version not in {"", facts.short}:
        said = _(
            "{place} was made with Python {before}, and its Python is {now} now, for which it has no packages."
        ).format(place=place, before=environment.version, now=facts.short)
        raise CannotStartError(f"{said} {anew}")
    programs = packages.folder_of_all(home) / "bin"
    try:
        write_pip(programs)
        found = of_kernel(variables, environment, programs, sys.executable)
        return found if facts.has_kernel else {**found, PACKAGES: str(_packages(place, python, facts, kept, home))}
    except OSError as error:
        raise CannotStartError(
            _("{folder} cannot be written: {problem}. A kernel needs it; make room, and try again.").format(
                folder=packages.folder_of_all(home), problem=error.strerror
            )
        ) from None
    except packages.FetchError as error:
        log.warning("ipykernel for Python %s was not fetched: %s", facts.short, error)
        raise CannotStartError(
            _(
                "A notebook in Python {version} needs the package ipykernel, which could not be fetched from here: the"
                " server's log has the reason. Try again when the package index can be reached, or make the environment"
                " with Python {servers}, for which nothing has to be fetched."
            ).format(version=facts.short, servers=SERVERS)
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
            _(
                "Python {version} of {place} is older than notebooks here work with: they need Python {oldest}, or an"
                " ipykernel in the environment itself."
            ).format(version=facts.short, place=place, oldest="{}.{}".format(*probe.OLDEST))
        )
    folder = packages.get(facts, python, kept, home)
    needs: dict[str, str] = {}
    with suppress(ValueError):
        needs = json.loads((folder / packages.NEEDS).read_text())
    unfit = probe.unfit(facts.packages, needs)
    if unfit:
        raise CannotStartError(
            _(
                "No notebook runs with what is in {place}: {packages}. Install another version there, or ipykernel, which"
                " brings what it needs."
            ).format(place=place, packages=", ".join(unfit))
        )
    return folder / packages.PACKAGES
