"""Copies on this machine of the repositories that profiles name: a class gets its material from here, not from the forge.

They are made and renewed without anybody's token, so what is in one is open to everybody who reaches the forge. Each is
read by the servers that want it, and by all others if they like.
"""

import asyncio
import hashlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from logging import getLogger
from pathlib import Path

log = getLogger(__name__)
FRESH_S = 30.0
"""So long is a copy taken for new: everybody in a class starts within a minute or two."""
PATIENCE_S = 20.0
"""A start waits so long for one, and then does without."""
LONGEST_S = 600.0
PAUSE_S = 60.0
"""After a failure, the next try comes so much later."""
PARTIAL = "partial-"
READABLE = 0o022
"""The umask with which they are made: servers read them that run as somebody else."""


def mirror_name(url: str) -> str:
    """Return the name of a copy; the user side finds it by the same rule."""
    return hashlib.sha256(url.encode()).hexdigest()[:32] + ".git"


class Mirrors:
    """The copies in one folder.

    Args:
        folder: servers see it, to read.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._next: dict[str, float] = {}
        self._renewing: dict[str, asyncio.Task[None]] = {}

    def clear(self, wanted: Iterable[str]) -> None:
        """Delete copies that no profile names any more, and what a crash left half made."""
        kept = {mirror_name(url) for url in wanted}
        for path in self._folder.iterdir() if self._folder.exists() else ():
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)

    async def ready(self, urls: Iterable[str]) -> None:
        """Make sure that copies are new; where that takes too long or fails, servers do without."""
        due = [url for url in urls if self._next.get(url, 0) <= self._clock()]
        if due:
            await asyncio.wait([self._renewal(url) for url in due], timeout=PATIENCE_S)

    def _renewal(self, url: str) -> asyncio.Task[None]:
        task = self._renewing.get(url)
        if task is None:
            task = self._renewing[url] = asyncio.create_task(self._renew(url))
            task.add_done_callback(lambda _: self._renewing.pop(url, None))
        return task

    async def _renew(self, url: str) -> None:
        path = self._folder / mirror_name(url)
        try:
            if path.exists():
                await _git("-C", str(path), "fetch", "--quiet", "--prune")
                # Many small packs make each clone slower.
                await _git("-C", str(path), "gc", "--quiet", "--auto")
            else:
                await self._make(url, path)
            self._next[url] = self._clock() + FRESH_S
        except (OSError, MirrorError) as error:
            self._next[url] = self._clock() + PAUSE_S
            log.warning("%s cannot be copied for all servers now, so each gets it by itself: %s", url, error)

    async def _make(self, url: str, path: Path) -> None:
        with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=self._folder) as partial:
            made = Path(partial) / path.name
            await _git("clone", "--quiet", "--mirror", "-c", "uploadpack.allowFilter=true", "--", url, str(made))
            made.rename(path)


class MirrorError(Exception):
    """git could not do it; the message is its own."""


async def _git(*arguments: str) -> None:
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "http:https",
        "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
        "GIT_HTTP_LOW_SPEED_TIME": "60",
        **{name: value for name, value in os.environ.items() if name.lower().endswith("_proxy") or "SSL_CERT" in name},
    }
    process = await asyncio.create_subprocess_exec(
        "git", *arguments, env=environment, start_new_session=True, umask=READABLE,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(LONGEST_S):
            _, said = await process.communicate()
    except BaseException:
        # git does its work in other programs: end them all.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    if process.returncode != 0:
        lines = said.decode(errors="replace").strip().splitlines()
        raise MirrorError(lines[-1] if lines else f"git ended with {process.returncode}")
