"""One environment of a person's own: what a folder is, told by its files and without running anything of it."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sardonyx_singleuser.language import _

Kind = Literal["venv", "conda", "renv"]
NAMES = (".venv", "venv", "env")
"""How the environment of a project is called that lies in it; the first is taken where there are several."""
VENV, CONDA = "pyvenv.cfg", "conda-meta"
RENV = ("renv.lock", "renv/activate.R")
PREFIX = "env-"
"""So begin the names of their kernels."""
MOST_BYTES = 1 << 20
_PLAIN = re.compile(r"[a-z0-9.-]")
_ESCAPED = re.compile(rb"_([0-9a-f]{2})")
_CONDA_PYTHON = re.compile(r"python-(\d+\.\d+)\.[^-]*-[^-]*\.json")


@dataclass(frozen=True)
class Environment:
    """One.

    Args:
        place: where it is, from the home: "stats-101/.venv".
        version: of its Python, "3.11"; "" = it is not known, or it is for R.
        is_broken: it is not all there: its Python is gone.
    """

    folder: Path
    place: str
    kind: Kind
    version: str = ""
    is_broken: bool = False

    @property
    def name(self) -> str:
        """The name of its kernel, from which its place can be read: it is the same in each server, and nothing is written down.

        Jupyter wants letters, digits, and "-._" in it, and makes no difference between large and small letters.
        """
        letters = (chr(byte) for byte in os.fsencode(self.place))
        return PREFIX + "".join(letter if _PLAIN.match(letter) else f"_{ord(letter):02x}" for letter in letters)

    @property
    def title(self) -> str:
        """What JupyterLab calls it."""
        place = self.place.encode(errors="replace").decode()
        if self.kind == "renv":
            return f"R ({place})"
        python = f"Python {self.version}".strip()
        return (
            _("{python} ({place}, broken)").format(python=python, place=place)
            if self.is_broken
            else f"{python} ({place})"
        )

    @property
    def project(self) -> str | None:
        """The folder whose notebooks it is for, from the home; "" is the home itself, None = it is for no folder."""
        if self.kind == "renv":
            return self.place
        folder, _slash, last = self.place.rpartition("/")
        return folder if last in NAMES else None

    @property
    def rank(self) -> int:
        """Which of several of a project is meant when none is named: the lowest."""
        last = self.place.rpartition("/")[2]
        return NAMES.index(last) if self.kind != "renv" and last in NAMES else len(NAMES)


def look(folder: Path, home: Path) -> Environment | None:
    """Return the environment that a folder of the home is; None = it is none, or it leads out of the home.

    Args:
        home: without links in it.
    """
    if not is_in(folder, home):
        return None
    place = str(folder.relative_to(home))
    if _is_file(folder / VENV):
        return Environment(folder, place, "venv", _version_of(folder), not has_python(folder))
    if (folder / CONDA).is_dir():
        version = _conda_version(folder)
        # Some are for other languages only.
        return Environment(folder, place, "conda", version, not has_python(folder)) if version else None
    if all(_is_file(folder / name) for name in RENV):
        return Environment(folder, place, "renv")
    return None


def named(name: str, home: Path) -> Environment | None:
    """Return the environment whose kernel has a name; None = there is none.

    Args:
        home: without links in it.
    """
    if not name.startswith(PREFIX):
        return None
    place = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), os.fsencode(name.removeprefix(PREFIX)))
    folder = home / os.fsdecode(place)
    # Only the name that we would give it, and no other way to the same folder.
    if ".." in folder.parts or b"\0" in place or Environment(folder, os.fsdecode(place), "venv").name != name:
        return None
    with suppress(OSError):
        return look(folder, home)
    return None


def is_in(folder: Path, home: Path) -> bool:
    """Tell whether a folder is in the home, below it, wherever the links in its path lead."""
    try:
        return folder != home and folder.is_relative_to(home) and folder.resolve(strict=True).is_relative_to(home)
    except (OSError, RuntimeError):
        # Links in a circle are a RuntimeError before Python 3.13.
        return False


def python_in(folder: Path) -> Path:
    """Return the Python of an environment, whether it is there or not."""
    return folder / "bin" / "python"


def has_python(folder: Path) -> bool:
    """Tell whether the Python of an environment is there: what it leads to may be gone, after an upgrade."""
    return os.access(python_in(folder), os.X_OK) and python_in(folder).is_file()


def beside(file: Path, home: Path) -> Iterator[Path]:
    """Yield the environments beside a file in the home, and above it: the nearest first."""
    for folder in file.parents:
        if not folder.is_relative_to(home):
            break
        yield from (folder / name for name in NAMES if has_python(folder / name))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _version_of(folder: Path) -> str:
    """Return the version that stands in a pyvenv.cfg: each program that makes them calls it otherwise."""
    with suppress(OSError), (folder / VENV).open(errors="replace") as file:
        for line in file.read(MOST_BYTES).splitlines():
            key, _sign, value = line.partition("=")
            if key.strip() in {"version", "version_info"} and value.count(".") >= 1:
                return ".".join(value.strip().split(".")[:2])
    return ""


def _conda_version(folder: Path) -> str:
    with suppress(OSError):
        found = (_CONDA_PYTHON.fullmatch(name.name) for name in (folder / CONDA).glob("python-*.json"))
        return next((match[1] for match in found if match), "")
    return ""
