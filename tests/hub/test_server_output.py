"""What a server says is kept in a log of its own, and takes only so much of the disk, whatever its code does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.waiting import soon

from sardonyx_singleuser.forkserver.log import KEPT, LONGEST

# A kernel shows its own output in the notebook; the server, which is the second process there, writes to its log.
FLOOD = """
import os
log = os.open("/proc/2/fd/2", os.O_WRONLY)
for _ in range(100):
    left = memoryview((b"x" * 1023 + b"\\n") * 1024)
    while left:
        left = left[os.write(log, left):]
os.write(log, b"the end\\n")
print("written")
"""
LAST_WORDS = """
import subprocess
command = "sleep 2; printf 'the last words' > /proc/2/fd/2; kill -9 2"
subprocess.Popen(["sh", "-c", command], start_new_session=True)
"""
REACH_THE_FIRST_PROCESS = """
import ctypes, os
said = []
for path in ("/proc/1/fd/1", "/proc/1/fd", "/proc/1/mem", "/proc/1/environ"):
    try:
        open(path, "rb") if path != "/proc/1/fd" else os.listdir(path)
        said.append("open")
    except OSError as error:
        said.append(type(error).__name__)
libc = ctypes.CDLL(None, use_errno=True)
said.append(libc.ptrace(16, 1, 0, 0))
pidfd = os.pidfd_open(1)
said.append(libc.syscall(438, pidfd, 1, 0))
print(*said)
"""


@contextmanager
def largest(path: Path) -> Iterator[list[int]]:
    """Look all the time how large a file is; gives the largest size."""
    most, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(0.001):
            most[0] = max(most[0], path.stat().st_size)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


@pytest.fixture(scope="module")
def server(forks: Any) -> Any:
    """One server for all that does it no harm."""
    started = forks.start("ann")
    assert started.is_ready, started.log.read_text()
    return started


def test_a_server_that_never_stops_talking_takes_so_much_of_the_disk_and_no_more(server: Any) -> None:
    """Its log is never larger, not even for a moment, and has what was said last."""
    with largest(server.log) as most:
        assert server.run(FLOOD) == "written"
        soon(lambda: b"the end\n" in server.log.read_bytes())

    assert KEPT < server.log.stat().st_size <= most[0] <= LONGEST
    assert b"this log had grown too long; what was before this line is gone.\n" in server.log.read_bytes()


def test_code_in_a_server_does_not_get_at_its_log(server: Any) -> None:
    """Nothing of the process that writes it can be opened, read or taken over; else it could be filled past its end."""
    denied = ["PermissionError"] * 4

    assert server.run(REACH_THE_FIRST_PROCESS).split() == [*denied, "-1", "-1"]


def test_code_in_a_server_has_no_file_of_the_disk_outside_of_its_home(server: Any) -> None:
    """What it is told of its start comes another way."""
    shown = server.run("print(open('/proc/self/mountinfo').read())").splitlines()

    writable = {line.split()[4] for line in shown if line.split()[5].startswith("rw")}
    kinds = {line.split()[4]: line.partition(" - ")[2].split()[0] for line in shown}
    in_memory = {"tmpfs", "devtmpfs", "devpts", "proc"}
    assert {path for path in writable if kinds[path] not in in_memory and not path.startswith("/dev/")} == {
        str(server.home)
    }


def test_what_a_server_said_last_is_in_its_log_however_it_ended(forks: Any) -> None:
    """It is what whoever looks for the reason needs."""
    server = forks.start("bob")

    server.run(LAST_WORDS)

    assert forks.ended(server.pid) == 137
    assert b"the last words" in server.log.read_bytes()


def test_steps_of_a_start_are_told_over_the_connection(forks: Any) -> None:
    """In the order in which they come, before the server is ready."""
    said = [line for line in forks.start("cleo").said if "progress" in line or "ready" in line]

    assert [line["progress"]["message"] for line in said[:-1]] == ["Opened your files", "Opening JupyterLab"]
    assert said[-1] == {"ready": True}
