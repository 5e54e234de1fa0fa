"""What a sandbox shows, decided without touching anything: parts of a file system, in the order in which they are put up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/etc", "/sys/devices/system")
"""Shown read-only, where it is there: programs, libraries, their configuration, and how many processors there are."""
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
OWN = "/run/sardonyx"
"""This server's own folder, in memory: its plan and token, sockets of its kernels."""
OWN_BYTES = 64 << 20
GROUPS = "/sys/fs/cgroup"
"""Where programs look for what they may use: the server's own control groups, to read."""
CONTROLLERS = ("memory", "cpu", "pids")
UNIFIED = "unified"
"""As systemd calls version 2 where both are."""
JUPYTER = f"{OWN}/jupyter"
PLAN = f"{OWN}/plan.json"


@dataclass(frozen=True)
class Folder:
    """An empty folder."""

    target: str


@dataclass(frozen=True)
class Show:
    """Something of the machine; where a link stands, the same link is made.

    Args:
        is_needed: it is an error if it is not there.
    """

    source: str
    target: str
    is_writable: bool = False
    is_needed: bool = False


@dataclass(frozen=True)
class Device:
    """A character device of the machine, to read and write."""

    source: str
    target: str


@dataclass(frozen=True)
class Reach:
    """What a link of the machine leads to, where the sandbox does not show it yet."""

    link: str


@dataclass(frozen=True)
class Memory:
    """A folder in memory, of a size."""

    target: str
    bytes: int
    mode: int
    is_executable: bool = False


@dataclass(frozen=True)
class Hide:
    """Something below a part that is shown, and must not be."""

    target: str


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    target: str
    to: str


@dataclass(frozen=True)
class Text:
    """A file that nobody can change."""

    target: str
    text: str


Part = Folder | Show | Device | Reach | Memory | Hide | Link | Text


@dataclass(frozen=True)
class Sandbox:
    """What one server is given; the hub decides it.

    Args:
        home: the person's files.
        plan: the plan's file outside.
        name: how the person is called.
        user: number of the user to become; None = stay the one of the hub.
        hidden: what of the machine must not be seen, under whatever name it is shown; without links.
        readable: more of the machine that is shown, read-only.
        home_bytes: 0 = the home is a folder of the machine; else it is an empty one in memory, of this size.
        tmp_bytes: size of /tmp and of /dev/shm, which are in memory.
        processes: how many processes and threads it may have.
        process_bytes: how much memory of its own each process may have (RLIMIT_DATA); 0 = no limit.
        cgroups: files to write 0 to, each of a control group: whoever writes it, and is one thread, becomes a member.
        dev: the folder of the machine's devices.
        devices: names of device nodes in it that are shown, such as those of a GPU; they are in /dev then.
    """

    home: str
    plan: str
    name: str
    user: int | None = None
    hidden: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    home_bytes: int = 0
    tmp_bytes: int = 512 << 20
    processes: int = 4096
    process_bytes: int = 0
    cgroups: tuple[str, ...] = ()
    dev: str = "/dev"
    devices: tuple[str, ...] = ()


def layout(sandbox: Sandbox, python: Sequence[Show], user: int, group: int) -> tuple[Part, ...]:
    """Return the parts of a server's file system.

    Args:
        python: folders of the Python environment and of the interpreter that it was made from; they may be in what is
            hidden, and what is hidden may be in them.
        user: number of the user who sees it.
        group: number of the group of that user.
    """
    return (
        *_shown([Show(path, path) for path in SYSTEM], sandbox.hidden),
        Text("/etc/passwd", _passwd(sandbox, user, group)),
        Text("/etc/group", _group(sandbox, group)),
        *_groups(sandbox.cgroups),
        *_devices(sandbox.tmp_bytes),
        *(Device(f"{sandbox.dev}/{name}", f"/dev/{name}") for name in sandbox.devices),
        Memory("/tmp", sandbox.tmp_bytes, 0o1777, is_executable=True),  # noqa: S108 - a /tmp of its own
        Folder("/var"),
        Link("/var/tmp", "../tmp"),  # noqa: S108 - the same one
        Link("/var/run", "../run"),
        Memory(OWN, OWN_BYTES, 0o700),
        Folder("/proc"),
        Reach("/etc/resolv.conf"),
        # From here on things may lie in one that is above, such as an environment in /tmp; so the order matters.
        *_shown([Show(path, path) for path in sandbox.readable], sandbox.hidden),
        *_shown(python, sandbox.hidden),
        Show(sandbox.plan, PLAN, is_needed=True),
        _home(sandbox),
    )


def _shown(shows: Sequence[Show], hidden: Sequence[str]) -> Iterator[Part]:
    """Yield what is shown, outer folders before those in them, each with what is hidden in it, under its name there."""
    for show in sorted(dict.fromkeys(shows), key=lambda show: len(PurePath(show.target).parts)):
        yield show
        for path in sorted(map(PurePath, hidden)):
            if path.is_relative_to(show.source):
                yield Hide(str(PurePath(show.target) / path.relative_to(show.source)))


def _groups(members: Sequence[str]) -> Iterator[Part]:
    """Yield the server's own groups: on version 1 one for each hierarchy, with the name of what it counts."""
    for folder in (PurePath(path).parent for path in members):
        counted = [name for part in folder.parts for name in part.split(",") if name in CONTROLLERS]
        name = counted[0] if counted else "" if len(members) == 1 else UNIFIED
        yield Show(str(folder), str(PurePath(GROUPS) / name))


def _home(sandbox: Sandbox) -> Part:
    if sandbox.home_bytes:
        return Memory(sandbox.home, sandbox.home_bytes, 0o700, is_executable=True)
    return Show(sandbox.home, sandbox.home, is_writable=True, is_needed=True)


def _devices(tmp_bytes: int) -> tuple[Part, ...]:
    return (
        Folder("/dev"),
        *(Show(f"/dev/{name}", f"/dev/{name}", is_writable=True) for name in DEVICES),
        Link("/dev/fd", "/proc/self/fd"),
        *(Link(f"/dev/{name}", f"/proc/self/fd/{number}") for number, name in enumerate(("stdin", "stdout", "stderr"))),
        Link("/dev/ptmx", "pts/ptmx"),
        Memory("/dev/shm", tmp_bytes, 0o1777),  # noqa: S108 - one of its own
    )


def _account(name: str) -> str:
    # What a name may hold in these files; a colon would begin the next field.
    clean = "".join(letter if letter.isalnum() or letter in "._-@" else "_" for letter in name)
    return clean.lstrip("-") or "person"


def _passwd(sandbox: Sandbox, user: int, group: int) -> str:
    lines = {
        0: "root:x:0:0:root:/:/usr/sbin/nologin",
        65534: "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin",
        user: f"{_account(sandbox.name)}:x:{user}:{group}::{sandbox.home}:/bin/bash",
    }
    return "".join(f"{line}\n" for line in lines.values())


def _group(sandbox: Sandbox, group: int) -> str:
    lines = {0: "root:x:0:", 65534: "nogroup:x:65534:", group: f"{_account(sandbox.name)}:x:{group}:"}
    return "".join(f"{line}\n" for line in lines.values())
