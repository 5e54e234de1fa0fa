"""What a kernel of a person's own environment is given: its variables, ipykernel behind its packages, or a reason."""

import logging
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from sardonyx_singleuser.environments import packages, probe
from sardonyx_singleuser.environments.environment import Environment, look
from sardonyx_singleuser.environments.probe import ProbeError, installed, unfit
from sardonyx_singleuser.environments.readiness import CannotStartError, ready
from sardonyx_singleuser.environments.variables import of_kernel

SERVER = {
    "PATH": "/home/ann/own/bin:/shared/bin:/usr/bin",
    "SARDONYX_PACKAGES": "/home/ann/own",
    "VIRTUAL_ENV": "/home/ann/own",
    "PIP_CONSTRAINT": "/home/ann/own/constraints.txt",
    "UV_CONSTRAINT": "/home/ann/own/constraints.txt",
    "AWS_REGION": "here",
    "MLFLOW_TRACKING_URI": "there",
}
OTHER_ABI = "cpython-399-other"
LOG = logging.getLogger(__name__)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an environment in a project, of the Python that runs the tests."""
    folder = tmp_path.resolve() / "home"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "p" / ".venv")], check=True)
    return folder


def refused(home: Path, variables: dict[str, str] | None = None) -> str:
    """Return why no kernel starts in the environment."""
    environment = look(home / "p" / ".venv", home)
    assert environment is not None
    with pytest.raises(CannotStartError) as caught:
        ready(environment, variables or dict(os.environ), home, LOG)
    assert caught.value.get_message() == str(caught.value)
    return str(caught.value)


def replace_python(home: Path, text: str) -> None:
    """Let another program be in the place of the environment's Python."""
    python = home / "p" / ".venv" / "bin" / "python"
    python.unlink()
    python.write_text(f"#!/bin/sh\n{text}\n")
    python.chmod(0o755)


def give_another_abi(home: Path) -> None:
    """Let the environment's Python be one for which the server has no packages."""
    python = home / "p" / ".venv" / "bin" / "python"
    real = python.with_name("real")
    real.symlink_to(os.path.realpath(python))
    abi = sysconfig.get_config_var("SOABI")
    replace_python(
        home, f'if [ "$1" = -c ]; then "{real}" "$@" | sed s/{abi}/{OTHER_ABI}/; else exec "{real}" "$@"; fi'
    )


def test_the_persons_own_packages_are_not_meant_in_a_project() -> None:
    """So pip and uv install into the project; keys and tools are as in all kernels."""
    environment = Environment(Path("/home/ann/p/.venv"), "p/.venv", "venv")

    assert of_kernel(SERVER, environment, Path("/programs"), "/shared/bin/python") == {
        "PATH": "/home/ann/p/.venv/bin:/programs:/home/ann/own/bin:/shared/bin:/usr/bin",
        "VIRTUAL_ENV": "/home/ann/p/.venv",
        "AWS_REGION": "here",
        "MLFLOW_TRACKING_URI": "there",
        "SARDONYX_PYTHON": "/shared/bin/python",
        "SARDONYX_PROJECT_PYTHON": "/home/ann/p/.venv/bin/python",
    }


def test_a_constraint_of_an_operator_stays() -> None:
    """Only that of the person's own packages goes."""
    environment = Environment(Path("/home/ann/c"), "c", "conda")

    found = of_kernel(
        {**SERVER, "PIP_CONSTRAINT": "/etc/pip.txt"}, environment, Path("/programs"), "/shared/bin/python"
    )

    assert found["PIP_CONSTRAINT"] == "/etc/pip.txt"
    assert "UV_CONSTRAINT" not in found
    assert (found["CONDA_PREFIX"], "VIRTUAL_ENV" in found) == ("/home/ann/c", False)


def test_a_python_that_is_gone_is_named(home: Path) -> None:
    """With what to do."""
    (home / "p" / ".venv" / "bin" / "python").unlink()
    (home / "p" / ".venv" / "bin" / "python").symlink_to("/opt/gone/python3.9")

    assert refused(home) == (
        "The Python of p/.venv is gone: there is no /opt/gone/python3.9 any more. Make it anew, in a terminal beside it:"
        " python -m venv --clear .venv, or uv venv --clear .venv; then install your packages."
    )


