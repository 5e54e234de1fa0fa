"""A server as a child process: started in a session of its own, recognised after a hub restart, ended with all it started."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

TICK_S = 0.05
MARK = "SARDONYX_PLAN="
"""Every process of a server has this in its environment, with the path of the server's own plan."""


@dataclass(frozen=True)
class LaunchRequest:
    """What an engine needs to start a server."""

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path


@dataclass(frozen=True)
class ProcessId:
    """A process that cannot be mistaken for another: its id, and when it began in clock ticks since the boot."""

    pid: int
    began: int


class Launcher(Protocol):
    """How servers are started; the fork server takes this place."""

    def start(self, request: LaunchRequest) -> ProcessId:
        """Start a server and return its process."""
        ...

    def exit_code(self, process: ProcessId) -> int | None:
        """Return the exit code if it is known."""
        ...


class ChildProcessLauncher:
    """Starts each server as a child process."""

    def __init__(self) -> None:
        self._children: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, request: LaunchRequest) -> ProcessId:
        """Start a server in a session of its own, so that the terminal's Ctrl-C does not reach it.

        Raises:
            OSError: it could not be started.
        """
        descriptor = os.open(request.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            child = subprocess.Popen(
                list(request.command),
                env=dict(request.environment),
                cwd=request.folder,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
                umask=0o077,
            )
        finally:
            os.close(descriptor)
        self._children[child.pid] = child
        return ProcessId(child.pid, began(child.pid) or 0)

    def exit_code(self, process: ProcessId) -> int | None:
        """Return the exit code of a child that ended, and reap it."""
        child = self._children.get(process.pid)
        code = child.poll() if child is not None else None
        if code is not None:
            del self._children[process.pid]
        return code


def began(pid: int) -> int | None:
    """Return when a process began, or None if there is none or it is a zombie (proc(5), /proc/pid/stat)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def is_alive(process: ProcessId) -> bool:
    """Tell whether this very process runs, and not a later one with its number."""
    return process.pid > 0 and began(process.pid) == process.began


def family(process: ProcessId, mark: str) -> list[int]:
    """Return the server's process and all that carry its mark: kernels, terminals, and what was started in them."""
    found = [process.pid] if is_alive(process) else []
    wanted = mark.encode()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) in found:
            continue
        with suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


async def end(process: ProcessId, mark: str, patience_s: float) -> None:
    """End a server and everything that it started: ask, wait, then force."""
    if is_alive(process):
        _signal([process.pid], signal.SIGTERM)
        await _gone(lambda: not is_alive(process), patience_s)
    for sig, wait_s in ((signal.SIGTERM, 1.0), (signal.SIGKILL, patience_s)):
        left = family(process, mark)
        if not left:
            return
        _signal(left, sig)
        await _gone(lambda: not family(process, mark), wait_s)


def _signal(pids: Sequence[int], sig: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, sig)


async def _gone(is_gone: Callable[[], bool], patience_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            # A process that is not our child tells nobody when it ends: look.
            while not is_gone():  # noqa: ASYNC110
                await asyncio.sleep(TICK_S)
