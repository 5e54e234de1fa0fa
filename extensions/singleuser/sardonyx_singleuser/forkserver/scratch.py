"""A folder for what a zygote makes while it warms; where it is ended meanwhile, the next one clears it away.

It is not below the fork server's own folder: there the name of a socket could be longer than the 107 bytes that it may
have (unix(7)). A link there says where it is.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MARK = "sardonyx-zygote-"
"""Begin of its name."""


@contextmanager
def scratch(link: Path) -> Iterator[str]:
    """Make one, and clear it away.

    Args:
        link: what says where it is.
    """
    folder = tempfile.mkdtemp(prefix=MARK)
    try:
        link.symlink_to(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        link.unlink(missing_ok=True)


def clear(link: Path) -> None:
    """Clear away the one that a zygote has left."""
    if link.is_symlink():
        folder = Path(os.readlink(link))  # noqa: PTH115 - it may lead nowhere
        if folder.name.startswith(MARK):
            shutil.rmtree(folder, ignore_errors=True)
        link.unlink(missing_ok=True)
