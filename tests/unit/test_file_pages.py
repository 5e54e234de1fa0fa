"""Which memory of a process is as it is in a file, by its list of what is where; and that letting go of it loses nothing."""

import mmap
from pathlib import Path

import pytest

from sardonyx_singleuser.forkserver import file_pages
from sardonyx_singleuser.forkserver.file_pages import unchanged
from sardonyx_singleuser.forkserver.pages import let_go

LIBRARY = "00200000-00600000 r-xp 00001000 fd:00 7    /usr/lib/a b.so"
AS_IN_THE_FILE = ("Rss:  4096 kB", "Anonymous:  0 kB", "Swap:  0 kB", "VmFlags: rd ex mr mw me")


@pytest.mark.parametrize(
    ("line", "is_there"),
    [
        pytest.param(LIBRARY, True, id="code"),
        pytest.param(LIBRARY.replace("r-xp", "r--p"), True, id="constants"),
        pytest.param(f"{LIBRARY} (deleted)", True, id="of a file that was replaced"),
        pytest.param(LIBRARY.replace("r-xp", "rw-p"), False, id="can be written to"),
        pytest.param(LIBRARY.replace("r-xp", "r--s"), False, id="shared"),
        pytest.param(LIBRARY.replace("r-xp", "---p"), False, id="a gap"),
        pytest.param("00200000-00600000 r-xp 00000000 00:00 0    [vdso]", False, id="the system's"),
        pytest.param("00200000-00600000 r--p 00000000 00:00 0 ", False, id="of no file"),
    ],
)
def test_only_what_files_have_is_let_go_of(line: str, *, is_there: bool) -> None:
    """All else has no other place."""
    assert list(unchanged([line, *AS_IN_THE_FILE])) == [(0x200000, 0x600000)] * is_there


@pytest.mark.parametrize("changed", ["Anonymous:  4 kB", "Swap:  4 kB"])
def test_what_was_changed_is_kept(changed: str) -> None:
    """The addresses in a library are written into it before it is closed to writing: they are in no file."""
    smaps = [LIBRARY, *AS_IN_THE_FILE, changed, LIBRARY.replace("0000-", "1000-"), *AS_IN_THE_FILE]

    assert list(unchanged(smaps)) == [(0x201000, 0x600000)]


def test_a_file_reads_the_same_afterwards(tmp_path: Path) -> None:
    """It is got from the file again."""
    text = bytes(range(256)) * 4096
    file = tmp_path / "file"
    file.write_bytes(text)
    with file.open("rb") as opened:
        held = mmap.mmap(opened.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
    assert held[:] == text
    before = resident(file)

    freed = file_pages.let_go()

    assert before == len(text)
    assert resident(file) == 0
    assert freed >= len(text)
    assert held[:] == text


def test_a_system_that_refuses_is_no_error() -> None:
    """The memory stays taken."""
    assert not let_go(1, 4096)


def resident(file: Path) -> int:
    """Return how many bytes of a file this process has in memory."""
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    for line in lines:
        if line.endswith(f" {file}"):
            return next(int(each.split()[1]) << 10 for each in lines if each.startswith("Rss:"))
    return 0
