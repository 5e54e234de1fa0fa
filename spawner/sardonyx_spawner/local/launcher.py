"""How servers are started: what every way of starting one has, and the plain one."""

import os
import resource
import subprocess
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sardonyx_spawner import contract
from sardonyx_spawner.local.address import Address, reserved_port
from sardonyx_spawner.local.folders import ServerFolders
from sardonyx_spawner.local.gpu_allotment import GivenGpus
from sardonyx_spawner.local.process import MARK, ProcessId, began, end
from sardonyx_spawner.open_files import BEGUN_WITH, MOST

Tell = Callable[[str, str], None]
"""Tells the person what is going on: a message and its state, which is now, done or warn."""


@dataclass(frozen=True)
class Places:
    """Where a server has its files, as it sees them itself.

    Args:
        progress: "" = it tells its progress in another way.
    """

    temporary: str
    plan: str
    token: str
    progress: str = ""
    runtime: str = ""


@dataclass(frozen=True)
class LaunchRequest:
    """What an engine needs to start a server.

    Args:
        prefix: folder of the Python environment.
        address: where the server is to listen.
        arguments: for the single-user server.
        name: how the person is called.
        owner: number of the user that it runs under; None = the hub's.
        memory: bytes; None = no limit.
        home_size: bytes of a fresh home; None = as many as usual.
        gpus: that it may use; None = no GPU.
        tell: tells the person what is going on.
    """

    prefix: Path
    address: Address
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    folders: ServerFolders
    log: Path
    name: str
    owner: int | None = None
    memory: int | None = None
    home_size: int | None = None
    cpu: float | None = None
    gpus: GivenGpus | None = None
    tell: Tell = lambda _message, _state: None


class Launcher(Protocol):
    """A way to start servers.

    Args:
        hides_devices: a server can open no device but its own.
    """

    hides_devices: bool

    async def choose(self, prefix: Path) -> "Launcher":
        """Return the launcher for servers of an environment on this machine: this one, or another."""
        ...

    def may_start(self, *, is_admin: bool) -> bool:
        """Tell whether a server may start, by whether its owner is an administrator."""
        ...

    def places(self, folders: ServerFolders) -> Places:
        """Return where a server will see its files."""
        ...

    def address(self, folders: ServerFolders) -> AbstractContextManager[Address]:
        """Keep an address free for a server until it listens there."""
        ...

    def owner(self, folders: ServerFolders) -> int | None:
        """Return the number of the user that a person's servers run under; None = the hub's."""
        ...

    async def start(self, request: LaunchRequest) -> ProcessId:
        """Start a server and return its process."""
        ...

    async def wait_until_ready(self, process: ProcessId) -> None:
        """Return when the server said that it is ready, or at once if this launcher does not hear of that."""
        ...

    async def exit_code(self, process: ProcessId) -> int | None:
        """Return the exit code if it is known; -9 for a server that signal 9 ended."""
        ...

    async def end(self, process: ProcessId, folders: ServerFolders, patience_s: float) -> None:
        """End a server and everything that it started."""
        ...

    def knows(self, process: ProcessId) -> None:
        """Take note of a server that an earlier hub started, and that this one has found again."""
        ...

    def killed_for_memory(self, folders: ServerFolders) -> int:
        """Return how many processes of a server were ended because it used more memory than it may; 0 if unknown."""
        ...


class ChildProcessLauncher:
    """Starts each server as a child process; servers are not isolated from each other.

    Args:
        accept_not_isolated: start those of everybody all the same, not only those of administrators.
    """

    hides_devices = False

    def __init__(self, *, accept_not_isolated: bool = False) -> None:
        self._accept = accept_not_isolated
        self._children: dict[int, subprocess.Popen[bytes]] = {}

    async def choose(self, _prefix: Path) -> Launcher:
        """Return this one."""
        return self

    def may_start(self, *, is_admin: bool) -> bool:
        """Tell whether a server may start: code in it could read and change what others have."""
        return is_admin or self._accept

    def places(self, folders: ServerFolders) -> Places:
        """Return the places that the files have for everybody."""
        private = folders.private
        return Places(
            temporary=str(folders.temporary),
            plan=str(private / contract.PLAN_FILE),
            progress=str(private / contract.PROGRESS_FILE),
            token=str(private / contract.TOKEN_FILE_NAME),
        )

    def address(self, _folders: ServerFolders) -> AbstractContextManager[Address]:
        """Keep a port free: whoever can list a server's processes could find its socket, too."""
        return reserved_port()

    def owner(self, _folders: ServerFolders) -> int | None:
        """Return the hub's own user."""
        return None

    async def start(self, request: LaunchRequest) -> ProcessId:
        """Start a server in a session of its own, so that the terminal's Ctrl-C does not reach it.

        Raises:
            OSError: it could not be started.
        """
        # A new file: what a person's code may have put there instead, such as a pipe, would hold up the hub.
        descriptor = os.open(request.log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            child = subprocess.Popen(  # noqa: ASYNC220 - a fork, not a wait
                [str(request.prefix / "bin" / "python"), "-m", "sardonyx_singleuser", *request.arguments],
                env=dict(request.environment),
                cwd=request.folders.home,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
                umask=0o077,
            )
        finally:
            os.close(descriptor)
        # It has imported nothing yet; whoever may not change that has as many as the hub.
        with suppress(OSError):
            resource.prlimit(child.pid, resource.RLIMIT_NOFILE, (BEGUN_WITH, MOST))
        self._children[child.pid] = child
        return ProcessId(child.pid, began(child.pid) or 0)

    async def wait_until_ready(self, process: ProcessId) -> None:
        """Return at once."""

    async def exit_code(self, process: ProcessId) -> int | None:
        """Return the exit code of a child that ended, and reap it."""
        child = self._children.get(process.pid)
        code = child.poll() if child is not None else None
        if code is not None:
            del self._children[process.pid]
        return code

    async def end(self, process: ProcessId, folders: ServerFolders, patience_s: float) -> None:
        """End the family of processes."""
        await end(process, f"{MARK}{folders.private / contract.PLAN_FILE}", patience_s)

    def knows(self, process: ProcessId) -> None:
        """Nothing is remembered of it."""

    def killed_for_memory(self, _folders: ServerFolders) -> int:
        """Return 0: nothing is limited."""
        return 0
