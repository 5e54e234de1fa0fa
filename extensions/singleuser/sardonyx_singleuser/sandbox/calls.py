"""System calls that Python 3.11 has no function for: namespaces, mounts, capabilities.

The standard library has some of them from 3.12 on (`os.unshare`); raw clone, mount and pivot_root it has in no release.
"""

import ctypes
import errno
import os
import platform
import select
import signal
import threading
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_PARENT = 0x00008000
CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID = 0x00200000, 0x01000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 0x1, 0x2, 0x4, 0x8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20, 0x1000, 0x4000, 0x40000
MNT_DETACH = 2
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC = 0x1, 0x2, 0x4, 0x8

PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 24, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
PR_GET_TID_ADDRESS = 40
CAPABILITY_VERSION_3 = 0x20080522
KEYCTL_JOIN_SESSION_KEYRING = 1
LANDLOCK_VERSION, LANDLOCK_SCOPES = 1, 6
"""Asks for the version of Landlock; the one from which on it has scopes (Linux 6.12)."""
SCOPE_ABSTRACT_UNIX_SOCKET = 1
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1, 4

STDOUT, STDERR = 1, 2
HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
"""What a server's first process does something of its own with; what it forks does not."""
LAST = 0xFFFFFFFF

SAME = {"close_range": 436, "mount_setattr": 442, "landlock_create_ruleset": 444, "landlock_restrict_self": 446}
NUMBERS = {
    "x86_64": {"clone": 56, "pivot_root": 155, "keyctl": 250, "seccomp": 317, **SAME},
    "aarch64": {"clone": 220, "pivot_root": 41, "keyctl": 219, "seccomp": 277, **SAME},
}
"""Numbers of calls without a wrapper in the C library, by machine."""

_libc = ctypes.CDLL(None, use_errno=True)
# Keeps the interpreter's lock across the call: a child of clone must wake up holding it.
_python = ctypes.PyDLL(None, use_errno=True)


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


class _Rules(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _Filter(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_char_p))


