"""A repository of somebody else's, and a home to bring it to: with real git."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sardonyx_singleuser.plan import Repository

ROOT = Path(__file__).parents[2]


def run(*arguments: str, folder: Path, given: str = "") -> str:
    """Run git as somebody else's computer would."""
    environment = {
        **os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
    }  # fmt: skip
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, check=True, text=True, capture_output=True, input=given
    ).stdout


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A repository with one commit on `main` and another branch `week-2`."""
    folder = tmp_path / "remote" / "stats-101"
    folder.mkdir(parents=True)
    run("init", "--quiet", "--initial-branch=main", folder=folder)
    run("config", "uploadpack.allowFilter", "true", folder=folder)
    (folder / "lesson.txt").write_text("one")
    run("add", ".", folder=folder)
    run("commit", "--quiet", "-m", "one", folder=folder)
    run("branch", "week-2", folder=folder)
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's home."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


def publish(remote: Path, text: str) -> None:
    """Let the author of the repository go on."""
    (remote / "lesson.txt").write_text(text)
    run("commit", "--quiet", "-a", "-m", text, folder=remote)


def publish_large(remote: Path, name: str, content: bytes) -> dict[str, bytes]:
    """Let the author keep a large file beside the repository (Git LFS); return it by its digest, for the forge."""
    digest = hashlib.sha256(content).hexdigest()
    path = remote / name
    path.parent.mkdir(exist_ok=True)
    (path.parent / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n")
    note = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"
    path.write_text(note)
    run("add", ".", folder=remote)
    run("commit", "--quiet", "-m", name, folder=remote)
    return {digest: content}


def address(remote: Path, branch: str = "") -> Repository:
    """Return the repository as a choice names it."""
    return Repository(remote.as_uri(), branch)


def with_the_notebook(folder: Path) -> None:
    """Put a repository into a forge's folder, "course.git", that holds the tutorial's notebook."""
    work = folder / "work"
    work.mkdir()
    shutil.copy(ROOT / "docs" / "tutorial" / "first-notebook.ipynb", work)
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for command in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        [*who, "commit", "-q", "-m", "First"],
        ["branch", "week-2"],
    ):
        subprocess.run(["git", *command], cwd=work, check=True)
    subprocess.run(["git", "clone", "-q", "--bare", str(work), str(folder / "course.git")], check=True)
    subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], cwd=folder / "course.git", check=True)


def let_git_hang(folder: Path, monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """Put a program in the place of git that says nothing for so long, and has another one do the waiting."""
    programs = folder / "programs"
    programs.mkdir()
    (programs / "git").write_text(f"#!/bin/sh\nsleep {seconds} & wait\n")
    (programs / "git").chmod(0o700)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
