"""This place's own copy of a repository that a profile or a class names: in a folder of this machine, or behind a service."""

import base64
import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from sardonyx_singleuser import contract
from sardonyx_singleuser.plan import Repository

AUTHORIZATION = "SARDONYX_GIT_AUTHORIZATION"
SMALL_BYTES = 200 << 20
"""A copy up to this size is copied as a whole, which is five times faster than to be asked for what is wanted of it."""


def mirror_name(url: str) -> str:
    """Return the name of the copy; the hub side makes it by the same rule."""
    return hashlib.sha256(url.encode()).hexdigest()[:32] + ".git"


def mirror_key(url: str) -> str:
    """Return what stands for an address in that of its copy; the service reads it by the same rule."""
    return base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def mirror_of(repository: Repository, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the copy of a repository on this machine; None = there is none."""
    folder = environment.get(contract.MIRRORS, "")
    path = Path(folder) / mirror_name(repository.url)
    return path if folder and not _is_service(folder) and repository.is_mirrored and path.is_dir() else None


def mirror_options(repository: Repository, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the options with which git goes to the copy where it would go to the forge; a clone does not keep them."""
    where = environment.get(contract.MIRRORS, "")
    if repository.is_mirrored and _is_service(where):
        return (*_asking(where), "-c", f"url.{where}/{mirror_key(repository.url)}.insteadOf={repository.url}")
    path = mirror_of(repository, environment)
    if path is None:
        return ()
    target = str(path) if repository.depth is None and _size(path) <= SMALL_BYTES else path.as_uri()
    return ("-c", f"url.{target}.insteadOf={repository.url}")


def authorization(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variable by which git knows what to show the service; a command line could be read by others."""
    if not _is_service(environment.get(contract.MIRRORS, "")):
        return {}
    return {AUTHORIZATION: f"Authorization: token {environment.get('JUPYTERHUB_API_TOKEN', '')}"}


def owners(repositories: Iterable[Repository], environment: Mapping[str, str] = os.environ) -> str:
    """Return the part of git's settings that lets it read copies, which belong to the hub's user."""
    found = [mirror_of(repository, environment) for repository in repositories]
    return "".join(f'[safe]\n\tdirectory = "{path}"\n' for path in found if path is not None)


def _is_service(where: str) -> bool:
    return where.startswith(("http://", "https://"))


def _asking(where: str) -> tuple[str, ...]:
    # The token is for this address alone: it goes through no proxy, and not to where somebody else would lead.
    alone = (f"http.{where}.proxy=", f"http.{where}.followRedirects=false")
    return (
        f"--config-env=http.{where}.extraHeader={AUTHORIZATION}",
        *(word for each in alone for word in ("-c", each)),
    )


def _size(path: Path) -> int:
    return sum(pack.stat().st_size for pack in (path / "objects" / "pack").glob("*.pack"))
