"""Repositories are in place at the start, and never at the cost of the person's work: with real git."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest
from support.repositories import address, home, let_git_hang, publish, remote, run

from sardonyx_singleuser.git import command
from sardonyx_singleuser.git.clone import fetch, folder_name
from sardonyx_singleuser.git.command import Answer
from sardonyx_singleuser.git.note import leave_note
from sardonyx_singleuser.git.problems import problem
from sardonyx_singleuser.plan import Repository

__all__ = ["home", "remote"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/ann/stats-101.git", "stats-101"),
        ("https://example.org/ann/stats-101/", "stats-101"),
        ("https://example.org/", "repository"),
        ("https://example.org/..", "repository"),
        ("https://example.org/a/..git", "repository"),
        ("https://example.org/a/.ssh", "ssh"),
        ("https://example.org/a/b c;d", "b-c-d"),
    ],
)
def test_a_folder_is_named_after_the_address_and_stays_in_the_home(url: str, name: str) -> None:
    """No address makes a hidden folder or one outside of the home."""
    assert folder_name(url) == name


def test_a_repository_is_cloned_into_the_home(remote: Path, home: Path) -> None:
    """On the branch of the choice, and with nothing else left behind."""
    fetched = fetch(address(remote, "week-2"), home)

    assert fetched.problem == ""
    assert fetched.folder == home / "stats-101"
    assert (fetched.folder / "lesson.txt").read_text() == "one"
    assert run("branch", "--show-current", folder=fetched.folder).strip() == "week-2"
    assert [path.name for path in home.iterdir()] == ["stats-101"]


def test_an_untouched_clone_is_brought_up_to_date(remote: Path, home: Path) -> None:
    """Who changed nothing gets what is new."""
    fetch(address(remote), home)
    publish(remote, "two")

    fetched = fetch(address(remote), home)

    assert fetched.problem == ""
    assert (home / "stats-101" / "lesson.txt").read_text() == "two"


def test_an_untouched_clone_follows_the_choice_to_another_branch(remote: Path, home: Path) -> None:
    """The branch of the form counts for a clone that is there, too."""
    fetch(address(remote), home)

    assert fetch(address(remote, "week-2"), home).problem == ""
    assert run("branch", "--show-current", folder=home / "stats-101").strip() == "week-2"


@pytest.mark.parametrize("work", ["changed", "committed"])
def test_a_clone_with_work_of_the_person_is_left_as_it_is(remote: Path, home: Path, work: str) -> None:
    """Changed files and commits of one's own are never touched."""
    fetch(address(remote), home)
    clone = home / "stats-101"
    (clone / "lesson.txt").write_text("mine")
    if work == "committed":
        run("commit", "--quiet", "-a", "-m", "mine", folder=clone)
    publish(remote, "two")

    fetched = fetch(address(remote), home)

    assert fetched.is_kept
    assert fetched.problem == ""
    assert (clone / "lesson.txt").read_text() == "mine"


def test_a_new_file_of_the_person_is_not_overwritten(remote: Path, home: Path) -> None:
    """A file that git does not know wins over one that comes new with the same name."""
    fetch(address(remote), home)
    (home / "stats-101" / "notes.txt").write_text("mine")
    (remote / "notes.txt").write_text("theirs")
    run("add", ".", folder=remote)
    run("commit", "--quiet", "-m", "notes", folder=remote)

    fetched = fetch(address(remote), home)

    assert "A file of yours is in the way" in fetched.problem
    assert (home / "stats-101" / "notes.txt").read_text() == "mine"


