"""Whether an environment is still the one that a zygote has imported."""

import os
import site
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

GONE = (FileNotFoundError, NotADirectoryError, PermissionError)
"""What is so until somebody changes it."""


def fingerprint(folders: Sequence[str]) -> frozenset[tuple[str, int]]:
    """Return a value that changes when a package is added, removed or replaced: names and times, about 1 ms.

    Args:
        folders: of installed packages.

    Raises:
        OSError: it cannot be told now, as where too many files are open: that is no change.
    """
    found = set()
    for folder in folders:
        with suppress(*GONE), os.scandir(folder) as entries:
            found.add((folder, Path(folder).stat().st_mtime_ns))
            # An installer writes a package's .dist-info anew, also where it keeps the name.
            infos = [entry for entry in entries if entry.name.endswith((".dist-info", ".egg-info", ".pth"))]
            found |= {(entry.path, entry.stat().st_mtime_ns) for entry in infos}
    return frozenset(found)


def is_changed(made_from: frozenset[tuple[str, int]]) -> bool:
    """Tell whether the environment is another one now, as far as that can be seen."""
    with suppress(OSError):
        return made_from != fingerprint(package_folders())
    return False


def package_folders() -> list[str]:
    """Return where the packages of this Python are."""
    return [folder for folder in site.getsitepackages() if os.path.isdir(folder)]  # noqa: PTH112 - texts in, texts out
