"""Trees that are deeper than Python's stack, and than a path can be long, as a person's code can make them."""

import os
import subprocess
from pathlib import Path

DEPTH = 1500


def nest(folder: Path) -> None:
    """Make folders in folders."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(DEPTH):
        os.mkdir("deeper", dir_fd=here)
        below = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def clear(folder: Path) -> None:
    """Remove a folder and all in it, also what is closed: with programs of the system, which do not recurse."""
    subprocess.run(["chmod", "-R", "u+rwx", "--", str(folder)], check=True)
    subprocess.run(["rm", "-rf", "--", str(folder)], check=True)
