"""The hub's side of the fork server: found by its socket, started when there is none, asked for servers."""

import asyncio
import errno
import hashlib
import json
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sardonyx_spawner.contract import PREIMPORT
from sardonyx_spawner.open_files import BEGUN_WITH
from sardonyx_spawner.steps import read_step

MODULE = "sardonyx_singleuser"
SOCKET = "socket"
KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "PATH", "TZ")
"""What a fork server takes over from the hub: nothing that could be a secret."""
ANSWER_S = 5.0
STARTED_S = 30.0
MOST_BYTES = 1 << 16
MOST_STEPS = 200


class ForkServerError(Exception):
    """A fork server cannot be had; the message is for the operator."""


class TryAgainError(ForkServerError):
    """It cannot be had now, for want of something that this machine may have again soon.

    Args:
        code: as in errno.
    """

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


PASSING = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE})
"""Why a process cannot be started now."""


@dataclass
class ForkServer:
    """The fork server of one Python environment.

    Args:
        folder: where it keeps its socket and log.
        prefix: the environment.
        idle_s: it ends after so many seconds without a server and a request.
        preimport: libraries that kernels have imported when they begin; None = the user side's usual ones.
    """

    folder: Path
    prefix: Path
    idle_s: float
    preimport: tuple[str, ...] | None = None
    level: str = ""
    problem: str = ""
    are_names_apart: bool = False
    """Whether servers cannot reach what listens outside under an abstract name; known with the level."""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    @classmethod
    def of(cls, folders: Path, prefix: Path, idle_s: float, preimport: tuple[str, ...] | None = None) -> "ForkServer":
        """Return the fork server of an environment; its folder's name is short and the same for every hub.

        Other libraries make another one: who changes the settings has it at the next start, beside that of servers that
        go on.
        """
        what = str(prefix) if preimport is None else f"{prefix} {','.join(preimport)}"
        return cls(folders / hashlib.sha256(what.encode()).hexdigest()[:12], prefix, idle_s, preimport)

    async def find_level(self) -> str:
        """Return how well servers can be isolated here: found by trying, until a trial says it.

        Raises:
            ForkServerError: it cannot be tried.
            TryAgainError: the trial failed for a reason that passes.
        """
        async with self._lock:
            if not self.level:
                said = json.loads(await self._run("sandbox"))
                if said.get("errno"):
                    raise TryAgainError(f"no sandbox can be made at the moment: {said['problem']}", int(said["errno"]))
                # Those of an older release do not say it, and reach them.
                self.are_names_apart = said.get("are_names_apart") is True
                self.problem, self.level = str(said["problem"]), str(said["level"])
        return self.level

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection; the fork server is started if there is none.

        Raises:
            ForkServerError: it cannot be started.
        """
        try:
            return await _open(self.folder / SOCKET)
        except OSError:
            pass
        async with self._lock:
            try:
                # Somebody else may have started it meanwhile.
                return await _open(self.folder / SOCKET)
            except OSError:
                await self._run("forkserver", str(self.folder), str(self.idle_s), str(BEGUN_WITH))
            try:
                return await _open(self.folder / SOCKET)
            except OSError as error:
                raise ForkServerError(f"{self.folder / SOCKET} does not answer: {error}") from error

    async def ask(self, pid: int) -> Mapping[str, Any]:
        """Return what is known of a server; {} if nobody is there to ask."""
        try:
            async with asyncio.timeout(ANSWER_S):
                reader, writer = await _open(self.folder / SOCKET)
                try:
                    writer.write(b"q" + json.dumps({"pid": pid}).encode() + b"\n")
                    return read(await reader.readline())
                finally:
                    writer.close()
        except (OSError, TimeoutError, ForkServerError):
            return {}

    async def rest(self) -> None:
        """Let it end as soon as it has no server: nobody will ask for one soon."""
        # Where there is none, there is nothing to end.
        with suppress(OSError):
            _, writer = await _open(self.folder / SOCKET)
            writer.write(b"r")
            writer.close()
            await writer.wait_closed()

    async def _run(self, module: str, *arguments: str) -> bytes:
        """Run a part of the environment's user side that ends by itself; return what it says."""
        command = (str(self.prefix / "bin" / "python"), "-I", "-m", f"{MODULE}.{module}", *arguments)
        variables = {name: os.environ[name] for name in KEPT if name in os.environ}
        if self.preimport is not None:
            variables[PREIMPORT] = ",".join(self.preimport)
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                env=variables,
                cwd="/",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            text = f"{command[0]} cannot be run: {error}"
            if error.errno in PASSING:
                raise TryAgainError(text, error.errno) from error
            raise ForkServerError(text) from error
        try:
            async with asyncio.timeout(STARTED_S):
                said, problem = await process.communicate()
        except TimeoutError as error:
            # Nobody waits for it any more.
            process.kill()
            await process.wait()
            text = f"{command[0]} -m {command[3]} took more than {STARTED_S:.0f} s"
            raise TryAgainError(text, errno.ETIMEDOUT) from error
        if process.returncode != 0:
            text = problem.decode(errors="replace").strip()
            raise ForkServerError(text or f"{command[3]} ended with {process.returncode}")
        return said


def read(line: bytes) -> dict[str, Any]:
    """Read an answer; {} at the end of a connection.

    Raises:
        ForkServerError: it is none.
    """
    try:
        found = json.loads(line) if line else {}
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ForkServerError("its answer cannot be understood")
    return found


async def read_answer(reader: asyncio.StreamReader) -> dict[str, Any]:
    """Read the next answer; {} at the end of a connection, however it ended.

    Raises:
        ForkServerError: it cannot be understood, or is too long.
    """
    try:
        return read(await reader.readline())
    except ConnectionError:
        return {}
    except ValueError as error:
        raise ForkServerError(f"its answer is longer than {MOST_BYTES} bytes") from error


async def hear_steps(reader: asyncio.StreamReader, tell: Callable[[str, str], None]) -> None:
    """Pass on what a server tells of its start, until it says that it is ready, or ends.

    Raises:
        OSError: it could not enter its sandbox.
        ForkServerError: what it says cannot be understood.
    """
    # Its person's own code can say anything: only so much of it is ever heard.
    for _ in range(MOST_STEPS):
        answer = await read_answer(reader)
        if "error" in answer:
            raise problem(answer)
        if "progress" not in answer:
            return
        if (step := read_step(answer["progress"])) is not None:
            tell(*step)
    raise ForkServerError(f"it told more than {MOST_STEPS} steps of its start")


def problem(answer: Mapping[str, Any]) -> OSError:
    """Return the error that an answer tells of."""
    code = answer.get("errno")
    return OSError(code if isinstance(code, int) else errno.EIO, str(answer.get("error", "it said nothing")))


async def _open(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    # The way to a socket may be longer than the 107 bytes that its address has room for; not so from its folder.
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
        try:
            connection.connect(f"/proc/self/fd/{folder}/{path.name}")
        except OSError:
            connection.close()
            raise
    finally:
        os.close(folder)
    return await asyncio.open_unix_connection(sock=connection, limit=MOST_BYTES)
