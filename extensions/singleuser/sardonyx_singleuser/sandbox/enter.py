"""The way into a sandbox, for a process that was made in fresh namespaces: the order of the steps is what isolates.

Two levels. An unprivileged hub's children are made in a user namespace too, and stay its user. A root hub's children
put up their file system as root, then become a user of their own, and only then enter a user namespace: so their
mounts belong to root, and nobody in the sandbox has a right over them.
"""

import errno
import os
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sardonyx_singleuser.sandbox import calls, keyrings
from sardonyx_singleuser.sandbox.layout import JUPYTER, Sandbox, Show, layout
from sardonyx_singleuser.sandbox.root import Root

NAMESPACES = calls.CLONE_NEWNS | calls.CLONE_NEWPID | calls.CLONE_NEWIPC | calls.CLONE_NEWUTS
OOM_SCORE = "300"
"""Where the machine has no memory left, a server goes before the hub, the proxy and the store."""
FOR_ALL, FOR_GROUP = 0o006, 0o060
"""Rights of a device: everybody may read and write it; its group may do something with it."""
COUNTS_PROCESSES_APART = (5, 14)
"""Since this kernel a user's processes are counted in each user namespace apart (RLIMIT_NPROC).

They count outside, too, against what the hub's user may have: servers of an ordinary hub share that.
"""
SHARE, LEAST = 4, 256
"""One server may have this part of what that user may have, but so many in any case: less would be no server."""

WATCHED = {"max_inotify_instances": ("max_user_instances", 32), "max_inotify_watches": ("max_user_watches", 4096)}
"""What watches files, counted for each user: its limit in a user namespace, that of the machine, and how many of it a
server may have in any case."""


@dataclass(frozen=True)
class Identity:
    """The user and the group of the hub, by their numbers outside.

    Asked for before the namespaces are made: in a new user namespace everybody is 65534 until numbers are mapped.
    """

    user: int
    group: int

    @classmethod
    def own(cls) -> "Identity":
        """Return those of this process."""
        return cls(os.geteuid(), os.getegid())

    @property
    def is_root(self) -> bool:
        """Whether the hub can give each server a user of its own."""
        return self.user == 0


def namespaces(hub: Identity) -> int:
    """Return the flags for clone(2)."""
    return NAMESPACES if hub.is_root else NAMESPACES | calls.CLONE_NEWUSER


def enter(sandbox: Sandbox, folder: str, hub: Identity) -> None:
    """Enter the sandbox; this process is the first of its process namespace, and goes on with fewer rights.

    Args:
        folder: an empty folder outside, on which the new root is put up.
        hub: whose process this was before its namespaces were made.

    Raises:
        OSError: the system refuses a step; nothing of the server has run yet.
    """
    if hub.is_root == (sandbox.user is None):
        raise OSError("a root hub names a user for each server, and another hub cannot")
    if sandbox.user is not None:
        check_user(sandbox.user)
    user = sandbox.user if sandbox.user is not None else hub.user
    group = sandbox.user if sandbox.user is not None else hub.group
    join(sandbox.cgroups)
    calls.leave_session_keyring()
    if not hub.is_root:
        _map_to_itself(user, group)
    Root(folder, user).enter(layout(sandbox, python_folders(), user, group))
    devices = [f"/dev/{name}" for name in sandbox.devices]
    if hub.is_root:
        os.setgroups(groups_of(devices))
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
        calls.allow_own_proc_files()
        calls.unshare(calls.CLONE_NEWUSER)
        _map_to_itself(user, group)
    check_devices(devices, user)
    # Namespaces in namespaces are where most of the kernel's holes were found.
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    if not hub.is_root:
        _share_watches()
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(OOM_SCORE)
    _limit(sandbox.processes, is_shared=not hub.is_root)
    if sandbox.process_bytes:
        # Not the address space (RLIMIT_AS): Java and Node take a hundred times of that which they never write to.
        resource.setrlimit(resource.RLIMIT_DATA, (sandbox.process_bytes, sandbox.process_bytes))
    calls.drop_privileges()
    if calls.knows_scopes():
        calls.keep_to_own_names()
    keyrings.refuse()
    Path(JUPYTER).mkdir(mode=0o700)


def check_user(user: int) -> None:
    """Make sure that there is such a user: a container whose users are a range of the machine's has 65,536 at most.

    Raises:
        OSError: there is none.
    """
    ranges = (map(int, line.split()) for line in Path("/proc/self/uid_map").read_text().splitlines())
    if not any(first <= user < first + count for first, _, count in ranges):
        raise OSError(
            f"servers would be users from {user} on, whom this container has not, since its users are a range of the"
            " machine's: start it without that, or run Sardonyx as an ordinary user"
        )


def join(cgroups: tuple[str, ...]) -> None:
    """Become a member of control groups."""
    for members in cgroups:
        # 0 is whoever writes: our own number is another one out there.
        Path(members).write_text("0")


def groups_of(devices: Sequence[str]) -> list[int]:
    """Return the groups that have to be joined to open devices, as the one of AMD's GPUs; never the one of root."""
    found = [Path(device).stat() for device in devices]
    closed = [status for status in found if status.st_mode & FOR_ALL != FOR_ALL and status.st_mode & FOR_GROUP]
    return sorted({status.st_gid for status in closed} - {0})


def check_devices(devices: Sequence[str], user: int) -> None:
    """Make sure that the devices can be opened: without them the server would start, and its libraries find nothing.

    Raises:
        OSError: one cannot.
    """
    for device in devices:
        if not os.access(device, os.R_OK):
            raise PermissionError(
                errno.EACCES, f"{device} cannot be opened by user {user}: give it to a group of that user's, or to all"
            )


def python_folders() -> list[Show]:
    """Return where this Python is: the environment and the interpreter that it was made from, under all their names."""
    named = [path for prefix in (sys.base_prefix, sys.prefix) for path in (os.path.realpath(prefix), prefix)]
    return [Show(os.path.realpath(path), path, is_needed=True) for path in named]


def _map_to_itself(user: int, group: int) -> None:
    # Without the first, a group that forbids something to its members could be left (user_namespaces(7)).
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def most_processes(wanted: int, soft: int, hard: int, *, is_shared: bool) -> int:
    """Return how many processes a server may have.

    Args:
        soft: what its user may have outside; -1 = no limit, as for `hard`.
        is_shared: the other servers and the hub have the same user outside.
    """
    least = [wanted]
    if hard != resource.RLIM_INFINITY:
        least.append(hard)
    if is_shared and soft != resource.RLIM_INFINITY:
        least.append(max(LEAST, soft // SHARE))
    return min(least)


def _share_watches() -> None:
    """Leave some to the other servers and the hub, whose user this one has outside."""
    for name, (whole, least) in WATCHED.items():
        # Kernels without inotify have neither.
        with suppress(FileNotFoundError):
            most = int(Path(f"/proc/sys/fs/inotify/{whole}").read_text())
            Path(f"/proc/sys/user/{name}").write_text(str(min(most, max(least, most // SHARE))))


def _limit(processes: int, *, is_shared: bool) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    release = tuple(int("".join(filter(str.isdigit, part)) or 0) for part in os.uname().release.split(".")[:2])
    if release >= COUNTS_PROCESSES_APART:
        most = most_processes(processes, *resource.getrlimit(resource.RLIMIT_NPROC), is_shared=is_shared)
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
