"""Large files that are kept beside a repository (Git LFS) come with it, from the forge: with real git, git-lfs and a forge."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from errno import ENOSPC
from pathlib import Path

import pytest
from support.copies_service import copies_service
from support.git_server import BATCH, STORE, Forge, serving
from support.repositories import home, publish_large, remote, run

from sardonyx_singleuser.git import material
from sardonyx_singleuser.git.clone import Fetched, fetch
from sardonyx_singleuser.git.command import Git
from sardonyx_singleuser.git.configuration import VARIABLE, configuration
from sardonyx_singleuser.git.material import put_back
from sardonyx_singleuser.plan import Plan, Repository
from sardonyx_spawner.copy_places import CopiesFolder
from sardonyx_spawner.mirrors import Mirrors

__all__ = ["home", "remote"]
FIRST, SECOND, THIRD = (text * 20_000 for text in (b"\0first", b"\0second", b"\0third"))
NAME, BESIDE = "data/large.bin", "data/large.new.bin"


@pytest.fixture
def forge(remote: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    """A forge with a large file in a folder of the course, and git as it is told in a server."""
    settings = home.parent / "gitconfig"
    settings.write_text(configuration(Plan("", ()), "/dev/null"))
    monkeypatch.setenv(VARIABLE, str(settings))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    with serving(Forge(remote.parent, large_files=publish_large(remote, NAME, FIRST))) as found:
        yield found


@pytest.fixture(params=["forge", "folder", "service"])
def course(request: pytest.FixtureRequest, forge: Forge, tmp_path: Path) -> Iterator[Repository]:
    """The course, as servers know it: without a copy, with one on their machine, or with one of the cluster's."""
    course = Repository(f"{forge.url}/stats-101", is_material=True)
    folder = tmp_path / "copies"
    folder.mkdir()
    if request.param == "forge":
        yield course
    elif request.param == "folder":
        asyncio.run(Mirrors(folder).ready([course.url]))
        yield replace(course, copy=CopiesFolder(folder).of(course.url, ""))
    else:
        with copies_service(folder) as service:
            yield replace(course, copy=service.of(course.url))


def asked(forge: Forge) -> list[str]:
    """Return what the forge was asked of large files since the last time."""
    found = [BATCH if path.endswith(BATCH) else STORE for path in forge.asked if path.endswith(BATCH) or STORE in path]
    forge.asked.clear()
    return found


def no_room(path: Path, text: bytes) -> None:
    """Write nothing."""
    raise OSError(ENOSPC, os.strerror(ENOSPC), path, len(text))


def test_they_come_from_the_forge_wherever_the_rest_is_from(
    course: Repository, forge: Forge, home: Path, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once each; what is here is not asked for again. A student's own is like any other file of theirs: never lost."""
    clone = home / "stats-101"
    assert fetch(course, home) == Fetched(clone)
    assert (clone / NAME).read_bytes() == FIRST
    assert asked(forge) == [BATCH, STORE]
    assert fetch(course, home) == Fetched(clone)
    assert asked(forge) == []
    forge.large_files |= publish_large(remote, NAME, SECOND)

    assert fetch(course, home, is_news=True) == Fetched(clone)

    assert (clone / NAME).read_bytes() == SECOND
    assert asked(forge) == [BATCH, STORE]
    assert run("status", "--porcelain", folder=clone) == ""
    (clone / NAME).write_bytes(b"\0mine")
    forge.large_files |= publish_large(remote, NAME, THIRD)
    with monkeypatch.context() as full:
        full.setattr(material, "_replace", no_room)
        assert fetch(course, home, is_news=True).problem == "No space left on device: stats-101."
    assert fetch(course, home, is_news=True) == Fetched(clone, set_aside=(BESIDE,))
    assert ((clone / NAME).read_bytes(), (clone / BESIDE).read_bytes()) == (b"\0mine", THIRD)
    put_back(Git(clone), NAME)
    assert (clone / NAME).read_bytes() == THIRD


def test_the_rest_is_there_without_them(forge: Forge, home: Path) -> None:
    """As where the forge has lost one, or wants a token for them; they come when it has them again."""
    kept = dict(forge.large_files)
    forge.large_files.clear()
    course = Repository(f"{forge.url}/stats-101", is_material=True)

    lost = fetch(course, home)
    forge.large_files = kept
    found = fetch(course, home)
    forge.closed = BATCH
    closed = fetch(replace(course, folder="closed"), home)

    assert lost.problem == (
        "It is here, but not all of its large files. They are not at its place. Tell who keeps the repository."
    )
    assert closed.problem.startswith(
        "It is here, but not all of its large files. It does not exist, or it is private. Look at the address"
    )
    assert found == Fetched(home / "stats-101")
    assert (home / "stats-101" / NAME).read_bytes() == FIRST


def test_one_of_the_students_own_is_pushed_with_its_commit(forge: Forge, home: Path, remote: Path) -> None:
    """Nobody sets anything up for that."""
    run("config", "http.receivepack", "true", folder=remote)
    run("config", "receive.denyCurrentBranch", "ignore", folder=remote)
    assert fetch(Repository(f"{forge.url}/stats-101"), home).problem == ""
    clone = home / "stats-101"
    (clone / NAME).write_bytes(SECOND)

    run("commit", "--quiet", "--all", "-m", "mine", folder=clone)
    run("push", "--quiet", folder=clone)

    assert SECOND in forge.large_files.values()
    assert run("show", f"HEAD:{NAME}", folder=remote).startswith("version https://git-lfs")
