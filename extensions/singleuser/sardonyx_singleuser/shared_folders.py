"""Ways from the home to volumes beside it, of a class, a team or the whole place: JupyterLab shows the home."""

import os
import sys
from collections.abc import Mapping
from itertools import chain, count
from pathlib import Path

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import _
from sardonyx_singleuser.progress import Progress


def shared_folders(variables: Mapping[str, str]) -> list[Path]:
    """Return the folders that this server shares with others, such as /shared/class."""
    return _folders(variables, contract.SHARED_FOLDERS)


def place_folders(variables: Mapping[str, str]) -> list[Path]:
    """Return the folders with data that the operator gives to servers, such as /data."""
    return _folders(variables, contract.PLACE_FOLDERS)


def _folders(variables: Mapping[str, str], name: str) -> list[Path]:
    return [Path(each) for each in variables.get(name, "").split(os.pathsep) if each]


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


def give_shared(home: Path, progress: Progress) -> None:
    """Let what a class or a team shares, and data that the operator gives, be found in the home."""
    for folder in shared_folders(os.environ):
        if (link := _linked(home, folder)) is None:
            said = _(
                "What you share with others is in {folder}. It is not shown among your files: they are full, or cannot be written."
            )
            progress.say(said.format(folder=folder), "warn")
        else:
            progress.say(_("What you share with others is in the folder {name}").format(name=link.name), "done")
    for folder in place_folders(os.environ):
        if (link := _linked(home, folder)) is None:
            said = _(
                "Data of this place is in {folder}. It is not shown among your files: they are full, or cannot be written."
            )
            progress.say(said.format(folder=folder), "warn")
        else:
            progress.say(_("Data of this place is in the folder {name}").format(name=link.name), "done")


def _linked(home: Path, folder: Path) -> Path | None:
    """Return where a folder is found in the home; None = nowhere, and the server's log says why."""
    try:
        return link_into(home, folder)
    except OSError as error:
        sys.stderr.write(f"Sardonyx: {folder} cannot be linked into the home: {error}\n")
        return None
