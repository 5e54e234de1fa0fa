"""Folders that the operator makes and servers read."""

import os
import stat
from pathlib import Path


def open_to_servers(prefix: Path) -> None:
    """Let servers read and run what is in a folder, and let nobody but its owner write there.

    Under a root hub servers run as users of their own; the folder around stays closed to everybody else.
    """
    for folder, _, files in os.walk(prefix):
        for path in (Path(folder), *(Path(folder, name) for name in files)):
            mode = path.lstat().st_mode
            if not stat.S_ISLNK(mode):
                # Packages keep the rights that whoever packed them had.
                path.chmod((stat.S_IMODE(mode) | (0o055 if mode & stat.S_IXUSR else 0o044)) & ~0o022)
