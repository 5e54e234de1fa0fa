"""git's own answer to a git that asks over HTTP: from the program that web servers call, `git http-backend`."""

import asyncio
import os
import re
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

LONGEST_S = 300.0
"""One answer takes git no longer."""
PART_BYTES = 1 << 18
_PROTOCOL = re.compile(r"version=[0-2]")
_SETTINGS = {
    "http.getanyfile": "false",
    "http.receivepack": "false",
    # Several answer at once.
    "pack.threads": "1",
    "core.hooksPath": os.devnull,
}


def backend_environment(
    folder: str, path: str, *, verb: str = "GET", query: str = "", headers: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return what `git http-backend` is told: it reads, and nothing else, whatever is asked.

    Args:
        folder: of the copies.
        path: in it, from a slash on.
    """
    told = headers or {}
    protocol = told.get("git-protocol", "")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": str(len(_SETTINGS)),
        **{f"GIT_CONFIG_KEY_{number}": name for number, name in enumerate(_SETTINGS)},
        **{f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(_SETTINGS.values())},
        "GIT_PROJECT_ROOT": folder,
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": verb,
        "CONTENT_TYPE": told.get("content-type", ""),
        "HTTP_CONTENT_ENCODING": told.get("content-encoding", ""),
        "GIT_PROTOCOL": protocol if _PROTOCOL.fullmatch(protocol) else "",
    }


@dataclass(frozen=True)
class Head:
    """What is said of an answer before it, as ASGI has it."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]


class Listener(Protocol):
    """Who takes what git says, as it comes; git waits for it."""

    async def begin(self, head: Head) -> None:
        """Take what is said first."""

    async def take(self, part: bytes) -> None:
        """Take the next part."""


async def ask_git(environment: Mapping[str, str], body: bytes, listener: Listener) -> bool:
    """Let git answer, and end it with all that it started; tell whether it could.

    Args:
        environment: what it is told.
        body: what was sent with the question.

    Raises:
        TimeoutError: it took too long.
        ExceptionGroup: it said nothing (EOFError), or what it said was not taken.
    """
    process = await asyncio.create_subprocess_exec(
        "git", "http-backend", env=environment, start_new_session=True, limit=PART_BYTES,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(LONGEST_S):
            async with asyncio.TaskGroup() as both:
                # Pipes were asked for, so both are there.
                if process.stdin is not None and process.stdout is not None:
                    both.create_task(_tell(process.stdin, body))
                    both.create_task(_hear(process.stdout, listener))
            return await process.wait() == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # What it has said and nobody took is read: asyncio waits for the end of that, too.
        await process.communicate()


async def _tell(to: asyncio.StreamWriter, body: bytes) -> None:
    # It may have heard enough before the end.
    with suppress(ConnectionError):
        to.write(body)
        await to.drain()
    to.close()


async def _hear(out: asyncio.StreamReader, listener: Listener) -> None:
    head = (await out.readuntil(b"\r\n\r\n")).decode("latin-1")
    said = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in head.splitlines()) if name]
    status = next((int(value.split()[0]) for name, value in said if name == "status"), 200)
    await listener.begin(
        Head(status, tuple((name.encode(), value.encode()) for name, value in said if name != "status"))
    )
    while part := await out.read(PART_BYTES):
        await listener.take(part)
