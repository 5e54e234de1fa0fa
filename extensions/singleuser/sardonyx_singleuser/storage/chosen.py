"""Which files of the home are handed in when somebody chooses files and folders, and what is left out and why.

It looks at names and kinds of files, and opens none. What is in a home is its person's: links and odd files are no attack
here, but nobody wants to hand in what they did not see themselves choose.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sardonyx_singleuser.language import N_, _
from sardonyx_singleuser.storage.errors import INVALID, TOO_LARGE, StorageError
from sardonyx_singleuser.storage.store import MULTIPART_COPY_FROM

MOST = 10_000
"""Files and folders that are looked at for one hand-in."""
LARGEST = MULTIPART_COPY_FROM
"""In bytes: so much of a file can still be copied when a class is kept."""
LONGEST_PATH = 900
"""In bytes. S3 takes 1,024, of which the place in the class is some."""
MADE_BY_PROGRAMS = frozenset({"__pycache__", "node_modules"})
ENVIRONMENTS = ("pyvenv.cfg", "conda-meta")
"""What stands in a folder that is an environment of Python."""

HIDDEN = N_("hidden")
MADE = N_("made by programs")
ENVIRONMENT = N_("an environment with installed packages")
GONE = N_("not there any more")
OUTSIDE = N_("a link to something outside of what you chose")
FOLDER_LINK = N_("a link to a folder")
NOWHERE = N_("a link to nothing")
SPECIAL = N_("neither a file nor a folder")
UNREADABLE = N_("cannot be read: you have no right to")
LARGE = N_("larger than 5 GB: nothing so large can be handed in")
NOT_TEXT = N_("its name is not text in UTF-8: give it another name")
ODD_NAME = N_("its name has a backslash or a sign that cannot be seen: give it another name")
LONG_NAME = N_("its name is too long, with those of its folders: give it a shorter one")
USUAL = frozenset({HIDDEN, MADE, ENVIRONMENT})
"""What nobody misses: they are left out without a question."""


@dataclass(frozen=True)
class LeftOut:
    """Something that is not handed in.

    Args:
        path: below the home.
        why: one of the reasons above, to be translated.
    """

    path: str
    why: str


@dataclass(frozen=True)
class Chosen:
    """What was chosen.

    Args:
        files: path below the home -> bytes.
        left_out: what is usual comes last.
    """

    files: dict[str, int]
    left_out: tuple[LeftOut, ...]


def choose(home: Path, paths: Iterable[str]) -> Chosen:
    """Return the files that are handed in when these are chosen.

    Args:
        paths: of files and folders below the home, as JupyterLab has them.

    Raises:
        StorageError: nothing that could be one was named, or there is too much.
    """
    walk = _Walk(home.resolve())
    wanted = list(_outermost(paths))
    for path in wanted:
        walk.take(path)
    if not wanted:
        raise StorageError(_("Choose files or folders of your home to hand in."))
    left_out = sorted(walk.left_out, key=lambda each: (each.why in USUAL, each.path))
    return Chosen(dict(sorted(walk.files.items())), tuple(left_out))


def open_chosen(home: Path, path: str) -> int:
    """Open a file that was chosen, to read; return its number.

    Raises:
        OSError: there is none any more, or it cannot be read.
        StorageError: something else is there by now.
    """
    real = (home / path).resolve()
    if not real.is_relative_to(home.resolve()):
        raise StorageError(_("It is a link out of your home now. Copy what you mean into your home."), INVALID)
    # What waits for somebody to write to it, such as a pipe, is opened at once.
    number = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise StorageError(_("It is no file any more. Choose again what you hand in."), INVALID)
    return number


def name_fault(path: str) -> str:
    """Return what is wrong with a path as a name in the data store, to be translated; "" = nothing."""
    try:
        length = len(path.encode())
    except UnicodeEncodeError:
        return NOT_TEXT
    if "\\" in path or not path.isprintable():
        return ODD_NAME
    return LONG_NAME if length > LONGEST_PATH else ""


def shown(path: str) -> str:
    """Return a path as text: names of files are bytes, and some are no UTF-8."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _outermost(paths: Iterable[str]) -> Iterator[str]:
    """Yield the paths that are in no other one, each once."""
    wanted = {path.strip("/") for path in paths}
    for path in sorted(wanted):
        parts = path.split("/")
        if any(part in {"", ".", ".."} or "\0" in part for part in parts):
            raise StorageError(_("Choose files or folders of your home to hand in."))
        if not any("/".join(parts[:count]) in wanted for count in range(1, len(parts))):
            yield path


