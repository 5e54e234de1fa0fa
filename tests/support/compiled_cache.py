"""What is compiled of an environment, put into uv's cache: those that are made after it are linked from there, and have it.

Each would compile the same eleven thousand files anew, which takes a minute of a processor. Only in a cache of the tests'
own, as `.ci/run` has: nobody else's is written to.
"""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

from support.kept_folder import kept_folder
from uv import find_uv_bin

from sardonyx_services.exclusive import exclusive

CACHE = "uv"
"""The name of the tests' own, in the folder of what they keep."""
STAMP = ".compiled-is-in-cache"
MOVED = ".data"
"""How a wheel's folder ends whose files are moved as they are installed: uv refuses a wheel with one there that it does not list."""


def keep_compiled(prefix: Path) -> None:
    """Put it there, once for each environment; where its files are copies and not links, nothing comes of it."""
    stamp = prefix / STAMP
    cache = Path(subprocess.check_output([find_uv_bin(), "cache", "dir"], text=True).strip())
    if stamp.exists() or cache != kept_folder(CACHE):
        return
    with exclusive(cache / "sardonyx-tests.lock"):
        compiled = _compiled(prefix)
        for folder, folders, files in os.walk(cache / "archive-v0"):
            folders[:] = [name for name in folders if not name.endswith(MOVED)]
            for file in files:
                if file.endswith(".py") and (found := compiled.get(_identity(Path(folder, file)))):
                    _link(found, Path(folder) / "__pycache__" / found.name)
    stamp.touch()


def _identity(path: Path) -> tuple[int, int]:
    """Return what a file and its links have in common: the disk, and the number on it."""
    found = path.stat()
    return found.st_dev, found.st_ino


def _compiled(prefix: Path) -> dict[tuple[int, int], Path]:
    """Return what is compiled of each source, by the identity that it shares with the file in uv's cache."""
    found = {}
    for path in prefix.glob("lib/python3.*/site-packages/**/__pycache__/*.pyc"):
        source = path.parents[1] / f"{path.name.partition('.')[0]}.py"
        with suppress(FileNotFoundError):
            found[_identity(source)] = path
    return found


def _link(found: Path, there: Path) -> None:
    there.parent.mkdir(exist_ok=True)
    with suppress(FileExistsError):
        os.link(found, there)
