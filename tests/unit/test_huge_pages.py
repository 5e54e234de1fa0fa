"""Where huge pages can be in a process, by its list of what is where."""

import mmap

import pytest

from sardonyx_singleuser.forkserver import huge_pages
from sardonyx_singleuser.forkserver.huge_pages import SIZE, ranges
from sardonyx_singleuser.forkserver.pages import collapse


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("00200000-00600000 rw-p 00000000 00:00 0 ", [0x200000, 0x400000], id="two"),
        pytest.param("001ff000-00601000 rw-p 00000000 00:00 0 [heap]", [0x200000, 0x400000], id="heap, not aligned"),
        pytest.param("00201000-005ff000 rw-p 00000000 00:00 0", [], id="too small between"),
        pytest.param("00200000-00600000 r--p 00000000 00:00 0", [], id="read only"),
        pytest.param("00200000-00600000 rw-s 00000000 00:01 7", [], id="shared"),
        pytest.param("00200000-00600000 rw-p 00000000 fd:00 7    /usr/lib/a b.so", [], id="of a file"),
        pytest.param("00200000-00600000 rw-p 00000000 00:00 0 [stack]", [], id="stack"),
    ],
)
def test_only_own_memory_that_a_whole_one_fits_in(line: str, expected: list[int]) -> None:
    """Files and what is shared stay as they are."""
    assert list(ranges([line])) == expected


def test_memory_is_the_same_in_huge_pages() -> None:
    """Every byte is where it was, whether the system has such pages to give or not."""
    text = bytes(range(256)) * (SIZE // 64)
    held = mmap.mmap(-1, len(text), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    held.write(text)

    huge_pages.use()

    assert held[:] == text


def test_a_system_that_refuses_is_no_error() -> None:
    """Forks take a little longer there."""
    assert not collapse(0, SIZE)