def test_a_python_that_became_another_is_named(home: Path) -> None:
    """As an upgrade of the machine's Python does it: none of the packages would be found."""
    config = home / "p" / ".venv" / "pyvenv.cfg"
    config.write_text(config.read_text().replace("version = 3.", "version = 2."))

    assert refused(home).startswith("p/.venv was made with Python 2.")
    assert ", for which it has no packages. Make it anew" in refused(home)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("echo 'no such library' >&2; exit 3", "no such library", id="it says why"),
        pytest.param("exit 3", "it ended with code 3", id="it says nothing"),
        pytest.param("echo hello", "it is no Python", id="something else"),
    ],
)
def test_a_python_that_does_not_run_is_named(home: Path, text: str, said: str) -> None:
    """With its own last words."""
    replace_python(home, text)

    assert refused(home).startswith(f"The Python of p/.venv does not run: {said}. Make it anew")


def test_a_python_that_cannot_be_run_is_named(tmp_path: Path) -> None:
    """It is for another machine, perhaps."""
    (tmp_path / "python").write_bytes(b"\x7fELF")
    (tmp_path / "python").chmod(0o755)

    with pytest.raises(ProbeError, match="it cannot be run: Exec format error"):
        probe.ask(str(tmp_path / "python"), {})


def test_a_python_that_is_too_old_is_named(home: Path) -> None:
    """Also one that does not know where its packages are, as 2.7."""
    (home / "p" / ".venv" / "pyvenv.cfg").write_text("")
    replace_python(home, """echo '{"version": [2, 7, 18], "packages": []}'""")

    assert refused(home) == (
        "Python 2.7 of p/.venv is older than notebooks here work with: they need Python 3.10, or an ipykernel in the"
        " environment itself."
    )


@pytest.mark.parametrize("repository", ["p", "p/.venv"])
def test_an_environment_that_came_with_a_repository_is_not_run(home: Path, repository: str) -> None:
    """To open a notebook of it would run what its authors have put there; one that is only made in it is run."""
    ran = home / "ran"
    replace_python(home, f"touch {ran}")
    subprocess.run(["git", "init", "-q", str(home / repository)], check=True)
    assert "does not run" in refused(home)
    ran.unlink()
    subprocess.run(["git", "-C", str(home / repository), "add", "--force", "."], check=True)

    assert refused(home).startswith(
        "p/.venv came with a git repository, and was not made here: a notebook would run whatever the authors have put"
        " there. To have one of your own, take it out of the repository: git rm -r --cached .venv. Make it anew"
    )
    assert not ran.exists()


def test_a_package_with_which_no_kernel_runs_is_named(home: Path) -> None:
    """The environment's own come first, whatever they are."""
    give_another_abi(home)
    fetched = packages.folder_of_all(home) / f"fetched-{OTHER_ABI}"
    fetched.mkdir(parents=True)
    (fetched / packages.NEEDS).write_text('{"tornado": ">=6.5"}')
    (site,) = (home / "p" / ".venv" / "lib").glob("*/site-packages")
    (site / "tornado-5.1.dist-info").mkdir()

    assert refused(home) == (
        "No notebook runs with what is in p/.venv: tornado 5.1 (>=6.5 is needed). Install another version there, or"
        " ipykernel, which brings what it needs."
    )


def test_a_home_without_room_is_named(home: Path) -> None:
    """Links need a folder."""
    (home / ".local").touch()

    assert refused(home) == (
        f"{home}/.local/share/sardonyx/kernels cannot be written: Not a directory. A kernel needs it; make room, and try"
        " again."
    )


def test_versions_are_compared_where_they_can_be() -> None:
    """Names are written in several ways; versions of one's own are left alone."""
    found = installed(
        ["Foo_Bar-1.0.dist-info", "old-2.0-py3.9.egg-info", "own-x!.dist-info", "foo.bar-0.1.dist-info", "x"]
    )

    assert found == {"foo-bar": "1.0", "old": "2.0", "own": "x!"}
    assert unfit(found, {"foo-bar": ">=2", "old": ">=2,<3", "own": ">=1", "other": ">=9", "x": ""}) == [
        "foo-bar 1.0 (>=2 is needed)"
    ]
