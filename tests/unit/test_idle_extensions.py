"""What is left out of a server, and what keeps it in."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sardonyx_singleuser import idle_extensions as module
from sardonyx_singleuser.idle_extensions import CLASSIC, LANGUAGE_SERVERS, PROXIED, PROXY, idle_extensions

Idle = Callable[..., list[str]]


@pytest.fixture
def idle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Idle:
    """Ask for an environment with packages' own files, in a machine without language servers."""
    parts = {
        "jupyter_server_config.d/lab.json": {"ServerApp": {"jpserver_extensions": {"jupyterlab": True}}},
        "jupyter_notebook_config.d/lab.json": {"NotebookApp": {"nbserver_extensions": {"jupyterlab": True}}},
    }
    for name, content in parts.items():
        write(tmp_path / "env/etc/jupyter" / name, json.dumps(content))
    monkeypatch.setattr(module, "has_language_server", lambda roots: (roots[0] / "language-server").exists())
    module._has_classic.cache_clear()
    module._lazy.cache_clear()

    def ask() -> list[str]:
        folders = [tmp_path / "env/etc/jupyter", tmp_path / "home/.jupyter", tmp_path / "etc/jupyter"]
        return idle_extensions(folders, [tmp_path / "home"], tmp_path / "env")

    return ask


def write(path: Path, text: str) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_both_are_left_out_where_nobody_would_miss_them(idle: Idle) -> None:
    """Packages that tell both generations of servers of themselves are no reason for the old one."""
    assert idle() == [CLASSIC, LANGUAGE_SERVERS]


@pytest.mark.parametrize(
    "file",
    [
        "home/.jupyter/jupyter_server_config.py",
        "home/.jupyter/jupyter_config.json",
        "home/.jupyter/jupyter_notebook_config.py",
        "home/.jupyter/jupyter_server_config.d/mine.json",
        "etc/jupyter/jupyter_server_config.d/operator.json",
        "env/etc/jupyter/jupyter_server_config.py",
    ],
)
def test_settings_of_somebodys_own_keep_everything(idle: Idle, tmp_path: Path, file: str) -> None:
    """They may be for one of the two."""
    write(tmp_path / file, "{}")

    assert idle() == []


def test_a_file_in_the_place_of_a_folder_keeps_everything(idle: Idle, tmp_path: Path) -> None:
    """Jupyter says what is wrong with it."""
    write(tmp_path / "home/.jupyter", "")

    assert idle() == []


def test_other_files_beside_settings_keep_nothing(idle: Idle, tmp_path: Path) -> None:
    """Such as those that JupyterLab writes there itself."""
    write(tmp_path / "home/.jupyter/lab/user-settings/theme.jupyterlab-settings", "{}")

    assert idle() == [CLASSIC, LANGUAGE_SERVERS]


def test_a_language_server_keeps_what_speaks_with_it(idle: Idle, tmp_path: Path) -> None:
    """And only that."""
    write(tmp_path / "home/language-server", "")

    assert idle() == [CLASSIC]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"NotebookApp": {"nbserver_extensions": {"old_thing": true}}}', id="only of the classic server"),
        pytest.param("{", id="no JSON"),
        pytest.param("[]", id="something else"),
    ],
)
def test_an_extension_of_the_classic_notebook_keeps_its_shim(idle: Idle, tmp_path: Path, text: str) -> None:
    """So does what cannot be read: Jupyter says what is wrong with it."""
    write(tmp_path / "env/etc/jupyter/jupyter_notebook_config.d/old.json", text)

    assert idle() == [LANGUAGE_SERVERS]


def test_the_git_panel_waits_until_it_is_asked_for(idle: Idle, tmp_path: Path) -> None:
    """Where the environment has it."""
    told = {"ServerApp": {"jpserver_extensions": {"jupyterlab_git": True, "something": True}}}
    write(tmp_path / "env/etc/jupyter/jupyter_server_config.d/jupyterlab_git.json", json.dumps(told))

    assert idle() == ["jupyterlab_git", CLASSIC, LANGUAGE_SERVERS]


@pytest.mark.parametrize("brought", ["nothing", "an entry point", "a setting"])
def test_the_proxy_waits_to_be_asked_unless_other_packages_bring_tools(
    idle: Idle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, brought: str
) -> None:
    """Whose addresses are known when it is loaded, and not before."""
    servers = {"mine": {"command": ["x"]}} if brought == "a setting" else {}
    there = {"ServerApp": {"jpserver_extensions": {PROXY: True}}, "ServerProxy": {"servers": servers}}
    write(tmp_path / "env/etc/jupyter/jupyter_server_config.d/proxy.json", json.dumps(there))
    others = ("rstudio",) if brought == "an entry point" else ()
    monkeypatch.setattr(module, "entry_points", lambda group: others if group == PROXIED else ())

    assert idle() == [*([PROXY] if brought == "nothing" else []), CLASSIC, LANGUAGE_SERVERS]