def test_another_thing_of_the_same_name_is_not_touched(remote: Path, home: Path) -> None:
    """The clone takes the next free name, and finds itself there at the next start."""
    (home / "stats-101").mkdir()
    (home / "stats-101" / "mine.txt").write_text("mine")
    (home / "stats-101-2").symlink_to("nowhere")

    assert fetch(address(remote), home).folder == home / "stats-101-3"
    assert fetch(address(remote), home).folder == home / "stats-101-3"
    assert (home / "stats-101" / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("url", "branch", "said"),
    [
        pytest.param("{remote}-not-there", "", "There is no repository at this address", id="no-repository"),
        pytest.param("{remote}", "gone", "It has no branch gone", id="no-branch"),
        pytest.param("http://127.0.0.1:9/a/b", "", "does not answer", id="no-answer"),
        pytest.param("https://no-such-host.invalid/a", "", "does not answer", id="no-host"),
    ],
)
def test_a_clone_that_fails_says_why_and_leaves_nothing(
    remote: Path, home: Path, url: str, branch: str, said: str
) -> None:
    """The next start begins afresh."""
    fetched = fetch(Repository(url.format(remote=remote.as_uri()), branch), home)

    assert said in fetched.problem
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("git_said", "branch", "said"),
    [
        ("fatal: remote error: upload-pack: not our ref 1f2e", "1f2e", "It has no branch 1f2e. Leave the branch empty"),
        (
            "fatal: remote error: upload-pack: not our ref 1f2e",
            "",
            "What is wanted of it is not at its place. Tell who",
        ),
        ("error: pathspec 'a.txt' did not match any file(s)", "", "error: pathspec 'a.txt' did not match any file(s)"),
    ],
)
def test_a_branch_is_missed_only_where_one_was_named(git_said: str, branch: str, said: str) -> None:
    """Nobody names one of a repository that lies inside of another."""
    assert problem(Answer(128, said=git_said), branch).startswith(said)


def test_a_machine_without_git_is_explained(remote: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person learns whom to ask."""
    monkeypatch.setenv("PATH", "/nonexistent")

    assert "This machine has no git" in fetch(address(remote), home).problem


def test_a_slow_place_delays_a_start_for_a_bounded_time(
    remote: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What git started is ended with it, and half a clone is not left behind."""
    let_git_hang(tmp_path, monkeypatch, 4343)
    monkeypatch.setattr(command, "PATIENCE_S", 1)
    began = time.monotonic()

    fetched = fetch(address(remote), home)

    assert "did not arrive within 1 seconds" in fetched.problem
    assert time.monotonic() - began < 5
    assert list(home.iterdir()) == []
    assert subprocess.run(["pgrep", "-f", "^sleep 4343"], check=False, capture_output=True).stdout == b""


@pytest.mark.parametrize("patience_s", [1, 3])
def test_the_time_that_is_said_is_the_time_that_it_took(
    remote: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience_s: int
) -> None:
    """Another repository may have left less of the minute; and of two commands both count."""
    let_git_hang(tmp_path, monkeypatch, 60)

    began = time.monotonic()

    said = fetch(address(remote), home, patience_s).problem

    took_s = time.monotonic() - began
    told = re.fullmatch(
        r"It did not arrive within (\d+) seconds\. Use git clone in a terminal, or try again later\.", said
    )
    assert told is not None, said
    assert patience_s <= int(told[1]) <= round(took_s)


def test_half_a_clone_of_an_earlier_start_is_cleared_away(remote: Path, home: Path) -> None:
    """A power cut in the middle leaves a folder that nobody needs; one of a start that runs is left alone."""
    old, young = home / ".sardonyx-clone-old", home / ".sardonyx-clone-young"
    old.mkdir()
    young.mkdir()
    os.utime(old, (1, 1))

    fetch(address(remote), home)

    assert not old.exists()
    assert young.exists()


def test_the_note_in_the_home_comes_and_goes(home: Path) -> None:
    """The person finds it beside their files, and not any more once all is well."""
    leave_note(home, {"https://example.org/a": "It has no branch b."})
    assert "https://example.org/a: It has no branch b." in (home / "CODE-IS-MISSING.md").read_text()

    leave_note(home, {})
    assert list(home.iterdir()) == []