@dataclass
class _Walk:
    """Looks at what was chosen, and below."""

    home: Path
    files: dict[str, int] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    _seen: int = 0

    def take(self, path: str) -> None:
        """Take what the person has pointed at."""
        whole = self.home / path
        about = self._led_to(path, self.home)
        if about is None:
            return
        if not stat.S_ISDIR(about.st_mode):
            self._file(path, about)
        elif whole.is_symlink():
            self._leave(path, FOLDER_LINK)
        elif why := _why_folder_is_left_out(whole):
            self._leave(path, why)
        else:
            self._below(path)

    def _below(self, top: str) -> None:
        real = (self.home / top).resolve()
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            for entry in self._entries(folder, top):
                path = f"{folder}/{entry.name}"
                if entry.name.startswith("."):
                    self._leave(path, HIDDEN)
                elif entry.is_symlink():
                    self._link(path, real)
                elif not entry.is_dir(follow_symlinks=False):
                    self._found(path, entry)
                elif why := _why_folder_is_left_out(Path(entry.path)):
                    self._leave(path, why)
                else:
                    waiting.append(path)

    def _entries(self, folder: str, top: str) -> Sequence[os.DirEntry[str]]:
        try:
            with os.scandir(self.home / folder) as scanned:
                found = list(islice(scanned, MOST + 1))
        except OSError:
            self._leave(folder, UNREADABLE)
            return ()
        self._seen += len(found)
        if self._seen > MOST:
            raise StorageError(
                _(
                    "“{name}” has more than 10,000 files and folders in it, which is too much to hand in at once."
                    " Choose less, or make an archive in a terminal: zip -r {archive}.zip {archive}"
                ).format(name=shown(top), archive=shown(top).rpartition("/")[2]),
                TOO_LARGE,
            )
        return found

    def _link(self, path: str, chosen: Path) -> None:
        """Take a file that a link in a chosen folder leads to, if it is in that folder."""
        about = self._led_to(path, chosen)
        if about is None:
            return
        if stat.S_ISDIR(about.st_mode):
            self._leave(path, FOLDER_LINK)
        else:
            self._file(path, about)

    def _led_to(self, path: str, within: Path) -> os.stat_result | None:
        """Return what is where a path leads; None = nothing that can be taken in that folder, and it is left out."""
        whole = self.home / path
        try:
            real = whole.resolve(strict=True)
            about = real.stat()
        except (OSError, RuntimeError) as error:
            # Python before 3.13 has an error of its own for links in a circle.
            self._leave(path, _why_not_opened(whole, error))
            return None
        if not real.is_relative_to(within):
            self._leave(path, OUTSIDE)
            return None
        return about

    def _found(self, path: str, entry: os.DirEntry[str]) -> None:
        try:
            about = entry.stat(follow_symlinks=False)
        except OSError:
            self._leave(path, GONE)
        else:
            self._file(path, about)

    def _file(self, path: str, about: os.stat_result) -> None:
        why = name_fault(path)
        if not stat.S_ISREG(about.st_mode):
            why = SPECIAL
        elif about.st_size > LARGEST:
            why = LARGE
        elif not os.access(self.home / path, os.R_OK):
            why = UNREADABLE
        if why:
            self._leave(path, why)
        else:
            self.files[path] = about.st_size

    def _leave(self, path: str, why: str) -> None:
        self.left_out.append(LeftOut(path, why))


def _why_not_opened(whole: Path, error: Exception) -> str:
    if whole.is_symlink():
        return NOWHERE
    return GONE if isinstance(error, FileNotFoundError | NotADirectoryError) else UNREADABLE


def _why_folder_is_left_out(folder: Path) -> str:
    if folder.name.startswith("."):
        return HIDDEN
    if folder.name in MADE_BY_PROGRAMS:
        return MADE
    return ENVIRONMENT if any((folder / mark).exists() for mark in ENVIRONMENTS) else ""
