"""Which open files two processes have in common, as only their system can tell: what a file is, and which opening of it."""

import ctypes
import os
import platform
from collections.abc import Iterable
from contextlib import suppress
from itertools import product
from pathlib import Path

from support.forks import children

KCMP = {"x86_64": 312, "aarch64": 272}[platform.machine()]
KCMP_FILE = 0
NAMELESS = "anon_inode:"
"""Those such as eventpoll and eventfd are all one file: it is their opening that differs (kcmp(2))."""


def in_common(some: Iterable[int], others: Iterable[int]) -> set[str]:
    """Return what processes of both groups have open, under the name that the system has for it."""
    found = set()
    for one, other in product(some, others):
        for (mine, name), (theirs, same) in product(opened(one).items(), opened(other).items()):
            if name == same and (not name.startswith(NAMELESS) or _is_one(one, mine, other, theirs)):
                found.add(name)
    return found


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    return [pid, *(below for child in children(pid) for below in family(child))]


def opened(pid: int) -> dict[int, str]:
    """Return what a process has open; sockets and pipes have a number in their name."""
    found = {}
    for link in Path(f"/proc/{pid}/fd").iterdir():
        # Closed meanwhile, such as our own for this folder.
        with suppress(FileNotFoundError):
            found[int(link.name)] = str(link.readlink())
    return found


def _is_one(pid: int, number: int, other_pid: int, other: int) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    found = libc.syscall(KCMP, pid, other_pid, KCMP_FILE, ctypes.c_ulong(number), ctypes.c_ulong(other))
    if found < 0:
        raise OSError(ctypes.get_errno(), f"kcmp: {os.strerror(ctypes.get_errno())}")
    return int(found) == 0
