"""Puts what a zygote has in memory into huge pages: a fork copies one entry of a page table then, not 512.

A child that writes gets its own copy of 4 kB only, as before: the system takes its entry apart, not the page.
See MADV_COLLAPSE in madvise(2), Linux 6.1. Unlike MADV_HUGEPAGE it leaves no mark that children would inherit, so
their own memory does not grow in steps of 2 MB.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from sardonyx_singleuser.forkserver.pages import collapse

SIZE = 2 << 20
"""Of a huge page, in bytes, where pages have 4 kB. With another size the call is refused, and nothing is lost."""
ANONYMOUS = ("", "[heap]")


def use() -> int:
    """Do so with this process; return how many huge pages it has now, 0 where the system has none to give."""
    return sum(collapse(start, SIZE) for start in ranges(Path("/proc/self/maps").read_text().splitlines()))


def ranges(maps: Iterable[str]) -> Iterator[int]:
    """Return where a huge page could be in memory that is nobody else's and no file's.

    Args:
        maps: lines of /proc/PID/maps, see proc(5).
    """
    for line in maps:
        addresses, rights, _, _, _, *name = line.split(maxsplit=5)
        if rights == "rw-p" and "".join(name).strip() in ANONYMOUS:
            begin, end = (int(address, 16) for address in addresses.split("-"))
            yield from range(-(-begin // SIZE) * SIZE, end // SIZE * SIZE, SIZE)
