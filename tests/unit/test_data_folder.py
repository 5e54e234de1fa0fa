import errno
import os
import stat
from pathlib import Path

import pytest

from sardonyx_hub_config import data_folder
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.errors import OperatorError


def test_every_part_is_made_for_the_owner_only(tmp_path: Path) -> None:
    """Keys, homes and databases live there: nobody else may even list them."""
    folder = DataFolder(tmp_path / "new" / "data")

    folder.prepare()

    shown = {folder.tools, folder.mirrors}
    parts = [folder.root, *(path for path in folder.root.rglob("*") if path.is_dir() and path not in shown)]
    assert {stat.S_IMODE(part.stat().st_mode) for part in parts} == {0o700}
    assert len(parts) == 10
    # Servers are shown these, and nobody comes to them past the folder around them.
    assert {stat.S_IMODE(part.stat().st_mode) for part in shown} == {0o755}


def test_a_folder_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    """An operator who made the folder by hand has an ordinary umask."""
    (tmp_path / "data").mkdir(mode=0o755)

    DataFolder(tmp_path / "data").prepare()

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_preparing_twice_loses_nothing(tmp_path: Path) -> None:
    """The second start finds what the first one left."""
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    (folder.homes / "kept").write_text("work")

    folder.prepare()

    assert (folder.homes / "kept").read_text() == "work"


def test_a_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the owner and the two ways out."""
    monkeypatch.setattr(os, "geteuid", lambda: 4242)

    with pytest.raises(OperatorError) as caught:
        DataFolder(tmp_path / "data").prepare()

    assert f"belongs to another user (uid {os.getuid()})" in str(caught.value)
    assert "set SARDONYX_DATA to a folder of your own" in str(caught.value)


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    """The operator learns which path is wrong."""
    (tmp_path / "data").write_text("a file")

    with pytest.raises(OperatorError, match=r"data is a file, and a folder is needed there\. Move it away\."):
        DataFolder(tmp_path / "data").prepare()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        pytest.param(errno.ENOSPC, "is full. Free some space", id="full"),
        pytest.param(errno.EROFS, "is on a disk that cannot be written", id="read-only"),
        pytest.param(errno.EACCES, "cannot be written by this user", id="forbidden"),
        pytest.param(errno.EIO, "cannot be used: Input/output error", id="broken"),
    ],
)
def test_a_disk_that_cannot_be_written_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    """Each cause has its own sentence and its own way out."""

    def fail(path: Path, _data: bytes) -> int:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "write_bytes", fail)

    with pytest.raises(OperatorError) as caught:
        DataFolder(tmp_path / "data").prepare()

    assert said in str(caught.value)


def test_a_first_start_without_room_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better no start than a half-made environment."""
    monkeypatch.setattr(data_folder, "ENOUGH_BYTES", 1 << 60)

    with pytest.raises(
        OperatorError, match="MB left, and .* MB are needed for the first start. Free some space, or set"
    ):
        DataFolder(tmp_path).check_space()


def test_a_later_start_without_room_goes_on_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a disk was full, people have to sign in and delete."""
    monkeypatch.setattr(data_folder, "ENOUGH_BYTES", 1 << 60)
    folder = DataFolder(tmp_path)
    folder.prepare()
    folder.hub_database.touch()

    said = folder.check_space()

    assert said.startswith(f"Look: the disk of {tmp_path} has only ")
    assert said.endswith(" MB left. People may be unable to save. Free some space.")


def test_nothing_is_said_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal is for what has to be done."""
    monkeypatch.setattr(data_folder, "ENOUGH_BYTES", 1)

    assert DataFolder(tmp_path).check_space() == ""


def test_two_on_one_folder_are_refused(tmp_path: Path) -> None:
    """Two hubs on one database would lose work."""
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    first = folder.lock()

    with pytest.raises(OperatorError, match="Sardonyx already runs on"):
        folder.lock()

    os.close(first)
    os.close(folder.lock())
