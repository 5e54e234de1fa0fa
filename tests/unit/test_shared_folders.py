"""The way from a home to what a class or a team shares: nothing of a person's own is covered or changed."""

from pathlib import Path

import pytest

from sardonyx_singleuser.progress import Progress
from sardonyx_singleuser.shared_folders import give_shared, link_into, place_folders, shared_folders


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """What a class shares."""
    folder = tmp_path / "shared" / "class"
    folder.mkdir(parents=True)
    (folder / "data.csv").write_text("1,2")
    return folder


def test_folders_are_those_that_the_hub_told() -> None:
    """None on one machine."""
    told = {"SARDONYX_SHARED_FOLDERS": "/shared/class:/shared/team"}
    assert shared_folders(told) == [Path("/shared/class"), Path("/shared/team")]
    assert shared_folders({}) == place_folders({}) == []
    assert place_folders({"SARDONYX_PLACE_FOLDERS": "/data"}) == [Path("/data")]


def test_the_home_has_a_way_there_once(home: Path, shared: Path) -> None:
    """A kept home has it from the last server."""
    assert [link_into(home, shared), link_into(home, shared)] == [home / "class"] * 2
    assert (home / "class" / "data.csv").read_text() == "1,2"
    assert [each.name for each in home.iterdir()] == ["class"]


@pytest.mark.parametrize("kind", ["file", "folder", "link", "broken link"])
def test_what_has_the_name_already_stays_as_it_is(home: Path, shared: Path, kind: str) -> None:
    """A file, a folder with files, a link that leads elsewhere or nowhere: the way there has a number."""
    own = home / "class"
    match kind:
        case "file":
            own.write_text("mine")
        case "folder":
            own.mkdir()
            (own / "notes").write_text("mine")
        case _:
            own.symlink_to(home if kind == "link" else home / "gone")
    before = own.lstat()

    assert [link_into(home, shared), link_into(home, shared)] == [home / "class-2"] * 2
    assert own.lstat() == before
    assert (home / "class-2" / "data.csv").exists()


def test_a_home_without_a_way_in_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On the page of the start, with where the folder is all the same; why is in the server's log, and the start goes on."""
    monkeypatch.setenv("SARDONYX_SHARED_FOLDERS", "/shared/class")
    monkeypatch.setenv("SARDONYX_PLACE_FOLDERS", "/data")
    told: list[tuple[str, str]] = []

    give_shared(Path("/proc/1"), Progress(lambda line: told.append((line["message"], line["state"]))))

    why = "It is not shown among your files: they are full, or cannot be written."
    assert told == [
        (f"What you share with others is in /shared/class. {why}", "warn"),
        (f"Data of this place is in /data. {why}", "warn"),
    ]
    assert "Sardonyx: /data cannot be linked into the home: " in capsys.readouterr().err
