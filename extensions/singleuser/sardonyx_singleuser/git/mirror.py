"""This place's own copy of a repository that a profile or a class names: in a folder of this machine, or behind a service."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sardonyx_singleuser.plan import Repository

ON_ITS_WAY = "returned error: 425"
"""git says so where the service answers that something of its first copy came lately."""
SMALL_BYTES = 200 << 20
"""A copy up to this size is copied as a whole, which is five times faster than to be asked for what is wanted of it."""


def mirror_of(repository: Repository) -> Path | None:
    """Return the copy of a repository on this machine; None = there is none."""
    path = Path(repository.copy)
    return path if path.is_absolute() and path.is_dir() else None


def mirror_options(repository: Repository) -> tuple[str, ...]:
    """Return the options with which git goes to the copy where it would go to the forge; a clone does not keep them."""
    where = repository.copy
    if _is_served(where):
        # The address is for the service alone: no proxy is asked for it, and it is not taken to where somebody else would lead.
        alone = (
            f"http.{where}.proxy=",
            f"http.{where}.followRedirects=false",
            f"url.{where}.insteadOf={repository.url}",
        )
        return tuple(word for each in alone for word in ("-c", each))
    path = mirror_of(repository)
    if path is None:
        return ()
    target = str(path) if repository.depth is None and _size(path) <= SMALL_BYTES else path.as_uri()
    return ("-c", f"url.{target}.insteadOf={repository.url}")


@dataclass(frozen=True)
class Way:
    """Where git goes for a repository; without options to its forge.

    Args:
        options: of git itself.
        asking: more of them, before a command that asks what there is.
        is_old: what is new may not be there.
    """

    options: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    is_old: bool = False


def ways(repository: Repository, *, is_news: bool = False) -> list[Way]:
    """Return where a repository may be had, the best first.

    Args:
        is_news: somebody says that there is something new. A copy on this machine is renewed when servers start, and no
            sooner; a service renews its own when it is asked to (RFC 9111, no-cache), once for all who ask.
    """
    nearby, where = mirror_options(repository), repository.copy
    if not nearby:
        return [Way()]
    if not is_news:
        return [Way(nearby), Way()]
    renewed = [Way(nearby, ("-c", f"http.{where}.extraHeader=Cache-Control: no-cache"))] if _is_served(where) else []
    return [*renewed, Way(), Way(nearby, is_old=True)]


def owners(repositories: Iterable[Repository]) -> str:
    """Return the part of git's settings that lets it read copies, which belong to the hub's user."""
    found = [mirror_of(repository) for repository in repositories]
    return "".join(f'[safe]\n\tdirectory = "{path}"\n' for path in found if path is not None)


def _is_served(where: str) -> bool:
    return where.startswith(("http://", "https://"))


def _size(path: Path) -> int:
    return sum(pack.stat().st_size for pack in (path / "objects" / "pack").glob("*.pack"))
