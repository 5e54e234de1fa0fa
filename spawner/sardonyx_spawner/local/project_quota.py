"""Limits that the file system itself keeps: project quotas of ext4 and XFS, a project for each home.

What is in a home belongs to its project, also what is made in it later; code in a server's user namespace cannot
change that (kernel: `fileattr_set_prepare`). Standard library only: there is no well-kept package for these calls.
"""

import ctypes
import errno
import fcntl
import os
import stat
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sardonyx_spawner.local.trees import entries_below

QUOTACTL_FD = 443
"""The number of quotactl_fd(2), the same on all machines; Linux 5.14."""
Q_GETQUOTA, Q_SETQUOTA, PRJQUOTA = 0x800007, 0x800008, 2
QIF_BLIMITS = 1
BLOCK = 1024
"""The unit of limits, whatever the file system's own is (linux/quota.h)."""
FS_IOC_FSGETXATTR, FS_IOC_FSSETXATTR, PROJINHERIT = 0x801C581F, 0x401C5820, 0x200
ATTRIBUTES = struct.Struct("=5I8x")
"""struct fsxattr: flags, extent size, extents, project, size of extents for copies (linux/fs.h)."""
OPTION = "prjquota"
"""Also what `pquota` is shown as."""

_libc = ctypes.CDLL(None, use_errno=True)


class _Quota(ctypes.Structure):
    _fields_ = (
        ("hard_blocks", ctypes.c_uint64),
        ("soft_blocks", ctypes.c_uint64),
        ("used_bytes", ctypes.c_uint64),
        ("hard_files", ctypes.c_uint64),
        ("soft_files", ctypes.c_uint64),
        ("used_files", ctypes.c_uint64),
        ("blocks_time", ctypes.c_uint64),
        ("files_time", ctypes.c_uint64),
        ("valid", ctypes.c_uint32),
    )


@dataclass(frozen=True)
class ProjectQuotas:
    """Those of the file system that a folder is on."""

    folder: Path

    def limit(self, home: Path, project: int, most: int) -> None:
        """Let all files of a home together take at most so much; what is there already counts.

        What a program holds at this moment, with a lease, is left for the next time.

        Args:
            project: a number that no other home has.
            most: bytes; 0 = no limit.

        Raises:
            OSError: the system refuses it.
        """
        quota = _Quota(hard_blocks=-(-most // BLOCK), soft_blocks=0, valid=QIF_BLIMITS)
        self._call(Q_SETQUOTA, project, quota)
        if project_of(home) != project:
            if not all([_give(folder, name, status, project) for folder, name, status in entries_below(home)]):  # noqa: C419 - give each
                return
            # Last: after an interruption the next start begins again.
            parent = os.open(home.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                _give(parent, home.name, home.lstat(), project)
            finally:
                os.close(parent)

    def used(self, project: int) -> int:
        """Return the bytes that the files of a project take.

        Raises:
            OSError: the system does not say.
        """
        quota = _Quota()
        self._call(Q_GETQUOTA, project, quota)
        return int(quota.used_bytes)

    def _call(self, command: int, project: int, quota: _Quota) -> None:
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            wanted = ctypes.c_uint((command << 8) | PRJQUOTA)
            number, about = ctypes.c_long(QUOTACTL_FD), (ctypes.c_uint(folder), wanted, ctypes.c_uint(project))
            if _libc.syscall(number, *about, ctypes.byref(quota)) != 0:
                code = ctypes.get_errno()
                raise OSError(code, f"project quota of {self.folder}: {os.strerror(code)}")
        finally:
            os.close(folder)


def find_quotas(folder: Path) -> tuple[ProjectQuotas | None, str]:
    """Return the project quotas of a folder's file system, or None and why there are none; found by trying."""
    if os.geteuid() != 0:
        return None, "only a hub that runs as root can set them"
    kind, options = mount_of(Path("/proc/self/mountinfo").read_text(), folder.stat().st_dev)
    if OPTION not in options:
        return None, f"{folder} is on a file system ({kind or 'unknown'}) that is not mounted with the option {OPTION}"
    quotas = ProjectQuotas(folder)
    try:
        quotas.used(0)
    except OSError as error:
        return None, str(error.strerror)
    return quotas, ""


def mount_of(mounts: str, device: int) -> tuple[str, frozenset[str]]:
    """Return the kind and the options of the file system with a device number.

    Args:
        mounts: what /proc/self/mountinfo holds (proc(5)).
    """
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts.splitlines():
        about, _, system = line.partition(" - ")
        fields, kind = about.split(), system.split()
        if fields[2] == wanted:
            return kind[0], frozenset(kind[2].split(","))
    return "", frozenset()


def project_of(path: Path) -> int:
    """Return the project of a folder; 0 = none, or the file system knows no projects."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        return int(ATTRIBUTES.unpack(fcntl.ioctl(descriptor, FS_IOC_FSGETXATTR, bytes(ATTRIBUTES.size)))[3])
    except OSError:
        return 0
    finally:
        os.close(descriptor)


def _give(folder: int, name: str, status: os.stat_result, project: int) -> bool:
    """Give a file or a folder to a project; a link or a pipe takes no room of its own and cannot be given.

    Return False where somebody has a lease on it: to open it would wait for them.
    """
    is_folder = stat.S_ISDIR(status.st_mode)
    if not is_folder and not stat.S_ISREG(status.st_mode):
        return True
    with suppress(FileNotFoundError):
        try:
            # A pipe that came into its place would hold up the hub.
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.ENXIO}:
                return True
            raise
        try:
            flags, extent, extents, _, copies = ATTRIBUTES.unpack(
                fcntl.ioctl(descriptor, FS_IOC_FSGETXATTR, bytes(ATTRIBUTES.size))
            )
            wanted = flags | PROJINHERIT if is_folder else flags
            told = ATTRIBUTES.pack(wanted, extent, extents, project, copies)
            fcntl.ioctl(descriptor, FS_IOC_FSSETXATTR, told)
        finally:
            os.close(descriptor)
    return True
