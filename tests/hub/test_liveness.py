"""Which processes belong to a server, whether they live, and that none outlives it: with real processes."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sardonyx_spawner.local.address import Address
from sardonyx_spawner.local.folders import ServerFolders
from sardonyx_spawner.local.launcher import ChildProcessLauncher, LaunchRequest
from sardonyx_spawner.local.process import ProcessId, began, end, family, is_alive


@pytest.fixture
def launched(tmp_path: Path) -> Iterator["Launched"]:
    """A way to start a server, and the certainty that nothing of it is left."""
    server = Launched(tmp_path)
    yield server
    for process in {*server.members, *family(server.process, server.mark)}:
        if is_alive(process):
            os.kill(process.pid, signal.SIGKILL)
            pytest.fail(f"{process} was left")


class Launched:
    """A server that is a shell with what it starts."""

    def __init__(self, folder: Path) -> None:
        self.launcher = ChildProcessLauncher()
        self.folder = folder
        self.mark = f"SARDONYX_PLAN={folder}/plan.json"
        self.process = ProcessId(0, 0)
        self.members: list[ProcessId] = []

    async def start(self, script: str, processes: int) -> None:
        """Start it, and wait until it has so many processes."""
        name, _, value = self.mark.partition("=")
        # In the place of an environment's Python.
        program = self.folder / "bin" / "python"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        variables = {name: value, "PATH": os.environ["PATH"]}
        folders = ServerFolders(self.folder, self.folder)
        request = LaunchRequest(self.folder, Address(), (), variables, folders, self.folder / "log", "somebody")
        self.process = await self.launcher.start(request)
        async with asyncio.timeout(5):
            while len(self.members) < processes:
                await asyncio.sleep(0.02)
                self.members = family(self.process, self.mark)


def test_a_process_is_known_by_its_number_and_its_beginning() -> None:
    """The number alone may be another process by now."""
    here = ProcessId(os.getpid(), began(os.getpid()) or 0)

    assert is_alive(here)
    assert not is_alive(ProcessId(here.pid, here.began + 1))
    assert not is_alive(ProcessId(0, 0))


def test_a_process_that_ended_is_dead_before_anybody_has_asked_for_its_exit() -> None:
    """It is in the table of processes as a zombie until then."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = ProcessId(child.pid, began(child.pid) or 0)
    assert is_alive(process)

    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert not is_alive(process)
    child.communicate()


def test_a_process_whose_first_thread_ended_lives_while_another_runs() -> None:
    """The system shows it as a zombie, but it works on, and its exit code is not known yet."""
    code = "import ctypes, threading; threading.Thread(target=input).start(); ctypes.CDLL(None).pthread_exit(None)"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    process = ProcessId(child.pid, began(child.pid) or 0)
    status = Path(f"/proc/{child.pid}/stat")
    while status.read_text().rpartition(")")[2].split()[0] != "Z":
        assert child.poll() is None

    assert is_alive(process)

    child.kill()
    while is_alive(process):
        pass
    assert child.poll() == -signal.SIGKILL
    child.communicate()


def test_a_name_with_brackets_and_blanks_does_not_hide_a_process(tmp_path: Path) -> None:
    """Anybody can call a program so."""
    program = tmp_path / ") Z 1 ("
    program.symlink_to("/bin/sleep")
    child = subprocess.Popen([str(program), "60"])
    try:
        assert is_alive(ProcessId(child.pid, began(child.pid) or 0))
    finally:
        child.kill()
        child.wait()


SURVIVORS = {
    "kernel": "sleep 60 & wait",
    "terminal-with-nohup": "setsid sh -c 'nohup sleep 60 >/dev/null 2>&1 & sleep 60' & wait",
    "without-environment": "env -i sleep 60 & wait",
    "orphan-in-a-terminal-without-environment": "setsid sh -c '(env -i sleep 60 &) ; sleep 60' & wait",
    "orphan-in-a-session-of-its-own": "(setsid sleep 60 &); sleep 60 & wait",
    "deaf": "trap '' TERM INT; sh -c \"trap '' TERM INT; sleep 60\" & while true; do sleep 1; done",
}


async def ended(server: Launched) -> int | None:
    """End a server; return its exit code."""
    await end(server.process, server.mark, 0.5)
    return await server.launcher.exit_code(server.process)


@pytest.mark.parametrize("kind", SURVIVORS)
async def test_nothing_outlives_its_server(launched: Launched, kind: str) -> None:
    """Neither kernels nor terminals, nor what was started in them to stay."""
    await launched.start(SURVIVORS[kind], processes=2)

    assert await ended(launched) is not None
    assert family(launched.process, launched.mark) == []
    assert not any(is_alive(process) for process in launched.members)


async def test_what_a_killed_server_leaves_is_found(launched: Launched) -> None:
    """Its kernels have lost their parent by then."""
    await launched.start("sleep 60 & sleep 61 & wait", processes=3)
    os.kill(launched.process.pid, signal.SIGKILL)

    assert await ended(launched) == -signal.SIGKILL
    assert not any(is_alive(process) for process in launched.members)


async def test_the_processes_of_another_server_are_left_alone(launched: Launched, tmp_path: Path) -> None:
    """Also where its path begins like this one's."""
    (tmp_path / "other").mkdir()
    other = Launched(tmp_path / "other")
    await launched.start("sleep 60 & wait", processes=2)
    await other.start("sleep 60 & wait", processes=2)

    assert await ended(launched) is not None

    assert all(is_alive(process) for process in other.members)
    assert await ended(other) is not None


async def test_a_server_starts_in_a_session_of_its_own_with_nothing_of_the_hub(launched: Launched) -> None:
    """Ctrl-C in the hub's terminal does not reach it, and no secret of the hub does."""
    await launched.start("umask; env; exec sleep 60", processes=1)
    async with asyncio.timeout(5):
        while not (log := (launched.folder / "log").read_text()).endswith("\n") or "PWD" not in log:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    assert os.getsid(launched.process.pid) == launched.process.pid
    assert log.splitlines()[0] == "0077"
    assert {line.partition("=")[0] for line in log.splitlines()[1:]} <= {"SARDONYX_PLAN", "PATH", "PWD", "SHLVL", "_"}
    assert await ended(launched) is not None


def test_a_process_of_an_earlier_boot_is_not_taken_for_one_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers and times since the boot come again; what a hub has written down stays."""
    here = ProcessId(os.getpid(), began(os.getpid()) or 0)
    assert here.began >> 64

    monkeypatch.setattr("sardonyx_spawner.local.process._boot", lambda: 7 << 64)

    assert not is_alive(here)
    assert (began(os.getpid()) or 0) - (7 << 64) == here.began & ((1 << 64) - 1)
