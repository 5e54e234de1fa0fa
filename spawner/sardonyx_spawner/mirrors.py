"""Copies of repositories that the operator allows: a class gets its material from here, not from the forge.

They are made and renewed without anybody's token, so what is in one is open to everybody who reaches the forge. Each is
read by the servers that want it, and by all others if they like.
"""

import asyncio
import math
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from logging import getLogger
from pathlib import Path

from sardonyx_spawner.amounts import say_memory
from sardonyx_spawner.copy_places import mirror_name
from sardonyx_spawner.mirror_git import MirrorError, mirror_git

log = getLogger(__name__)
FRESH_S = 30.0
"""So long is a copy taken for new: everybody in a class starts within a minute or two."""
PATIENCE_S = 20.0
"""A start waits so long for one of which nothing comes, and then does without."""
LONGEST_WAIT_S = 45.0
"""A start waits so long for a first copy of which something comes: all of a class would go to the forge for it else."""
SOON_S = 2.0
"""Whoever waits longer is told for what."""
LOOK_S = 0.5
"""So often is looked whether something comes, and how much it is."""
NEWS_S = 2.0
"""So long is left between two renewals, also where somebody says that there is something new: all who say so share one."""
PAUSE_S, LONG_PAUSE_S = 60.0, 86_400.0
"""After a failure, the next try comes so much later; and after one that every try would end in."""
LARGEST = 2 << 30
AT_ONCE = 8
"""So many copies are made or renewed at the same time, and the others in turn: each takes memory, and some of a processor."""
PARTIAL = "partial-"


@dataclass
class Renewal:
    """A copy that is being made or renewed.

    Args:
        is_first: there is none yet that servers could do with.
        moved: when something of it came last, as the loop counts.
    """

    is_first: bool
    moved: float
    task: asyncio.Task[None] = field(init=False)


@dataclass(frozen=True)
class Try:
    """The last try to make or renew a copy.

    Args:
        began: as the loop counts.
        is_good: the copy has what its forge had then.
    """

    began: float = -math.inf
    is_good: bool = True


