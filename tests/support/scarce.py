"""Lets a running process have no more of something, as on a machine that has none left, and gives it back."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from support.everybody import as_ordinary


@contextmanager
def room_for_files(pid: int, count: int, *, ordinary: bool = False) -> Iterator[None]:
    """Let a process open so many files more; a connection to it is one."""
    opened = _opened(pid)
    free = sorted(set(range(len(opened) + count + 1)) - opened)
    with _limited(pid, "nofile", free[count], ordinary=ordinary):
        yield


def open_files(pid: int) -> int:
    """Return how many files a process has open."""
    return len(_opened(pid))


def _opened(pid: int) -> set[int]:
    return {int(file.name) for file in Path(f"/proc/{pid}/fd").iterdir()}


@contextmanager
def no_more_processes(*pids: int) -> Iterator[None]:
    """Let processes of an ordinary user start no other one, and no thread; root is never held by this limit."""
    with ExitStack() as limits:
        for pid in pids:
            limits.enter_context(_limited(pid, "nproc", 1, ordinary=True))
        yield


@contextmanager
def _limited(pid: int, what: str, most: int, *, ordinary: bool) -> Iterator[None]:
    # Root in a container may not change what another user's process may do.
    change = [*(as_ordinary() if ordinary else []), "prlimit", f"--pid={pid}"]
    soft = subprocess.check_output([*change, f"--{what}", "--output=SOFT", "--noheadings"], text=True).strip()
    subprocess.run([*change, f"--{what}={most}:"], check=True)
    try:
        yield
    finally:
        # Unless it has ended meanwhile.
        subprocess.run([*change, f"--{what}={soft}:"], check=Path(f"/proc/{pid}/exe").exists())


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """Put a disk of a size on a folder; only for root."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "sardonyx-test", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Leave no room on the disk of a folder."""
    file = folder / "fill"
    try:
        with file.open("wb", buffering=0) as fill:
            for piece in (1 << 20, 4096):
                try:
                    while fill.write(bytes(piece)) == piece:
                        pass
                except OSError:
                    os.fsync(fill.fileno())
        yield
    finally:
        file.unlink(missing_ok=True)
