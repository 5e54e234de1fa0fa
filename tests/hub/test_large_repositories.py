"""A repository that takes longer than a start waits goes on arriving, as long as something comes: with real git and a forge."""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.git_server import Forge, serving
from support.repositories import home, publish, remote, run
from support.waiting import soon

from sardonyx_singleuser.git import arrival, command
from sardonyx_singleuser.git.clone import Fetched, fetch
from sardonyx_singleuser.git.coming import Coming, end_all, fetch_at_start, say_when_here
from sardonyx_singleuser.git.note import NOTE, add_to_note, leave_note
from sardonyx_singleuser.plan import Repository
from sardonyx_singleuser.word import Words

__all__ = ["home", "remote"]
LARGE_BYTES = 2 << 20
SLOW_S = 0.15
"""For each 64 kB: all of it takes five seconds."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start waits two seconds here."""
    monkeypatch.setattr(command, "PATIENCE_S", 2)
    monkeypatch.setattr(command, "LOOK_S", 0.2)


@pytest.fixture
def forge(remote: Path) -> Iterator[Forge]:
    """A slow one with a large repository."""
    (remote / "large.bin").write_bytes(random.Random(1).randbytes(LARGE_BYTES))  # noqa: S311 - no secret
    run("add", ".", folder=remote)
    publish(remote, "with a large file")
    with serving(Forge(remote.parent, pause_s=SLOW_S)) as found:
        yield found


@pytest.fixture
def course(forge: Forge) -> Repository:
    """The repository, as a server is told of it."""
    return Repository(f"{forge.url}/stats-101", is_material=True)


@pytest.fixture
def words(home: Path, course: Repository) -> Words:
    """What windows of the server show."""
    return Words(home, [course], asyncio.Lock())


def start(course: Repository, home: Path, words: Words) -> list[Coming]:
    """Start a server, until it is ready."""
    began = time.monotonic()
    (fetched,), coming = fetch_at_start([course], home)
    assert time.monotonic() - began < 3.5
    assert fetched == Fetched(home / "stats-101", is_coming=True)
    words.coming = coming
    say_when_here(coming, words.add, lambda url, problem: add_to_note(home, url, problem))
    return coming


def said(words: Words) -> list[tuple[str, str]]:
    """Return who says what."""
    return [(word.said_by, word.text) for word in words.said]


ON_ITS_WAY = ("stats-101", "It is still on its way into your files. You read here when it is there.")


def test_the_server_is_ready_before_it_and_says_when_it_is_there(course: Repository, home: Path, words: Words) -> None:
    """Meanwhile no other start clears it away, and new material does not begin another one."""
    start(course, home, words)
    assert said(words) == [ON_ITS_WAY]
    assert asyncio.run(words.bring("tia")) == ""
    (partial,) = home.iterdir()
    os.utime(partial, (1, 1))
    soon(lambda: partial.stat().st_mtime > 1)
    assert fetch(Repository(f"{course.url}-gone"), home).problem != ""

    soon(lambda: len(words.said) > 1)

    assert said(words) == [ON_ITS_WAY, ("stats-101", "It is here now.")]
    assert [path.name for path in home.iterdir()] == ["stats-101"]
    assert (home / "stats-101" / "large.bin").stat().st_size == LARGE_BYTES


def test_a_folder_that_the_person_made_meanwhile_is_theirs(course: Repository, home: Path, words: Words) -> None:
    """What arrives takes the next free name, and says which."""
    start(course, home, words)
    (home / "stats-101").mkdir()
    (home / "stats-101" / "mine.txt").write_text("mine")

    soon(lambda: len(words.said) > 1)

    assert said(words)[1] == ("stats-101-2", "It is here now.")
    assert (home / "stats-101" / "mine.txt").read_text() == "mine"
    assert (home / "stats-101-2" / "lesson.txt").exists()


def test_one_of_which_nothing_comes_any_more_is_ended_and_said(
    course: Repository, forge: Forge, home: Path, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is left, and the note in the home has it beside what was there."""
    leave_note(home, {"https://example.org/a": "It has no branch b."})
    monkeypatch.setattr(arrival, "QUIET_S", 2.5)
    start(course, home, words)
    forge.pause_s = 1000

    soon(lambda: len(words.said) > 1)

    who, text = said(words)[1]
    assert who == "stats-101"
    assert text.startswith("It did not arrive within ")
    assert [path.name for path in home.iterdir()] == [NOTE]
    note = (home / NOTE).read_text()
    assert "https://example.org/a: It has no branch b." in note
    assert f"- {course.url}: {text}" in note


def test_one_of_which_nothing_came_in_time_is_not_waited_for(course: Repository, forge: Forge, home: Path) -> None:
    """It is ended, and said as ever."""
    forge.pause_s = 1000

    (fetched,), coming = fetch_at_start([course], home)

    assert fetched.problem == "It did not arrive within 2 seconds. Use git clone in a terminal, or try again later."
    assert coming == []
    assert list(home.iterdir()) == []


def test_what_is_on_its_way_ends_with_its_server(course: Repository, home: Path, words: Words) -> None:
    """And the next start begins afresh."""
    coming = start(course, home, words)

    end_all(coming)

    soon(lambda: not coming[0].is_under_way)
    assert list(home.iterdir()) == []
