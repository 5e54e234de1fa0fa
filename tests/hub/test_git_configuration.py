"""What git knows in a server: as whom somebody commits, and what it never runs."""

import os
import subprocess
from pathlib import Path

import pytest
from support.repositories import home

from sardonyx_singleuser.git.configuration import VARIABLE, give_git
from sardonyx_singleuser.plan import Plan

__all__ = ["home"]
AMINA = Plan("Python", (), author_name='Amina "the\\" Bell', author_mail="amina@example.org")


def git(*arguments: str, folder: Path) -> str:
    """Run git as a person does in a terminal."""
    done = subprocess.run(["git", *arguments], cwd=folder, check=False, text=True, capture_output=True)
    return done.stdout + done.stderr


@pytest.fixture
def server(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in whose server git was told of Amina, on a machine with settings of its own."""
    machine = tmp_path / "machine"
    machine.write_text("[alias]\n\tmachines = status\n[user]\n\tname = Machine\n")
    monkeypatch.setenv(VARIABLE, str(machine))
    for name in [name for name in os.environ if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER", "GIT_CONFIG_GLOBAL"))]:
        monkeypatch.delenv(name)
    own = tmp_path / "own"
    own.mkdir()
    give_git(AMINA, own)
    git("init", "--quiet", folder=home)
    return home


def test_commits_are_those_of_who_signed_in(server: Path) -> None:
    """Whatever letters a name has."""
    git("commit", "--quiet", "--allow-empty", "-m", "one", folder=server)

    assert git("log", "--format=%an <%ae>", folder=server) == 'Amina "the\\" Bell <amina@example.org>\n'


def test_what_somebody_tells_git_themselves_counts(server: Path) -> None:
    """As on their own computer."""
    git("config", "--global", "user.email", "other@example.org", folder=server)
    git("commit", "--quiet", "--allow-empty", "-m", "one", folder=server)

    assert git("log", "--format=%ae", folder=server) == "other@example.org\n"


def test_settings_of_the_machine_count_as_well(server: Path) -> None:
    """An operator may have some, such as a proxy."""
    assert git("config", "alias.machines", folder=server) == "status\n"


def test_an_address_that_is_a_program_is_refused(server: Path) -> None:
    """Whoever was sent such a link runs nothing."""
    said = git("clone", f"ext::touch {server}/run", "copy", folder=server)

    assert "transport 'ext' not allowed" in said
    assert not (server / "run").exists()


def test_a_file_of_an_earlier_try_is_in_nobodys_way(server: Path, tmp_path: Path) -> None:
    """A server that starts without its person's settings does it a second time."""
    give_git(AMINA, tmp_path / "own")

    assert git("config", "user.email", folder=server) == "amina@example.org\n"
