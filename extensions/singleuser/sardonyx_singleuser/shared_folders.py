"""Ways from the home to volumes beside it, of a class, a team or the whole place: JupyterLab shows the home."""

import os
from collections.abc import Mapping
from itertools import chain, count
from pathlib import Path

from sardonyx_singleuser import contract


def shared_folders(variables: Mapping[str, str]) -> list[Path]:
    """Return the folders that this server shares with others, such as /shared/class."""
    return [Path(each) for each in variables.get(contract.SHARED_FOLDERS, "").split(os.pathsep) if each]


def place_folders(variables: Mapping[str, str]) -> list[Path]:
    """Return the folders with data that the operator gives to servers, such as /data."""
    return [Path(each) for each in variables.get(contract.PLACE_FOLDERS, "").split(os.pathsep) if each]


def link_into(home: Path, folder: Path) -> Path:
    """Make a folder be found in the home, and return where: by its own name, or a number after that.

    Nothing that is there is covered or changed: whoever has something of that name keeps it.

    Raises:
        OSError: the home cannot be written.
    """
    for name in chain([folder.name], (f"{folder.name}-{number}" for number in count(2))):
        link = home / name
        if link.is_symlink() and link.readlink() == folder:
            return link
        if not os.path.lexists(link):
            link.symlink_to(folder)
            return link
    raise AssertionError("there is always one more number")
