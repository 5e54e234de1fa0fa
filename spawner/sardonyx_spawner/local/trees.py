"""Everything in a folder that a person's code has filled, however deep: without recursion, and with two open files."""

import errno
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sardonyx_spawner.local.mounts import Identity, identity, mounted_below

GONE_OR_CLOSED = {errno.ENOENT, errno.EACCES, errno.ENOTCONN, errno.ESTALE}
"""What a look at an entry says that is gone meanwhile, or is a mount that is closed to root, or dead."""


def entries_below(tree: Path) -> Iterator[tuple[int, str, os.stat_result]]:
    """Yield (open folder, name, status) for all that is below a folder; links are not followed.

    Nothing outside is ever reached, whatever is moved meanwhile. What is mounted in it is somebody else's, such as data
    that the operator shows in homes: it is left out, with all in it.

    Raises:
        OSError: a folder cannot be opened, or it was moved to another place while it was looked at.
    """
    mounted = mounted_below(tree)
    here = os.open(tree, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    inside = _Inside(os.fstat(here).st_dev, mounted)
    # The folders above `here`, each with what is left to do in it; not open, for there may be more than files allowed.
    above: list[tuple[Identity, list[str]]] = []
    try:
        left = yield from _listed(here, inside)
        while True:
            if left:
                # It may be gone meanwhile, or a link.
                with suppress(FileNotFoundError, NotADirectoryError):
                    below = os.open(left.pop(), os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
                    above.append((identity(os.fstat(here)), left))
                    os.close(here)
                    here = below
                    left = yield from _listed(here, inside)
            elif above:
                known, left = above.pop()
                parent = os.open("..", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
                os.close(here)
                here = parent
                if identity(os.fstat(here)) != known:
                    raise OSError(errno.EBUSY, f"{tree} changes while it is looked at")
            else:
                return
    finally:
        os.close(here)


@dataclass(frozen=True)
class _Inside:
    """Tells what belongs to a tree.

    Args:
        device: of its folders. Files on an overlay may have another one.
    """

    device: int
    mounted: frozenset[Identity]

    def has(self, status: os.stat_result) -> bool:
        is_other = stat.S_ISDIR(status.st_mode) and status.st_dev != self.device
        return not is_other and identity(status) not in self.mounted


def _listed(folder: int, inside: _Inside) -> Generator[tuple[int, str, os.stat_result], None, list[str]]:
    folders = []
    for name in os.listdir(folder):
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            if error.errno not in GONE_OR_CLOSED:
                raise
            continue
        if inside.has(status):
            yield folder, name, status
            if stat.S_ISDIR(status.st_mode):
                folders.append(name)
    return folders
