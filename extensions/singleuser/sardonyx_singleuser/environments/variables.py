"""The variables of a kernel in a person's own environment: those of the server, with the environment active, as a terminal has it."""

from collections.abc import Mapping
from pathlib import Path

from sardonyx_singleuser.environments.environment import Environment, python_in
from sardonyx_singleuser.own_packages import VARIABLE

SERVER_PYTHON, PROJECT_PYTHON = "SARDONYX_PYTHON", "SARDONYX_PROJECT_PYTHON"
PIP = f"""\
#!/bin/sh
# Installs into the environment of the notebook that this is called in, where no pip is in it.
exec "${SERVER_PYTHON}" -I -m pip --python "${PROJECT_PYTHON}" "$@"
"""
ELSEWHERE = (VARIABLE, "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME", "CONDA_PREFIX", "CONDA_DEFAULT_ENV")
"""They say which environment is meant, and would name another one."""
CONSTRAINTS = ("PIP_CONSTRAINT", "UV_CONSTRAINT")


def without_own_packages(variables: Mapping[str, str]) -> dict[str, str]:
    """Return them without what makes pip and uv install among the person's own packages."""
    own = variables.get(VARIABLE, "")
    kept = {name: value for name, value in variables.items() if name not in ELSEWHERE}
    for name in CONSTRAINTS:
        # One that an operator has set is kept.
        if own and Path(kept.get(name, "/")).is_relative_to(own):
            del kept[name]
    return kept


def of_kernel(variables: Mapping[str, str], environment: Environment, programs: Path, server: str) -> dict[str, str]:
    """Return them for a kernel in Python.

    Args:
        variables: of an ordinary kernel.
        programs: folder with a `pip` for environments that have none.
        server: the Python of the server, which has pip.
    """
    found = without_own_packages(variables)
    python, folder = python_in(environment.folder), str(environment.folder)
    if environment.kind == "conda":
        found |= {"CONDA_PREFIX": folder, "CONDA_DEFAULT_ENV": folder}
    else:
        found["VIRTUAL_ENV"] = folder
    found["PATH"] = ":".join(filter(None, (str(python.parent), str(programs), variables.get("PATH", ""))))
    return {**found, SERVER_PYTHON: server, PROJECT_PYTHON: str(python)}


def write_pip(programs: Path) -> None:
    """Make the folder with a `pip`.

    Raises:
        OSError: it cannot be written.
    """
    for name in ("pip", "pip3"):
        file = programs / name
        if not file.exists() or file.read_text() != PIP:
            programs.mkdir(parents=True, exist_ok=True)
            file.write_text(PIP)
            file.chmod(0o755)