class Mirrors:
    """The copies in one folder.

    Args:
        folder: servers see it, to read.
        largest: bytes of one copy.
        most: bytes of all; None = there is as much room as on the disk. Those go first that nobody wanted for longest.
        longest_wait_s: a start waits so long for a first copy of which something comes.
        changed: called when there is something new in a copy, with its folder.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
        *,
        largest: int = LARGEST,
        most: int | None = None,
        longest_wait_s: float = LONGEST_WAIT_S,
        changed: Callable[[Path], None] = lambda _: None,
    ) -> None:
        self._folder, self._clock, self._changed = folder, clock, changed
        self._largest, self._most, self._longest_wait_s = largest, most, longest_wait_s
        self._next: dict[str, float] = {}
        self._renewing: dict[str, Renewal] = {}
        self._last: dict[str, Try] = {}
        self._wanted: dict[str, float] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    def clear(self, wanted: Iterable[str] | None = None) -> None:
        """Delete copies that nothing names any more, and what a crash left half made.

        Args:
            wanted: addresses that something names; None = whatever is whole may be wanted.
        """
        kept = None if wanted is None else {mirror_name(url) for url in wanted}
        for path in self._folder.iterdir() if self._folder.exists() else ():
            if path.name.startswith(PARTIAL) if kept is None else path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)

    async def ready(self, urls: Iterable[str], waiting: Callable[[], None] | None = None) -> None:
        """Make sure that copies are new; where that takes too long or fails, servers do without.

        Args:
            waiting: called once, when that is not done at once; None = nothing starts, and nobody waits any longer for
                a first copy.
        """
        longest_s = PATIENCE_S if waiting is None else self._longest_wait_s
        urls = list(urls)
        self._wanted.update({mirror_name(url): self._clock() for url in urls})
        waited = [self._renewal(url) for url in urls if self._next.get(url, 0) <= self._clock()]
        now = began = asyncio.get_running_loop().time()
        while left := [
            each.task for each in waited if not each.task.done() and _is_worth_it(each, began, now, longest_s)
        ]:
            await asyncio.wait(left, timeout=min(LOOK_S, PATIENCE_S), return_when=asyncio.FIRST_COMPLETED)
            now, before = asyncio.get_running_loop().time(), now
            if waiting is not None and before - began < SOON_S <= now - began:
                waiting()

    def is_coming(self, url: str) -> bool:
        """Tell whether a first copy is on its way, and something of it came lately."""
        found = self._renewing.get(url)
        return found is not None and found.is_first and asyncio.get_running_loop().time() - found.moved < PATIENCE_S

    async def renewed(self, url: str) -> bool:
        """Renew a copy because somebody says that there is something new; tell whether it is in the copy then.

        All who say so at the same time share a try, and where the last one failed there is none before its time.
        """
        self._wanted[mirror_name(url)] = self._clock()
        now = asyncio.get_running_loop().time
        asked = now()
        while (last := self._last.get(url, Try())).began < asked:
            if url in self._renewing:
                await asyncio.wait([self._renewing[url].task])
            elif not last.is_good and self._next.get(url, 0) > self._clock():
                return False
            elif (pause_s := last.began + NEWS_S - now()) > 0:
                await asyncio.sleep(pause_s)
            else:
                self._renewal(url)
        return last.is_good

    def _renewal(self, url: str) -> Renewal:
        found = self._renewing.get(url)
        if found is None:
            path = self._folder / mirror_name(url)
            found = self._renewing[url] = Renewal(not path.exists(), asyncio.get_running_loop().time())
            found.task = asyncio.create_task(self._renew(url, path, found))
            found.task.add_done_callback(lambda _: self._renewing.pop(url, None))
        return found

    async def _renew(self, url: str, path: Path, renewal: Renewal) -> None:
        async with self._turns:
            await self._renew_now(url, path, renewal)

    async def _renew_now(self, url: str, path: Path, renewal: Renewal) -> None:
        began, is_good = asyncio.get_running_loop().time(), False
        try:
            if not renewal.is_first:
                await self._fetch(path)
                # Many small packs make each clone slower.
                await mirror_git("-C", str(path), "gc", "--quiet", "--auto")
            else:
                await self._make(url, path, renewal)
            self._next[url] = self._clock() + FRESH_S
            is_good = True
        except (OSError, MirrorError) as error:
            is_for_good = isinstance(error, TooLargeError)
            self._next[url] = self._clock() + (LONG_PAUSE_S if is_for_good else PAUSE_S)
            log.warning("%s cannot be copied for all servers now, so each gets it by itself: %s", url, error)
            # A copy that is not renewed any more would be all that a class ever sees.
            if is_for_good or (isinstance(error, MirrorError) and error.is_led_elsewhere):
                await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
        finally:
            self._last[url] = Try(began, is_good)

    async def _fetch(self, path: Path) -> None:
        said = asyncio.Event()
        try:
            await self._bounded(path, mirror_git("-C", str(path), "fetch", "--progress", "--prune", heard=said.set))
        finally:
            # git says nothing where nothing is new.
            if said.is_set():
                self._changed(path)

    async def _make(self, url: str, path: Path, renewal: Renewal) -> None:
        def moved() -> None:
            renewal.moved = asyncio.get_running_loop().time()

        with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=self._folder) as partial:
            made = Path(partial) / path.name
            clone = ["clone", "--progress", "--mirror", "-c", "uploadpack.allowFilter=true"]
            # What may be copied is said by its address, and not by where that leads. It is kept, for what is new later.
            clone += ["-c", "http.followRedirects=false", "--"]
            try:
                await self._bounded(made, mirror_git(*clone, url, str(made), heard=moved))
            except MirrorError as error:
                if not error.is_led_elsewhere or url.endswith(".git"):
                    raise
                # Where GitLab leads whoever leaves the end of its addresses out.
                await self._bounded(made, mirror_git(*clone, f"{url.rstrip('/')}.git", str(made), heard=moved))
            made.rename(path)
            self._changed(path)

    async def _bounded(self, path: Path, work: Awaitable[None]) -> None:
        """Do something, and end it when a copy gets too large.

        Raises:
            TooLargeError: it did.
        """
        try:
            async with asyncio.timeout(None) as limit:
                watch = asyncio.create_task(self._watch(path, limit))
                try:
                    await work
                finally:
                    watch.cancel()
        except TimeoutError as error:
            raise TooLargeError(self._largest) from error
        if await asyncio.to_thread(bytes_below, path) > self._largest:
            raise TooLargeError(self._largest)
        await asyncio.to_thread(self._make_room, path)

    async def _watch(self, path: Path, limit: asyncio.Timeout) -> None:
        while await asyncio.to_thread(bytes_below, path) <= self._largest:
            await asyncio.to_thread(self._make_room, path)
            await asyncio.sleep(LOOK_S)
        limit.reschedule(asyncio.get_running_loop().time())

    def _make_room(self, growing: Path) -> None:
        """Delete other copies, beginning with those that nobody wanted for longest, until all of them fit."""
        if self._most is None:
            return
        others = [path for path in self._folder.glob("*.git") if path != growing]
        for path in sorted(others, key=lambda path: self._wanted.get(path.name, 0)):
            if bytes_below(self._folder) <= self._most:
                return
            shutil.rmtree(path, ignore_errors=True)


class TooLargeError(MirrorError):
    """A copy would take more room than the operator gives it."""

    def __init__(self, largest: int) -> None:
        super().__init__(
            f"it is larger than {say_memory(largest)}. Say in the settings with git.largest_copy how large a copy may be,"
            " or give its class a repository without so large files."
        )


def _is_worth_it(renewal: Renewal, began: float, now: float, longest_s: float) -> bool:
    if renewal.is_first and now - began < longest_s:
        return now - max(began, renewal.moved) < PATIENCE_S
    return now - began < PATIENCE_S


def bytes_below(path: Path) -> int:
    """Return how much a folder takes; 0 = it is not there."""
    found = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                found += os.stat(os.path.join(folder, name)).st_size  # noqa: PTH116, PTH118 - ten times faster for many
            except OSError:
                # git has given it another name since.
                continue
    return found
