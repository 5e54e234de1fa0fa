"""Puts up a server's file system: a small one in memory, into which parts of the machine are bound."""

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sardonyx_singleuser.sandbox.calls import (
    MOUNT_ATTR_NODEV,
    MOUNT_ATTR_NOEXEC,
    MOUNT_ATTR_NOSUID,
    MOUNT_ATTR_RDONLY,
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    mount,
    pivot_root_here,
    restrict,
)
from sardonyx_singleuser.sandbox.layout import Device, Folder, Hide, Link, Memory, Part, Reach, Show, Text

ROOT_BYTES = 16 << 20
READ_ONLY = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID
KEYS = ("/proc/keys", "/proc/key-users")
"""They list keys by their user, whatever the namespace."""


@dataclass(frozen=True)
class Root:
    """A root that is put up in an empty folder.

    Args:
        folder: the empty folder, outside.
        user: number of the user who owns what can be written.
    """

    folder: str
    user: int

    def enter(self, parts: Sequence[Part]) -> None:
        """Put it up and make it the root of this process; the old root is gone.

        Only in a mount namespace of one's own, and as the first process of a process namespace.

        Raises:
            OSError: the system refuses a part of it; names which.
        """
        # Nothing that is mounted from here on reaches the machine, or comes from there.
        mount("none", "/", None, MS_REC | MS_PRIVATE)
        umask = os.umask(0o022)
        mount("tmpfs", self.folder, "tmpfs", MS_NOSUID | MS_NODEV, f"size={ROOT_BYTES},mode=755")
        for part in parts:
            self._put(part)
        mount("devpts", self._make("/dev/pts"), "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")
        mount("proc", self._at("/proc"), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
        for keys in KEYS:
            self._hide(keys)
        flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV
        mount("none", self.folder, None, flags)
        os.umask(umask)
        os.chdir(self.folder)
        pivot_root_here()

    def _at(self, path: str) -> str:
        return self.folder + path

    def _make(self, path: str) -> str:
        inside = self._at(path)
        Path(inside).mkdir(parents=True, exist_ok=True)
        return inside

    def _put(self, part: Part) -> None:
        match part:
            case Folder(target):
                self._make(target)
            case Link(target, to):
                Path(self._at(target)).symlink_to(to)
            case Text(target, text):
                self._text(target, text)
            case Memory():
                self._memory(part)
            case Show():
                self._show(part)
            case Device():
                self._device(part)
            case Reach(link):
                self._reach(link)
            case Hide(target):
                self._hide(target)

    def _memory(self, part: Memory) -> None:
        flags = MS_NOSUID | MS_NODEV | (0 if part.is_executable else MS_NOEXEC)
        options = f"size={part.bytes},mode={part.mode:o},uid={self.user},gid={self.user}"
        mount("tmpfs", self._make(part.target), "tmpfs", flags, options)

    def _show(self, part: Show) -> None:
        try:
            status = os.lstat(part.source)
        except FileNotFoundError:
            if part.is_needed:
                raise
            return
        target = self._at(part.target)
        if stat.S_ISLNK(status.st_mode):
            if part.is_needed:
                raise OSError(f"{part.source} is a link, and has to be what it leads to")
            with suppress(FileExistsError):
                Path(target).symlink_to(Path(part.source).readlink())
            return
        self._bind(part.source, target, is_folder=stat.S_ISDIR(status.st_mode))
        if not part.is_writable:
            restrict(target, READ_ONLY)
        elif not part.source.startswith("/dev/"):
            restrict(target, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

    def _bind(self, source: str, target: str, *, is_folder: bool) -> None:
        if not Path(target).exists():
            if is_folder:
                Path(target).mkdir(parents=True)
            else:
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                Path(target).touch()
        mount(source, target, None, MS_BIND | MS_REC)

    def _device(self, part: Device) -> None:
        if not stat.S_ISCHR(os.lstat(part.source).st_mode):
            raise OSError(f"{part.source} is no character device")
        target = self._at(part.target)
        self._bind(part.source, target, is_folder=False)
        restrict(target, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)

    def _reach(self, link: str) -> None:
        # /etc/resolv.conf often leads to a file below /run, which is not shown.
        found = os.path.realpath(link)
        if Path(found).is_file() and not Path(self._at(found)).exists():
            self._show(Show(found, found))

    def _text(self, target: str, text: str) -> None:
        hidden = Path(self._make("/.sardonyx")) / Path(target).name
        hidden.write_text(text)
        self._bind(str(hidden), self._at(target), is_folder=False)
        restrict(self._at(target), READ_ONLY)

    def _hide(self, target: str) -> None:
        inside = self._at(target)
        try:
            status = os.lstat(inside)
        except (FileNotFoundError, NotADirectoryError):
            return
        if stat.S_ISLNK(status.st_mode):
            raise OSError(f"{target} is a link, and what it leads to would not be hidden")
        if stat.S_ISDIR(status.st_mode):
            mount("tmpfs", inside, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=64k,mode=755")
        else:
            mount("/dev/null", inside, None, MS_BIND)
