"""Makes environments beside the hub's work: each once, however many people wait for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MOST_AT_ONCE = 16
"""Environments, not people: a place has fewer. A thread is only made when it is needed."""


class NotReadyError(Exception):
    """An environment is not there and cannot be made; the message is for the log."""


class EnvironmentMakers:
    """Runs makers on threads of their own: one that waits for minutes must not hold up anything else in the hub."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="environment")
        self._running: dict[str, asyncio.Future[object]] = {}

    async def ready(
        self, slug: str, find: Callable[[str], Path], maker: Callable[[str], object] | None, tell: Callable[[], None]
    ) -> Path:
        """Return an environment's folder; make it at its first use.

        Args:
            find: returns the folder.
            tell: called before it is made.

        Raises:
            NotReadyError: it is not there, or the maker failed, in whichever way.
        """
        try:
            prefix = find(slug)
            python = prefix / "bin" / "python"
            if maker is not None:
                if not python.exists():
                    tell()
                # Also where a python is: only the maker knows whether the rest of an interrupted installation is.
                await self.make(maker, slug)
        # An installer fails in its own ways: the person needs one sentence, the log the rest.
        except Exception as error:
            raise NotReadyError(str(error)) from error
        if not python.exists():
            raise NotReadyError(f"there is no {python}")
        return prefix

    async def make(self, maker: Callable[[str], object], slug: str) -> None:
        """Make an environment, or wait for whoever is making it.

        Raises:
            Exception: whatever the maker raises, also to those who waited.
        """
        if slug not in self._running:
            self._running[slug] = asyncio.get_running_loop().run_in_executor(self._threads, maker, slug)
            self._running[slug].add_done_callback(lambda done: self._made(slug, done))
        # Whoever gives up does not stop it for the others.
        await asyncio.shield(self._running[slug])

    def _made(self, slug: str, done: asyncio.Future[object]) -> None:
        del self._running[slug]
        if not done.cancelled():
            # If all have given up, nobody else looks at it.
            done.exception()
