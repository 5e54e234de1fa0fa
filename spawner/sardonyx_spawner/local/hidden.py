"""What servers must not see of the machine: folders of the hub, and secrets that lie where sandboxes show something.

A hub of an ordinary user has the same user as its servers, so rights alone keep nothing from them.
"""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FOR_OTHERS = 0o007


@dataclass(frozen=True)
class Hidden:
    """What the settings name; it may be links, and these may lead elsewhere tomorrow.

    Args:
        folders: with all in them.
        secrets: files that hold one.
    """

    folders: tuple[Path, ...] = ()
    secrets: tuple[Path, ...] = ()


def paths_to_hide(
    hidden: Hidden, prefix: Path, real: Callable[[Path], Path], is_closed: Callable[[Path], bool]
) -> tuple[Path, ...]:
    """Return what has to be hidden, by its real path, outer folders first.

    A secret's folder goes with it if it is closed to others: so is what replaces the file while a server runs, and a
    copy of it. Not if it is the folder of the environment, which the server needs.

    Args:
        prefix: the environment of the server.
        real: follows all links.
        is_closed: tells whether a folder has no rights for others.
    """
    found = {real(folder) for folder in hidden.folders}
    for named in hidden.secrets:
        secret = real(named)
        is_apart = is_closed(secret.parent) and secret.parent != real(prefix)
        found.add(secret.parent if is_apart else secret)
    # Also what is in another one: an environment in there is shown all the same.
    return tuple(sorted(found))


def hidden_here(hidden: Hidden, prefix: Path) -> tuple[str, ...]:
    """Return what has to be hidden on this machine, as it is now."""
    return tuple(map(str, paths_to_hide(hidden, prefix, lambda path: Path(os.path.realpath(path)), _is_closed)))


def _is_closed(folder: Path) -> bool:
    with suppress(OSError):
        return not stat.S_IMODE(folder.stat().st_mode) & FOR_OTHERS
    return False
