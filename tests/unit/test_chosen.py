"""Which files are handed in when somebody chooses files and folders, and what stays at home and why."""

import os
import socket
from pathlib import Path

import pytest

from sardonyx_singleuser.storage import chosen
from sardonyx_singleuser.storage.chosen import choose, name_fault, open_chosen
from sardonyx_singleuser.storage.errors import StorageError


def left(home: Path, *paths: str) -> dict[str, str]:
    """Return what is left out of what is chosen."""
    return {each.path: each.why for each in choose(home, paths).left_out}


def write(home: Path, *paths: str) -> None:
    """Write files with a word in each."""
    for path in paths:
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text("word")


def test_a_folder_is_handed_in_with_all_that_is_ones_own_in_it(tmp_path: Path) -> None:
    """Hidden files, what programs make and installed packages stay at home, and that is said."""
    work = ["week 1/answer.ipynb", "week 1/data/été.csv", "week 1/data/empty/x"]
    write(tmp_path, *work, "other.txt")
    write(tmp_path, "week 1/.git/HEAD", "week 1/.env", "week 1/.ipynb_checkpoints/a", "week 1/data/__pycache__/x.pyc")
    write(tmp_path, "week 1/venv/pyvenv.cfg", "week 1/venv/lib/x.py", "week 1/conda/conda-meta/history")

    found = choose(tmp_path, ["week 1"])

    assert found.files == dict.fromkeys(work, 4)
    assert left(tmp_path, "week 1") == {
        "week 1/.env": "hidden",
        "week 1/.git": "hidden",
        "week 1/.ipynb_checkpoints": "hidden",
        "week 1/conda": "an environment with installed packages",
        "week 1/data/__pycache__": "made by programs",
        "week 1/venv": "an environment with installed packages",
    }


def test_what_is_chosen_twice_is_handed_in_once(tmp_path: Path) -> None:
    """A file, and the folder that it is in."""
    write(tmp_path, "a/b.txt", "ab.txt")

    assert list(choose(tmp_path, ["a/b.txt", "/a/", "a/b.txt", "ab.txt"]).files) == ["a/b.txt", "ab.txt"]


def test_a_hidden_file_that_is_pointed_at_is_handed_in_and_a_hidden_folder_is_not(tmp_path: Path) -> None:
    """Whoever wants the settings of a project says so."""
    write(tmp_path, ".flake8", ".git/HEAD")

    assert list(choose(tmp_path, [".flake8"]).files) == [".flake8"]
    assert left(tmp_path, ".git") == {".git": "hidden"}


def test_links_lead_to_what_was_chosen_and_nowhere_else(tmp_path: Path) -> None:
    """A file that was chosen under another name is one; what is outside of the folder is not."""
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    write(tmp_path, "elsewhere/secret", "home/work/a.txt", "home/private.txt", "home/work/deep/b.txt")
    for name, target in (
        ("inside", "a.txt"),
        ("out", str(elsewhere / "secret")),
        ("beside", "../private.txt"),
        ("nowhere", "missing"),
        ("circle", "circle"),
        ("folder", "deep"),
        ("up", ".."),
    ):
        (home / "work" / name).symlink_to(target)
    (home / "class").symlink_to(elsewhere)
    (home / "again").symlink_to("work")
    (home / "one").symlink_to("private.txt")

    outside = "a link to something outside of what you chose"
    assert list(choose(home, ["work"]).files) == ["work/a.txt", "work/deep/b.txt", "work/inside"]
    assert left(home, "work") == {
        "work/beside": outside,
        "work/circle": "a link to nothing",
        "work/folder": "a link to a folder",
        "work/nowhere": "a link to nothing",
        "work/out": outside,
        "work/up": outside,
    }
    assert left(home, "class", "class/secret", "again", "gone.txt", "private.txt/x") == {
        "again": "a link to a folder",
        "class": outside,
        "gone.txt": "not there any more",
        "private.txt/x": "not there any more",
    }
    assert list(choose(home, ["one"]).files) == ["one"]


def test_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    """A pipe would be waited at for ever, and a socket or a device has no end."""
    write(tmp_path, "a/x.txt")
    os.mkfifo(tmp_path / "a" / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "a" / "socket"))
        (tmp_path / "a" / "device").symlink_to("/dev/zero")

        assert left(tmp_path, "a") == {
            "a/device": "a link to something outside of what you chose",
            "a/pipe": "neither a file nor a folder",
            "a/socket": "neither a file nor a folder",
        }


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_at(tmp_path: Path) -> None:
    """Nor is a link followed that leads out of the home by then."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "out").symlink_to("/etc/passwd")

    with pytest.raises(StorageError, match="It is no file any more. Choose again what you hand in."):
        open_chosen(tmp_path, "pipe")
    with pytest.raises(StorageError, match="It is a link out of your home now."):
        open_chosen(tmp_path, "out")


def test_a_file_that_is_too_large_is_left_out(tmp_path: Path) -> None:
    """5 GB can still be copied by the store."""
    write(tmp_path, "large.bin", "fits.bin")
    os.truncate(tmp_path / "large.bin", (5 << 30) + 1)
    os.truncate(tmp_path / "fits.bin", 5 << 30)

    assert left(tmp_path, "large.bin", "fits.bin") == {
        "large.bin": "larger than 5 GB: nothing so large can be handed in"
    }


def test_too_many_files_are_refused_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are left out count: somebody has to look at them. What is in folders that are left out does not."""
    monkeypatch.setattr(chosen, "MOST", 5)
    write(tmp_path, "data/x/1", "data/2", "data/3", "data/.git/a", "data/.git/b")
    assert list(choose(tmp_path, ["data"]).files) == ["data/2", "data/3", "data/x/1"]
    write(tmp_path, "data/4")

    with pytest.raises(StorageError, match="“data” has more than 10,000 files and folders in it") as refused:
        choose(tmp_path, ["data"])
    assert "make an archive in a terminal: zip -r data.zip data" in str(refused.value)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        pytest.param("a b/été ☕ 100%.ipynb", "", id="usual"),
        pytest.param(os.fsdecode(b"caf\xe9.txt"), "its name is not text in UTF-8", id="not UTF-8"),
        pytest.param("a\nb", "a sign that cannot be seen", id="two lines"),
        pytest.param("a\\b", "a backslash", id="backslash"),
        pytest.param("d/" * 300 + "é" * 160, "its name is too long", id="too long"),
    ],
)
def test_a_name_that_the_store_cannot_have_is_said(path: str, why: str) -> None:
    """With what to do."""
    assert why in name_fault(path)
    assert bool(name_fault(path)) == bool(why)


def test_a_name_that_is_no_text_is_shown_and_left_out(tmp_path: Path) -> None:
    """As it is on disks of old systems."""
    (tmp_path / "a").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/a/caf\xe9.txt")).write_text("x")

    [found] = choose(tmp_path, ["a"]).left_out

    assert chosen.shown(found.path) == "a/caf�.txt"
    assert found.why == "its name is not text in UTF-8: give it another name"


@pytest.mark.parametrize("path", ["", "/", "..", "a/../../x", "a//b", "./a", "a\0b"])
def test_no_path_leads_out_of_the_home(tmp_path: Path, path: str) -> None:
    """JupyterLab sends none like these."""
    with pytest.raises(StorageError, match="Choose files or folders of your home to hand in."):
        choose(tmp_path, [path])
