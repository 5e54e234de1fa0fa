"""Files that a person's code can reach, too: the hub opens them without following a link and without waiting.

A pipe makes whoever opens it wait for the other side, and a lease (fcntl(2), F_SETLEASE) makes them wait for its holder,
45 s by default. What is busy in such a way is left alone: the next time is soon.
"""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

AT_ONCE = os.O_NOFOLLOW | os.O_NONBLOCK


def open_file(path: Path | str, flags: int = os.O_RDONLY) -> int:
    """Open a file that a person's code may have replaced by anything, or may hold.

    Raises:
        BlockingIOError: somebody has a lease on it.
        OSError: it is not there, or no ordinary file; a link is not followed.
    """
    # Also with a mode: a file that is made belongs to its owner only.
    descriptor = os.open(path, flags | AT_ONCE, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not an ordinary file", str(path))
    return descriptor


def read_end(path: Path | str, most: int) -> bytes:
    """Return the end of a file; b"" if it cannot be read now."""
    try:
        descriptor = open_file(path)
    except OSError:
        return b""
    try:
        return os.pread(descriptor, most, max(0, os.fstat(descriptor).st_size - most))
    finally:
        os.close(descriptor)


def append(path: Path, text: str, *, make: bool = False) -> None:
    """Add a line to a file, if that can be done now.

    Args:
        make: also where there is none.
    """
    with suppress(OSError):
        descriptor = open_file(path, os.O_WRONLY | os.O_APPEND | (os.O_CREAT if make else 0))
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{text}\n".encode())


def cut(path: Path, longest: int, kept: int) -> None:
    """Keep only the end of a file that has grown too long and is still appended to, if that can be done now.

    Args:
        longest: bytes that it may have.
        kept: bytes of its end that stay.
    """
    with suppress(OSError):
        # Looked at without opening it: nearly always there is nothing to do.
        if path.lstat().st_size <= longest:
            return
        # Truncated by its descriptor: by its path, that would wait for a lease.
        with os.fdopen(open_file(path, os.O_RDWR | os.O_APPEND), "r+b", buffering=0) as file:
            end = os.pread(file.fileno(), kept, max(0, os.fstat(file.fileno()).st_size - kept))
            file.truncate(0)
            file.write(end)


def write_new(path: Path, content: bytes) -> None:
    """Write a file for the owner only, in place of whatever somebody left there."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