class _PollFile(ctypes.Structure):
    _fields_ = (("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityData(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def is_known_machine() -> bool:
    """Tell whether the numbers of all calls are known here."""
    return platform.machine() in NUMBERS


def clone(flags: int) -> int:
    """Make a child in fresh namespaces; return 0 in the child, and its number in the parent.

    Only for a process with one thread. The C library does not learn of this child, so the child should do little
    more than fork() again: its own idea of the thread's number is still the parent's.

    Raises:
        OSError: the system refuses it.
    """
    return _clone(flags | signal.SIGCHLD, None)


def clone_sibling() -> int:
    """Make a child of our own parent, as fork() would make one of ours; return 0 in it, and its number here.

    Only for a process with one thread, which was itself made by fork(). The child may be anything: the C library's idea
    of its thread is corrected as fork() does it, through the address that fork() has left with the kernel.

    Raises:
        OSError: the system refuses it, or does not tell the address (it was built without CONFIG_CHECKPOINT_RESTORE).
    """
    address = ctypes.c_void_p()
    _check(_libc.prctl(PR_GET_TID_ADDRESS, ctypes.byref(address), 0, 0, 0), "prctl PR_GET_TID_ADDRESS")
    if not address.value or ctypes.c_int.from_address(address.value).value != threading.get_native_id():
        raise OSError(errno.ENOSYS, "the C library's note of the thread's number is not where it should be")
    return _clone(CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | signal.SIGCHLD, address)


def fork_two(kept: int, output: int) -> tuple[int, int]:
    """Fork a child as os.fork() does, and first of all a child of its own, that sleeps until it can read from a file.

    What Python does after a fork writes to 0.9 MB of memory that could be shared. The one that sleeps is made before
    its parent does so, and does so itself when it wakes up. Until then it has `kept` and the first three files open,
    writes to `output`, leads a session of its own, and ends by signals.

    Args:
        kept: the file to wait for, not one of the first three.
        output: where it writes to.

    Returns:
        The child's number, 0 in it and in the one that sleeps; that one's number, 0 in it, -1 in the parent, and in a
        child that the system refuses it.

    Raises:
        OSError: the system refuses the child.
    """
    waiting, close_range = _PollFile(kept, select.POLLIN), ctypes.c_long(NUMBERS[platform.machine()]["close_range"])
    # One that is empty is refused. Linux 5.9 has the call; the mounts of a sandbox need more.
    ranges = [(ctypes.c_uint(first), ctypes.c_uint(last)) for first, last in ((STDERR + 1, kept - 1), (kept + 1, LAST))]
    ending = [ctypes.c_int(number) for number in HANDLED]
    _python.PyOS_BeforeFork()
    child = int(_python.fork())
    if child != 0:
        code = ctypes.get_errno()
        _python.PyOS_AfterFork_Parent()
        if child < 0:
            raise OSError(code, f"fork: {os.strerror(code)}")
        return child, -1
    asleep = int(_python.fork())
    if asleep == 0:
        _python.setsid()
        for standard in (STDOUT, STDERR):
            _python.dup2(ctypes.c_int(output), ctypes.c_int(standard))
        for first, last in ranges:
            _python.syscall(close_range, first, last, ctypes.c_uint(0))
        for number in ending:
            _python.signal(number, None)
        _python.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        while _python.poll(ctypes.byref(waiting), ctypes.c_ulong(1), ctypes.c_int(-1)) < 0:
            pass
    _python.PyOS_AfterFork_Child()
    return 0, asleep


def _clone(flags: int, thread: ctypes.c_void_p | None) -> int:
    _python.PyOS_BeforeFork()
    number = ctypes.c_long(NUMBERS[platform.machine()]["clone"])
    # The fourth or the fifth is the address of the thread's number, by machine; the other one is not looked at.
    found = int(_python.syscall(number, ctypes.c_ulong(flags), None, None, thread, thread))
    if found == 0:
        _python.PyOS_AfterFork_Child()
        return 0
    code = ctypes.get_errno()
    _python.PyOS_AfterFork_Parent()
    if found < 0:
        raise OSError(code, f"clone: {os.strerror(code)}")
    return found


def unshare(flags: int) -> None:
    """Enter new namespaces (unshare(2))."""
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, options: str | None = None) -> None:
    """Mount (mount(2))."""
    found = _libc.mount(_text(source), _text(target), _text(kind), ctypes.c_ulong(flags), _text(options))
    _check(found, f"mount {source} on {target}")


def restrict(target: str, attributes: int) -> None:
    """Set attributes of a mount and of all below it, in one call that keeps those already set (mount_setattr(2))."""
    wanted = _MountAttributes(attributes, 0, 0, 0)
    arguments = (_text(target), ctypes.c_uint(AT_RECURSIVE), ctypes.byref(wanted), ctypes.sizeof(wanted))
    _check(_call("mount_setattr", ctypes.c_int(AT_FDCWD), *arguments), f"mount_setattr {target}")


def pivot_root_here() -> None:
    """Make the working folder the root, and take the old root away with all that is mounted in it (pivot_root(2))."""
    _check(_call("pivot_root", b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", MNT_DETACH), "umount of the old root")
    os.chdir("/")


def allow_own_proc_files() -> None:
    """Give /proc/self to this process again, as after a change of its user."""
    _check(_libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl PR_SET_DUMPABLE")


def close_own_proc_files() -> None:
    """Keep others of the same user out of /proc/self, of the memory and of the open files of this process (ptrace(2))."""
    _check(_libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl PR_SET_DUMPABLE")


def drop_privileges() -> None:
    """Give up all capabilities, and the right to win new ones by executing a file."""
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl PR_SET_NO_NEW_PRIVS")
    _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        # Refused where there is nothing to drop, as after a change of the user.
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header, nothing = _CapabilityHeader(CAPABILITY_VERSION_3, 0), (_CapabilityData * 2)()
    _check(_libc.capset(ctypes.byref(header), nothing), "capset")


def leave_session_keyring() -> None:
    """Use a keyring of one's own; the hub's is inherited otherwise. Not all kernels have keyrings."""
    _call("keyctl", ctypes.c_int(KEYCTL_JOIN_SESSION_KEYRING), None)


def knows_scopes() -> bool:
    """Tell whether the system can keep a process to abstract names of its own, see `keep_to_own_names`."""
    version = _call("landlock_create_ruleset", None, ctypes.c_size_t(0), ctypes.c_uint(LANDLOCK_VERSION))
    return version >= LANDLOCK_SCOPES


def keep_to_own_names() -> None:
    """Let this process, and all that it starts, reach no socket with an abstract name but those made by one of them.

    Such names, as of an X server, belong to the network namespace, and no right of a file is asked for them. Only after
    `drop_privileges`. Signals need no scope: outside of a process namespace nobody has a number to send one to.

    Raises:
        OSError: the system refuses it.
    """
    rules = _Rules(0, 0, SCOPE_ABSTRACT_UNIX_SOCKET)
    size, none = ctypes.c_size_t(ctypes.sizeof(rules)), ctypes.c_uint(0)
    made = _call("landlock_create_ruleset", ctypes.byref(rules), size, none)
    _check(min(made, 0), "landlock_create_ruleset")
    try:
        _check(_call("landlock_restrict_self", ctypes.c_int(made), none), "landlock_restrict_self")
    finally:
        os.close(made)


def filter_calls(program: bytes) -> None:
    """Let a filter decide about each call of this process and of all that it starts; only after `drop_privileges`.

    Args:
        program: of classic BPF (seccomp(2)), in steps of eight bytes.

    Raises:
        OSError: the system refuses it.
    """
    wanted = _Filter(len(program) // 8, program)
    # Without the flag, kernels before 5.16 slow down all programs that have a filter.
    flags = ctypes.c_uint(SECCOMP_FILTER_FLAG_SPEC_ALLOW)
    _check(_call("seccomp", ctypes.c_uint(SECCOMP_SET_MODE_FILTER), flags, ctypes.byref(wanted)), "seccomp")


def _call(name: str, *arguments: object) -> int:
    return int(_libc.syscall(ctypes.c_long(NUMBERS[platform.machine()][name]), *arguments))


def _text(value: str | None) -> bytes | None:
    return None if value is None else os.fsencode(value)


def _check(found: int, what: str) -> None:
    if found != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
