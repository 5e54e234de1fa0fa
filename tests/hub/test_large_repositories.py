"""A repository that takes longer than a start waits goes on arriving, as long as something comes: with real git and a forge."""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from support.copies_service import impatient_copies_service
from support.git_server import Forge, serving
from support.repositories import home, publish, publish_large, remote, run
from support.waiting import soon

from sardonyx_singleuser.git import arrival, coming, command
from sardonyx_singleuser.git.clone import Fetched, fetch
from sardonyx_singleuser.git.coming import Coming, end_all, fetch_all
from sardonyx_singleuser.git.link import follow, page_of, read_link
from sardonyx_singleuser.git.note import NOTE, leave_note
from sardonyx_singleuser.plan import Repository
from sardonyx_singleuser.word import Words
from sardonyx_spawner import mirrors

__all__ = ["home", "remote"]
LARGE_BYTES = 2 << 20
SLOW_S = 0.15
"""For each 64 kB: all of it takes five seconds."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start waits two seconds here."""
    monkeypatch.setattr(command, "PATIENCE_S", 2)
    monkeypatch.setattr(command, "LOOK_S", 0.2)
    monkeypatch.setattr(coming, "LOOK_S", 0.2)
    monkeypatch.setattr(coming, "WORD_S", 0.5)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start waits longer: what there was is brought up to date in this time."""
    monkeypatch.setattr(command, "PATIENCE_S", 5)


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
    (fetched,), on_its_way = fetch_all([course], home)
    assert time.monotonic() - began < command.PATIENCE_S + 1.5
    assert fetched == Fetched(home / "stats-101", is_coming=True)
    words.say_when_here(on_its_way)
    return on_its_way


def said(words: Words) -> list[tuple[str, str]]:
    """Return who says what."""
    return [(word.said_by, word.text) for word in words.said]


def add_inside(remote: Path, tools: Path) -> None:
    """Let the course have a large repository inside of it."""
    tools.mkdir()
    run("init", "--quiet", "--initial-branch=main", folder=tools)
    (tools / "large.bin").write_bytes(random.Random(2).randbytes(LARGE_BYTES))  # noqa: S311 - no secret
    run("add", ".", folder=tools)
    run("commit", "--quiet", "-m", "large", folder=tools)
    commit = run("rev-parse", "HEAD", folder=tools).strip()
    (remote / ".gitmodules").write_text('[submodule "tools"]\n\tpath = tools\n\turl = ../tools\n')
    (remote / "lesson.txt").write_text("with something inside")
    run("add", ".gitmodules", "lesson.txt", folder=remote)
    run("update-index", "--add", "--cacheinfo", f"160000,{commit},tools", folder=remote)
    run("commit", "--quiet", "-m", "inside", folder=remote)


ON_ITS_WAY = ("stats-101", "It is still on its way into your files. You read here when it is there.")
PART_ON_ITS_WAY = (
    "stats-101",
    "Something large that belongs to it is still on its way. You read here when it is there.",
)
HERE = ("stats-101", "It is here now.")


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

    assert said(words) == [ON_ITS_WAY, HERE]
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

    (fetched,), on_its_way = fetch_all([course], home)

    assert fetched.problem == "It did not arrive within 2 seconds. Use git clone in a terminal, or try again later."
    assert on_its_way == []
    assert list(home.iterdir()) == []


def test_what_is_on_its_way_ends_with_its_server(course: Repository, home: Path, words: Words) -> None:
    """And the next start begins afresh."""
    (on_its_way,) = start(course, home, words)

    end_all(words.coming)

    soon(lambda: not on_its_way.is_under_way)
    assert list(home.iterdir()) == []


def test_what_a_link_brings_goes_on_and_says_how_much_has_come(course: Repository, home: Path, words: Words) -> None:
    """Whoever looks at its page hears it again and again, then the page to open; JupyterLab says it, too."""
    told = {"repo": course.url, "urlpath": "lab/tree/stats-101/large.bin"}
    link = read_link(lambda name: told.get(name, ""))
    on_its_way = follow(link, home)
    assert on_its_way.next_word() == Fetched(home / "stats-101", is_coming=True)
    words.say_when_here([on_its_way])

    first = on_its_way.arrival.arrived
    assert 0 < first < LARGE_BYTES
    assert words.on_its_way(link.repository) is on_its_way
    (home / "stats-101").mkdir()
    while (fetched := on_its_way.next_word()).is_coming:
        assert on_its_way.arrival.arrived > first

    assert fetched == Fetched(home / "stats-101-2")
    assert page_of(link, fetched.folder.name) == "lab/tree/stats-101-2/large.bin"
    assert (fetched.folder / "large.bin").stat().st_size == LARGE_BYTES
    soon(lambda: len(words.said) > 1)
    assert said(words) == [ON_ITS_WAY, ("stats-101-2", "It is here now.")]
    assert words.on_its_way(link.repository) is None


def test_a_link_of_which_nothing_comes_is_ended(course: Repository, forge: Forge, home: Path) -> None:
    """After as long as a start waits."""
    forge.pause_s = 1000

    fetched = follow(read_link(lambda name: course.url if name == "repo" else ""), home).next_word()

    assert fetched.problem == "It did not arrive within 2 seconds. Use git clone in a terminal, or try again later."
    assert list(home.iterdir()) == []


@pytest.mark.usefixtures("patient")
def test_what_is_new_inside_of_a_repository_goes_on_beside_a_server(
    course: Repository, forge: Forge, home: Path, remote: Path, words: Words
) -> None:
    """The repository itself is up to date meanwhile."""
    forge.pause_s = 0
    assert fetch(course, home).problem == ""
    add_inside(remote, remote.parent / "tools")
    forge.pause_s = 2 * SLOW_S

    start(course, home, words)

    assert said(words) == [PART_ON_ITS_WAY]
    assert (home / "stats-101" / "lesson.txt").read_text() == "with something inside"
    soon(lambda: said(words) == [PART_ON_ITS_WAY, HERE])
    assert (home / "stats-101" / "tools" / "large.bin").stat().st_size == LARGE_BYTES
    assert run("status", "--porcelain", folder=home / "stats-101") == ""


@pytest.mark.usefixtures("patient")
def test_a_large_file_that_a_teacher_brings_goes_on(
    course: Repository, forge: Forge, home: Path, remote: Path, words: Words
) -> None:
    """Those of Git LFS come after their repository."""
    forge.pause_s = 0
    assert fetch(course, home).problem == ""
    content = random.Random(3).randbytes(LARGE_BYTES)  # noqa: S311 - no secret
    forge.large_files |= publish_large(remote, "data/large.bin", content)
    forge.pause_s = 2 * SLOW_S

    assert asyncio.run(words.bring("tia")) == ""

    assert said(words) == [PART_ON_ITS_WAY, ("tia", "There is new material: stats-101.")]
    assert (home / "stats-101" / "data" / "large.bin").stat().st_size < LARGE_BYTES
    soon(lambda: HERE in said(words))
    assert (home / "stats-101" / "data" / "large.bin").read_bytes() == content


@pytest.mark.usefixtures("patient")
def test_a_class_waits_for_a_first_copy_as_long_as_something_of_it_comes(
    course: Repository, forge: Forge, tmp_path: Path, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its servers are ready before it, and the forge sends it once."""
    monkeypatch.setattr(mirrors, "PATIENCE_S", 2)
    forge.pause_s = 3 * SLOW_S
    homes = [tmp_path / f"home-{number}" for number in range(4)]
    with impatient_copies_service(tmp_path / "copies") as service:

        def begin(found: Path) -> list[Coming]:
            found.mkdir()
            wanted = replace(course, copy=service.of(course.url, found.name))
            (fetched,), on_its_way = fetch_all([wanted], found)
            assert fetched == Fetched(found / "stats-101", is_coming=True)
            return on_its_way

        with ThreadPoolExecutor(len(homes)) as together:
            every = [each for on_its_way in together.map(begin, homes) for each in on_its_way]
        words.say_when_here(every[:1])
        assert [each.wait(60) for each in every] == [Fetched(found / "stats-101") for found in homes]

    assert all((found / "stats-101" / "large.bin").stat().st_size == LARGE_BYTES for found in homes)
    assert len([path for path in forge.asked if "info/refs" in path]) == 1
    soon(lambda: said(words) == [ON_ITS_WAY, HERE])


def test_a_first_copy_of_which_nothing_comes_is_waited_for_no_longer(
    course: Repository, forge: Forge, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server goes to the forge."""
    monkeypatch.setattr(mirrors, "PATIENCE_S", 1)
    forge.pause_s = 1000
    with impatient_copies_service(tmp_path / "copies") as service:
        on_its_way = Coming(replace(course, copy=service.of(course.url)), home)
        soon(lambda: len([path for path in forge.asked if "info/refs" in path]) > 1)
        end_all([on_its_way])
        soon(lambda: not on_its_way.is_under_way)
