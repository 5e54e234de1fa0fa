"""What is copied of a home: the files of its owner, and nothing to which a link leads."""

import os
from pathlib import Path

import pytest

from sardonyx_services.people.web.kept import home_files
from sardonyx_services.people.web.kept.home_files import files_below, read_below


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with files beside it that are not its owner's."""
    (tmp_path / "secret").write_text("not yours")
    home = tmp_path / "home"
    (home / "work" / "deep").mkdir(parents=True)
    (home / "a.txt").write_text("a")
    (home / "work" / "deep" / "b.txt").write_text("b")
    return home


def test_the_files_are_found_and_read(home: Path) -> None:
    """With the way to each."""
    assert files_below(home) == [("a.txt",), ("work", "deep", "b.txt")]
    assert b"".join(read_below(home, ("work", "deep", "b.txt"))) == b"b"


def test_no_link_is_followed(home: Path) -> None:
    """Neither to a file nor to a folder, whatever is between."""
    (home / "file").symlink_to(home.parent / "secret")
    (home / "folder").symlink_to(home.parent)
    (home / "work" / "up").symlink_to("../..")

    assert files_below(home) == [("a.txt",), ("work", "deep", "b.txt")]
    for steps in (("file",), ("folder", "secret"), ("work", "up", "secret")):
        assert b"".join(read_below(home, steps)) == b""


def test_a_folder_that_becomes_a_link_leads_nowhere(home: Path) -> None:
    """Between the list and the reading, somebody's program is quick."""
    (home / "work" / "deep" / "b.txt").unlink()
    (home / "work" / "deep").rmdir()
    (home.parent / "b.txt").write_text("not yours")
    (home / "work" / "deep").symlink_to(home.parent)

    assert b"".join(read_below(home, ("work", "deep", "b.txt"))) == b""


def test_what_is_no_file_is_left_out(home: Path) -> None:
    """Nobody waits for a pipe."""
    os.mkfifo(home / "pipe")

    assert ("pipe",) not in files_below(home)
    assert b"".join(read_below(home, ("pipe",))) == b""


@pytest.mark.parametrize("name", [".cache", ".venv", "node_modules"])
def test_what_programs_make_again_is_left_out(home: Path, name: str) -> None:
    """It is larger than all that somebody has written."""
    (home / "work" / name).mkdir()
    (home / "work" / name / "file").write_text("x")

    assert files_below(home) == [("a.txt",), ("work", "deep", "b.txt")]


def test_a_home_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    """Who never started a server has none."""
    assert files_below(tmp_path / "none") == []


def test_folders_without_an_end_are_not_followed_for_ever(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deeper than any person goes."""
    monkeypatch.setattr(home_files, "DEEPEST", 2)
    (home / "1" / "2" / "3").mkdir(parents=True)
    (home / "1" / "2" / "in").touch()
    (home / "1" / "2" / "3" / "out").touch()

    assert [steps for steps in files_below(home) if steps[0] == "1"] == [("1", "2", "in")]


def test_a_file_that_grows_is_sent_as_long_as_it_was(home: Path) -> None:
    """Or a program could keep the service busy for ever."""
    read = read_below(home, ("a.txt",))
    (home / "a.txt").write_bytes(b"a" * (home_files.BLOCK + 1))
    next(read)
    with (home / "a.txt").open("ab") as file:
        file.write(b"b" * home_files.BLOCK)

    assert b"".join(read) == b"a"
