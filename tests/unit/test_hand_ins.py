"""What was handed in, as a list and as an archive: decided from what the store holds, whatever it is called."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from zipstream import ZipStream

from sardonyx_services.people.groups import Role
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.web.classes.hand_ins import (
    HandIn,
    HandIns,
    folders_of,
    handed_in,
    listed,
    paths_of,
    plain,
)
from sardonyx_services.people.web.configuration import StorePlace
from sardonyx_services.people.web.members import Member
from sardonyx_services.people.web.store_door import StoreDoor

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
AMINA, BOB = "aminaaaaaaaaaa22", "bobaaaaaaaaaaa33"


def member(person: str, name: str, role: Role = "student") -> Member:
    """Return somebody in the class."""
    return Member(PersonRecord(person, name, "local", name, False, NOW), role)  # noqa: FBT003


def file(path: str, person: str = AMINA, size: int = 3) -> HandIn:
    """Return a file that was handed in."""
    return HandIn(person, path, size, NOW)


def test_everybody_who_could_hand_in_is_listed() -> None:
    """Also who has nothing; staff only if they have, and who left the class not at all."""
    members = [member(AMINA, "amina"), member(BOB, "bob"), member("tia", "tia", "instructor")]

    found = handed_in(members, [file("a.ipynb", size=5), file("b/c.csv", size=7), file("x", "gone")])

    assert [(each.member.person.name, len(each.files), each.size, each.changed) for each in found] == [
        ("amina", 2, 12, NOW),
        ("bob", 0, 0, None),
    ]


def test_a_folder_is_called_as_its_person() -> None:
    """Who is in the class no more has their id; their work is not lost."""
    members = [member(AMINA, "amina"), member(BOB, "../bob")]

    assert folders_of(members, [AMINA, BOB, "gone"]) == {AMINA: "amina", BOB: "_bob", "gone": "left-gone"}


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("week 1/été.ipynb", "amina/week 1/été.ipynb"),
        ("../../etc/passwd", "amina/_/_/etc/passwd"),
        ("/etc/passwd", "amina/etc/passwd"),
        ("..", "amina/_"),
        ("a\\..\\b", "amina/a_.._b"),
        ("C:\\x", "amina/C__x"),
        ("a\nb\x00", "amina/a_b_"),
        ("x" * 300, f"amina/{'x' * 200}"),
        ("trailing. ", "amina/trailing"),
    ],
)
def test_no_path_leads_out_of_a_folder(path: str, kept: str) -> None:
    """On no system, whoever called the file so."""
    assert paths_of([file(path)], {AMINA: "amina"}) == [kept]


def test_no_two_files_have_one_place() -> None:
    """Also where a system does not tell small letters from large ones, and where a name had to be changed."""
    files = [file("a.txt"), file("A.txt"), file("b:c"), file("b?c"), file("d/a.txt")]

    assert paths_of(files, {AMINA: "amina"}) == [
        "amina/a.txt",
        "amina/2-A.txt",
        "amina/b_c",
        "amina/2-b_c",
        "amina/d/a.txt",
    ]


def test_no_cell_of_the_list_is_a_formula() -> None:
    """A spreadsheet that opens it does nothing, also one for which a semicolon begins the next cell."""
    text = listed(
        [file("=cmd|' /C calc'!A0"), file("a;=cmd|' /C calc'!A0"), file("plain.txt")], {AMINA: "amina"}
    ).decode()

    assert text.splitlines() == [
        '"name","file","bytes","changed"',
        """"amina","'=cmd|' /C calc'!A0","3","2026-11-02T10:00:00+00:00\"""",
        """"amina","a;=cmd|' /C calc'!A0","3","2026-11-02T10:00:00+00:00\"""",
        '"amina","plain.txt","3","2026-11-02T10:00:00+00:00"',
    ]


def test_the_library_makes_an_archive_that_opens() -> None:
    """From parts that come one after the other, with names of any letters."""
    made = ZipStream()
    made.add((part for part in (b"a" * 1000, b"b")), "amina/été.txt")

    archive = zipfile.ZipFile(io.BytesIO(b"".join(made)))

    assert archive.read("amina/été.txt") == b"a" * 1000 + b"b"
    assert archive.testzip() is None


def test_a_name_is_never_empty() -> None:
    """Whatever is left of it."""
    assert [plain(name) for name in ("", " ", "...", "/")] == ["_", "_", "_", "_"]


def test_what_is_taken_away_meanwhile_holds_up_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others' work is collected; a sentence stands in the place of what went."""

    class Store:
        """Lists two files, of which one is gone when it is read."""

        exceptions = SimpleNamespace(NoSuchKey=KeyError)

        def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - as boto3 names them
            """Return a file."""
            assert Bucket == "b"
            return {
                f"class/7mw2kfqd/hand-in/{BOB}/b.txt": {"Body": SimpleNamespace(iter_chunks=lambda _size: [b"mine"])}
            }[Key]

    (tmp_path / "token").write_text("t")
    door = StoreDoor(StorePlace(keys="", token=tmp_path / "token", endpoint="", region="", bucket="b"))
    monkeypatch.setattr(door, "client", lambda *_asked: Store())
    hand_ins = HandIns(door)
    monkeypatch.setattr(hand_ins, "_files", lambda *_who: [file("a.txt"), file("b.txt", BOB)])

    made = b"".join(hand_ins.archive("tia", "7mw2kfqd", [member(AMINA, "amina"), member(BOB, "bob")]))

    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.read("amina/a.txt") == b"This file was taken away while the archive was made."
        assert archive.read("bob/b.txt") == b"mine"
