"""A whole Sardonyx, started by the command that people use."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from support.everybody import as_ordinary, give_to_ordinary, hub_python_for_everybody, python_for_everybody
from support.listeners import is_of_a_kernel, who_listens
from support.ports import free_ports
from support.waiting import soon

from sardonyx_hub_config.sign_in.passwords import Passwords
from sardonyx_services.people.store import PeopleStore

ROOT = Path(__file__).parents[2]
READY = re.compile(r"^Sardonyx is ready: (\S+)$", re.MULTILINE)
UPSTREAM = "-m ipykernel_launcher "
LINK = re.compile(r"^Sign in as the first administrator.*: (\S+)$", re.MULTILINE)


@dataclass
class Stack:
    """A running Sardonyx, started by the command that people use.

    Args:
        path: below which everything is, without a slash at its end; "" = the root.
        is_ordinary: run by an ordinary user, also where the tests are run by root.
    """

    data: Path
    port: int
    settings: Path | None = None
    path: str = ""
    is_ordinary: bool = False
    process: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)
    first_output: str = ""
    _reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address that people open."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    def start(self, patience_s: float = 420) -> float:
        """Run `sardonyx up` and wait for its line; return the seconds that it took."""
        began = time.monotonic()
        self.lines = []
        self.process = subprocess.Popen(
            [*self._program(), "up", *([str(self.settings)] if self.settings else [])],
            env={**self._environment(), "UV_FIND_LINKS": str(ROOT / "build" / "wheels")},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        while not READY.search(self.output):
            if self.process.poll() is not None or time.monotonic() - began > patience_s:
                self.stop()
                pytest.fail(f"Sardonyx did not become ready:\n{self.output}\n{self._log_tail()}")
            time.sleep(0.05)
        taken = time.monotonic() - began
        if not self.first_output:
            self._wait_for_link()
        return taken

    def _wait_for_link(self) -> None:
        """The first start prints its second line just after the first."""
        deadline = time.monotonic() + 5
        while not LINK.search(self.output):
            assert time.monotonic() < deadline, f"no link was printed:\n{self.output}"
            time.sleep(0.05)
        self.first_output = self.output

    def move(self, path: str) -> None:
        """Stop it, and begin again below another path, with all that is in it."""
        self.stop()
        assert self.settings is not None
        before, self.path = self.url, path
        text = self.settings.read_text()
        assert f"public_url: '{before}'" in text
        self.settings.write_text(text.replace(f"public_url: '{before}'", f"public_url: '{self.url}'"))
        self.start()

    def stop(self, sig: signal.Signals = signal.SIGINT) -> None:
        """Stop as Ctrl-C does; whatever is left after that is ended by its process id."""
        if self.process is None:
            return
        if self.process.poll() is None:
            os.kill(self.process.pid, sig)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self._reader is not None:
            self._reader.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None

    def kill(self) -> None:
        """End all of it at once: a hub that is stopped says goodbye for seconds, which is for tests of that."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        soon(self._is_killed)
        self.stop()

    @property
    def output(self) -> str:
        """What the operator saw so far."""
        return "".join(self.lines)

    def admin_link(self) -> str:
        """Return the one-time link that the first start printed."""
        found = LINK.search(self.first_output)
        assert found is not None
        return found.group(1)

    def command(self, *arguments: str, stdin: str = "", patience_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Run the command line as the operator does, beside the running hub."""
        environment = self._environment()
        if self.settings:
            environment["SARDONYX_SETTINGS"] = str(self.settings)
        command = [*self._program(), *arguments]
        return subprocess.run(
            command, env=environment, input=stdin, text=True, capture_output=True, check=False, timeout=patience_s
        )

    def _program(self) -> list[str]:
        if self.is_ordinary:
            return [*as_ordinary(), str(hub_python_for_everybody().parent / "sardonyx")]
        return [str(Path(sys.executable).parent / "sardonyx")]

    def _environment(self) -> dict[str, str]:
        environment = {**os.environ, "SARDONYX_DATA": str(self.data), "SARDONYX_PORT": str(self.port)}
        # What npm and others keep in a home: that of the tests' own user is closed.
        return {**environment, "HOME": str(self.data.parent)} if self.is_ordinary else environment

    def add_person(self, name: str, password: str) -> None:
        """Make an account beside the running hub, as `sardonyx user add` does, without the start of a command.

        Who has one already, from another test at the same place, keeps it.
        """
        with closing(PeopleStore(self.data / "people.sqlite")) as people:
            if people.by_name(name) is None:
                people.add_account(name, _hashed(password))

    def processes(self) -> set[int]:
        """Return the ids of all processes that belong to this stack."""
        mark = str(self.data).encode()
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes() or mark in (folder / "cmdline").read_bytes():
                    found.add(int(folder.name))
            except OSError:
                continue
        return found - {os.getpid()}

    def open_ports(self) -> dict[int, str]:
        """Return the ports beside its doors that others of the machine can connect to, each with its program.

        Of a kernel that Voilà has started there is what is said in `is_of_a_kernel`: ours are started otherwise.
        """
        # A fork server that warms has a hub of its own for as long, which knows nothing.
        with suppress(pytest.fail.Exception):
            soon(lambda: not self._open_ports())
        return self._open_ports()

    def _open_ports(self) -> dict[int, str]:
        doors = range(self.port, self.port + 7)
        found = who_listens(self.processes())
        return {
            port: program
            for port, program in found.items()
            if port not in doors and not (UPSTREAM in program and is_of_a_kernel(port))
        }

    def find_all(self, word: str) -> list[int]:
        """Return those of them that have a word in their command lines."""
        found = []
        for process in sorted(self.processes()):
            with suppress(OSError):
                command = Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                if word in command and "/bin/sh" not in command:
                    found.append(process)
        return found

    def find(self, word: str) -> int:
        """Return the first of these."""
        found = self.find_all(word)
        assert found, f"no process with {word}"
        return found[0]

    def _is_killed(self) -> bool:
        found = self.processes()
        for process in found:
            # One may end by itself just now.
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return not found

    def _read(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    def _log_tail(self) -> str:
        tails = [f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in self.data.glob("logs/*")]
        return "\n".join(tails)


@cache
def _hashed(password: str) -> str:
    return Passwords().hashed(password)


@contextmanager
def running_stack(data: Path, settings: Path | None = None, port: int = 0, path: str = "") -> Iterator[Stack]:
    """Run a Sardonyx of one's own, and leave nothing behind.

    Args:
        path: see `Stack`; the settings get it with the address.
    """
    stack = Stack(data, port or free_ports(), settings, path)
    if settings and path:
        settings.write_text(f"{settings.read_text()}\nweb: {{public_url: '{stack.url}'}}\n")
    try:
        stack.start()
        yield stack
    finally:
        stack.kill()


@contextmanager
def ordinary_stack(prefix: Path) -> Iterator[Stack]:
    """Run a Sardonyx of an ordinary user, also where the tests are run by root, with an environment that is made already."""
    # Not below pytest's folder: that is closed to ordinary users.
    folder = Path(mkdtemp(prefix="sardonyx-ordinary-"))
    settings = folder / "settings.yaml"
    settings.write_text(
        f"environments: {{python: {{title: Python, prefix: {python_for_everybody(prefix).parents[1]}}}}}\n"
        "profiles: {python: {title: Python, environment: python}}\n"
    )
    give_to_ordinary(folder)
    stack = Stack(folder / "data", free_ports(), settings, is_ordinary=True)
    try:
        stack.start()
        yield stack
    finally:
        stack.kill()
        shutil.rmtree(folder, ignore_errors=True)
