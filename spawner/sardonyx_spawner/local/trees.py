"""Everything in a folder that a person's code has filled, however deep: without recursion, and with two open files."""

import errno
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path


def entries_below(tree: Path) -> Iterator[tuple[int, str, os.stat_result]]:
    """Yield (open folder, name, status) for all that is below a folder; links are not followed.

    Nothing outside is ever reached, whatever is moved meanwhile.

    Raises:
        OSError: a folder cannot be opened, or it was moved to another place while it was looked at.
    """
    here = os.open(tree, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    # The folders above `here`, each with what is left to do in it; not open, for there may be more than files allowed.
    above: list[tuple[tuple[int, int], list[str]]] = []
    try:
        left = yield from _listed(here)
        while True:
            if left:
                # It may be gone meanwhile, or a link.
                with suppress(FileNotFoundError, NotADirectoryError):
                    below = os.open(left.pop(), os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
                    above.append((_identity(here), left))
                    os.close(here)
                    here = below
                    left = yield from _listed(here)
            elif above:
                identity, left = above.pop()
                parent = os.open("..", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
                os.close(here)
                here = parent
                if _identity(here) != identity:
                    raise OSError(errno.EBUSY, f"{tree} changes while it is looked at")
            else:
                return
    finally:
        os.close(here)


def _listed(folder: int) -> Generator[tuple[int, str, os.stat_result], None, list[str]]:
    folders = []
    for name in os.listdir(folder):
        with suppress(FileNotFoundError):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            yield folder, name, status
            if stat.S_ISDIR(status.st_mode):
                folders.append(name)
    return folders


def _identity(folder: int) -> tuple[int, int]:
    status = os.fstat(folder)
    return status.st_dev, status.st_ino
