"""git, as the hub runs it for its copies of repositories: as nobody, over the web alone, and bounded in time."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress

LONGEST_S = 600.0
READABLE = 0o022
"""The umask with which copies are made: servers read them that run as somebody else."""
MOST_SAID = 8192
LED_ELSEWHERE = tuple(f"returned error: {status}" for status in (301, 302, 303, 307, 308))


def _is_way_out(name: str) -> bool:
    """Tell whether a variable is about a proxy, or about whose certificates are trusted."""
    return name.lower().endswith("_proxy") or name.startswith(("SSL_CERT_", "GIT_SSL_CA"))


class MirrorError(Exception):
    """git could not do it; the message is its own."""

    @property
    def is_led_elsewhere(self) -> bool:
        """Whether the address is one that leads to another."""
        return any(sign in str(self) for sign in LED_ELSEWHERE)


async def mirror_git(*arguments: str, heard: Callable[[], None] = lambda: None) -> None:
    """Run git; it is ended with all that it started when it takes too long, or is waited for no more.

    Args:
        heard: called when it says something, as it does with `--progress` when something comes.

    Raises:
        MirrorError: it failed, or took too long.
    """
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "http:https",
        "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
        "GIT_HTTP_LOW_SPEED_TIME": "60",
        **{name: value for name, value in os.environ.items() if _is_way_out(name)},
    }
    process = await asyncio.create_subprocess_exec(
        "git", *arguments, env=environment, start_new_session=True, umask=READABLE,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said = b""
    try:
        async with asyncio.timeout(LONGEST_S):
            while process.stderr is not None and (part := await process.stderr.read(1024)):
                said = (said + part)[-MOST_SAID:]
                heard()
            await process.wait()
    except BaseException as error:
        # git does its work in other programs: end them all.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # What it has said and nobody read is read: asyncio waits for the end of that, too.
        await process.communicate()
        if isinstance(error, TimeoutError):
            raise MirrorError(f"all of it did not come within {LONGEST_S:.0f} seconds.") from error
        raise
    if process.returncode != 0:
        lines = said.decode(errors="replace").strip().splitlines()
        raise MirrorError(lines[-1] if lines else f"git ended with {process.returncode}")
