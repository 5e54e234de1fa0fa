"""One file that a student and their teacher have both changed."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sardonyx_singleuser.git.command import Git


@dataclass(frozen=True)
class Merged:
    """A file that both have changed.

    Args:
        text: what it is now.
        beside: the new version, where it could not be put into the person's.
    """

    text: bytes
    beside: bytes | None = None


def merged(git: Git, path: str, mine: bytes, base: bytes | None, new: bytes | None) -> Merged:
    """Return what becomes of a file that both changed; the person's lines win.

    Args:
        base: as it was for both; None = it was not there.
        new: None = it is gone from the material.
    """
    if new is None or mine == new:
        return Merged(mine)
    if base is None or b"\0" in mine + base + new:
        return Merged(mine, new)
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, text in (("mine", mine), ("base", base), ("new", new)):
            (Path(folder) / name).write_bytes(text)
            names.append(str(Path(folder) / name))
        answer = git.run("merge-file", "-p", "--ours", *names)
    if answer.code != 0:
        return Merged(mine, new)
    text = answer.out.encode(errors="surrogateescape")
    # Lines of both can make a notebook that no longer opens.
    return Merged(mine, new) if path.endswith(".ipynb") and not _is_json(text) else Merged(text)


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
