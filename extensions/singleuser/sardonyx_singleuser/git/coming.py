"""Repositories as people wait for them: what takes longer, while it arrives, goes on beside the server."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sardonyx_singleuser.git import command
from sardonyx_singleuser.git.arrival import LOOK_S, Arrival
from sardonyx_singleuser.git.clone import AT_ONCE, Fetched, fetch, place_name
from sardonyx_singleuser.language import _
from sardonyx_singleuser.plan import Repository

ENDING_S = 5.0
"""So long takes the end of what nothing comes of, at most."""
WORD_S = 3.0
"""Whoever looks at what arrives hears so often how much has come."""


@dataclass
class Coming:
    """One repository on its way into a home.

    Args:
        turns: with others that are brought at the same time.
        is_news: as in `fetch`.
    """

    repository: Repository
    home: Path
    turns: threading.Semaphore = field(default_factory=threading.Semaphore)
    is_news: bool = False
    arrival: Arrival = field(default_factory=Arrival)
    fetched: Fetched | None = None
    is_given_up: bool = False

    def __post_init__(self) -> None:
        # A server ends without waiting for it.
        self._thread = threading.Thread(target=self._fetch, daemon=True)
        self._thread.start()

    def _fetch(self) -> None:
        with self.turns:
            self.fetched = fetch(self.repository, self.home, is_news=self.is_news, arrival=self.arrival)

    @property
    def is_under_way(self) -> bool:
        """Tell whether it is not through."""
        return self._thread.is_alive()

    def wait(self, seconds: float | None = None) -> Fetched | None:
        """Return what became of it; None = it is not through after so long."""
        self._thread.join(None if seconds is None else max(0, seconds))
        return self.fetched

    def so_far(self, ends_at: float) -> Fetched:
        """Wait until a moment; return what became of it by then."""
        fetched = self.wait(ends_at - time.monotonic())
        if fetched is not None:
            return fetched
        place = self.arrival.place or self.home / place_name(self.repository)
        if self.arrival.is_moving:
            return Fetched(place, is_coming=True)
        self.arrival.end()
        late = _("It did not arrive within {seconds} seconds. Use git clone in a terminal, or try again later.")
        return self.wait(ENDING_S) or Fetched(place, late.format(seconds=command.PATIENCE_S))

    def next_word(self) -> Fetched:
        """Wait as long as a start does, or less where something comes; return what became of it by then."""
        began = time.monotonic()
        while self.is_under_way and time.monotonic() - began < command.PATIENCE_S:
            if time.monotonic() - began >= WORD_S and self.arrival.is_moving:
                break
            self.wait(LOOK_S)
        return self.so_far(time.monotonic())


def fetch_all(
    repositories: Sequence[Repository], home: Path, *, is_news: bool = False
) -> tuple[list[Fetched], list[Coming]]:
    """Fetch repositories at the same time; return what became of each, in their order, and those still on their way.

    Args:
        is_news: as in `fetch`.
    """
    ends_at = time.monotonic() + command.PATIENCE_S
    turns = threading.Semaphore(AT_ONCE)
    every = [Coming(repository, home, turns, is_news) for repository in repositories]
    fetched = [each.so_far(ends_at) for each in every]
    return fetched, [each for each, result in zip(every, fetched, strict=True) if result.is_coming]


def end_all(coming: Iterable[Coming]) -> None:
    """End what is still on its way: its server ends."""
    for each in coming:
        each.is_given_up = True
        each.arrival.end()


def say_when_here(
    coming: Iterable[Coming], say: Callable[[str, str], object], missing: Callable[[str, str], object]
) -> None:
    """Say of each that it is on its way, and later what became of it.

    Args:
        say: takes the name of its folder, and what there is to say.
        missing: takes the address of one that did not arrive, and why.
    """

    def wait(each: Coming, name: str) -> None:
        fetched = each.wait()
        if each.is_given_up:
            return
        if fetched is None or fetched.problem:
            problem = fetched.problem if fetched is not None else _("Its folder cannot be written")
            missing(each.repository.url, problem)
            say(name, problem)
        else:
            say(fetched.folder.name, " ".join((_("It is here now."), *_beside(fetched))))

    for each in coming:
        place = each.arrival.place
        said = _("It is still on its way into your files. You read here when it is there.")
        if place is not None:
            said = _("Something large that belongs to it is still on its way. You read here when it is there.")
        name = place_name(each.repository) if place is None else place.name
        say(name, said)
        threading.Thread(target=wait, args=(each, name), daemon=True).start()


def _beside(fetched: Fetched) -> tuple[str, ...]:
    if not fetched.set_aside:
        return ()
    said = _("Beside new files are yours, or new ones beside yours: {files}.")
    return (said.format(files=", ".join(fetched.set_aside)),)
