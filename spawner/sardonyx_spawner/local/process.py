"""Processes of servers: recognised after a hub restart, and ended with all that they started."""

import asyncio
import os
import signal
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

TICK_S = 0.05
MARK = "SARDONYX_PLAN="
"""Every process of a server has this in its environment, with the path of the server's own plan."""
MOST_ROUNDS = 3
"""How often a server's processes are looked for again: something may start others while it is ended."""


@dataclass(frozen=True)
class ProcessId:
    """A process that cannot be mistaken for another, also not for one after the next boot.

    Args:
        began: in clock ticks since the boot, with the boot's own number above the lower 64 bits.
    """

    pid: int
    began: int


NO_PROCESS = ProcessId(0, 0)
BOOT = Path("/proc/sys/kernel/random/boot_id")
"""Another one after each boot, see random(4)."""


class Entry(NamedTuple):
    """A line of the table of processes."""

    parent: int
    session: int
    began: int


def began(pid: int) -> int | None:
    """Return when a process began, or None if there is none or it is a zombie."""
    entry = _entry(pid)
    return None if entry is None else entry.began


def is_alive(process: ProcessId) -> bool:
    """Tell whether this very process runs, and not a later one with its number."""
    return process.pid > 0 and began(process.pid) == process.began


def marked() -> set[str]:
    """Return the plans whose servers run without a sandbox, by the mark in the environment of their processes."""
    found = set()
    for file in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            for variable in file.read_bytes().split(b"\0"):
                if variable.startswith(MARK.encode()):
                    found.add(os.fsdecode(variable[len(MARK) :]))
    return found


def family(process: ProcessId, mark: str) -> list[ProcessId]:
    """Return the server's process and all that came from it: kernels, terminals, and what was started in them.

    Found by descent, by session (a terminal has one of its own) and by the mark in the environment. Only what has
    left all three is missed; to hold that too takes a process namespace.
    """
    table = _table()
    found = {pid for pid in table if _has_mark(pid, mark)}
    if process.pid in table and table[process.pid].began == process.began:
        found.add(process.pid)
    while True:
        sessions = {table[pid].session for pid in found}
        # A session counts whose leader is one of them, or is gone; 0 is one from outside of a container.
        sessions = {leader for leader in sessions if leader in found or leader not in table} - {0}
        grown = {pid for pid, entry in table.items() if entry.parent in found or entry.session in sessions}
        if grown <= found:
            break
        found |= grown
    return [ProcessId(pid, table[pid].began) for pid in sorted(found - {os.getpid()})]


async def end(process: ProcessId, mark: str, patience_s: float) -> None:
    """End a server and everything that it started: ask the server, ask the rest, then force."""
    # Looked up now: what loses its parent in the next seconds could not be told from a stranger.
    found = set(family(process, mark))
    if is_alive(process):
        _signal([process], signal.SIGTERM)
        await _gone([process], patience_s)
    for sig, wait_s in ((signal.SIGTERM, 1.0), *((signal.SIGKILL, patience_s),) * MOST_ROUNDS):
        found |= set(family(process, mark))
        left = [member for member in found if is_alive(member)]
        if not left:
            return
        _signal(left, sig)
        await _gone(left, wait_s)


async def end_namespace(first: ProcessId, patience_s: float) -> None:
    """End a server by the first process of its namespace: the kernel ends all others with it, however they hide."""
    for sig in (signal.SIGTERM, signal.SIGKILL):
        if is_alive(first):
            _signal([first], sig)
            await _gone([first], patience_s)


def is_first_of_namespace(process: ProcessId) -> bool:
    """Tell whether a process is the first one of a process namespace of its own."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(errors="replace")
    except OSError:
        return False
    numbers = next((line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:")), [])
    return len(numbers) > 1 and numbers[-1] == "1" and is_alive(process)


def _table() -> dict[int, Entry]:
    pids = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    entries = ((pid, _entry(pid)) for pid in pids)
    return {pid: entry for pid, entry in entries if entry is not None}


def _entry(pid: int) -> Entry | None:
    # The fields are those of proc(5), /proc/pid/stat; the name before them may hold anything, brackets too.
    # Any other error, such as too many open files here, says nothing about the process.
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    fields = text.rpartition(")")[2].split()
    # A first thread that has ended is a zombie while others still run; its exit code is known after the last one.
    is_over = fields[0] in {"Z", "X"} and int(fields[17]) <= 1
    return None if is_over else Entry(int(fields[1]), int(fields[3]), int(fields[19]) + _boot())


@cache
def _boot() -> int:
    try:
        return int(BOOT.read_text().replace("-", "")[:12], 16) << 64
    except (OSError, ValueError):
        # Where it is hidden, what is left is what there was before: a number and a time.
        return 0


def _has_mark(pid: int, mark: str) -> bool:
    try:
        return mark.encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _signal(processes: Iterable[ProcessId], sig: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process.pid, sig)


async def _gone(processes: Sequence[ProcessId], patience_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            # A process that is not our child tells nobody when it ends: look.
            while any(is_alive(process) for process in processes):  # noqa: ASYNC110
                await asyncio.sleep(TICK_S)
