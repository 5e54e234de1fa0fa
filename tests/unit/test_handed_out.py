"""A file that is handed out to a class: under which names, and beside what its person has."""

from pathlib import Path

import pytest

from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.live import hand_outs
from sardonyx_services.people.web.live.hand_outs import checked_name
from sardonyx_singleuser import handed_out
from sardonyx_singleuser.handed_out import is_name, put


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("sheet.ipynb", "sheet.ipynb", id="name"),
        pytest.param("week 1/été.txt", "été.txt", id="folder"),
        pytest.param("C:\\work\\sheet.txt", "sheet.txt", id="of-windows"),
    ],
)
def test_a_file_has_the_last_part_of_what_a_browser_sends(sent: str, kept: str) -> None:
    """Some send folders with it."""
    assert checked_name(sent) == kept
    assert is_name(kept)


def test_a_server_takes_what_the_service_sends() -> None:
    """Both sides say by themselves what is too large and too long."""
    assert (handed_out.LARGEST, handed_out.LONGEST_NAME) == (hand_outs.LARGEST, hand_outs.LONGEST_NAME)


@pytest.mark.parametrize("sent", ["", "..", ".bashrc", "a/.hidden", "a\n.txt", "x" * 201])
def test_what_would_not_be_seen_is_refused(sent: str) -> None:
    """By the service, and once more by a server, which believes no hub more than its person."""
    with pytest.raises(RefusedError, match="Choose a file whose name can be seen"):
        checked_name(sent)
    assert not is_name(sent)


def test_it_is_beside_what_the_person_has(tmp_path: Path) -> None:
    """Nothing of theirs is written over; handed out twice, it is there once."""
    assert put(tmp_path, "sheet.txt", b"one") == "sheet.txt"
    assert put(tmp_path, "sheet.txt", b"one") == "sheet.txt"
    (tmp_path / "sheet.txt").write_bytes(b"mine")

    second = put(tmp_path, "sheet.txt", b"two")

    assert second.startswith("sheet__")
    assert (tmp_path / second).read_bytes() == b"two"
    assert (tmp_path / "sheet.txt").read_bytes() == b"mine"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_link_of_that_name_is_not_followed(tmp_path: Path) -> None:
    """Also one that leads nowhere yet."""
    (tmp_path / "sheet.txt").symlink_to(tmp_path / "elsewhere")

    assert put(tmp_path, "sheet.txt", b"one").startswith("sheet__")
    assert not (tmp_path / "elsewhere").exists()
