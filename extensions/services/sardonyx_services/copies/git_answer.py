"""git's own answer to a git that asks over HTTP: from the program that web servers call, `git http-backend`."""

import asyncio
import os
import re
import signal
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

LONGEST_S, SLOWEST_S = 300.0, 20.0
"""One answer takes no longer; and whoever takes nothing of it for so long is waited for no more."""
PART_BYTES = 1 << 16
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


class GitAnswer(Response):
    """What git says, passed on as it comes.

    Args:
        environment: what it is told.
        turn: is entered for as long as it takes.
        body: what was sent with the question.
    """

    def __init__(
        self, environment: Mapping[str, str], turn: AbstractAsyncContextManager[None], body: bytes = b""
    ) -> None:
        super().__init__()
        self._environment, self._turn, self._body = environment, turn, body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as Starlette calls it
        """Run git, and end it with all that it started.

        Raises:
            TimeoutError: it took too long: the connection ends.
            ExceptionGroup: nobody took what it said (TimeoutError), or it said nothing: likewise.
        """
        async with self._turn:
            await self._run(send)

    async def _run(self, send: Send) -> None:
        process = await asyncio.create_subprocess_exec(
            "git", "http-backend", env=self._environment, start_new_session=True,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(LONGEST_S), asyncio.TaskGroup() as both:
                # Pipes were asked for, so both are there.
                if process.stdin is not None and process.stdout is not None:
                    both.create_task(_tell(process.stdin, self._body))
                    both.create_task(_pass_on(process.stdout, send))
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


async def _pass_on(out: asyncio.StreamReader, send: Send) -> None:
    head = (await out.readuntil(b"\r\n\r\n")).decode("latin-1")
    said = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in head.splitlines()) if name]
    status = next((int(value.split()[0]) for name, value in said if name == "status"), 200)
    headers = [(name.encode(), value.encode()) for name, value in said if name != "status"]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    while part := await out.read(PART_BYTES):
        async with asyncio.timeout(SLOWEST_S):
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
