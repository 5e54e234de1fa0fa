"""Where a server finds this place's copy of a repository: in a folder of its machine, or at the service of copies."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


def mirror_name(url: str) -> str:
    """Return the name of a copy's folder."""
    return hashlib.sha256(url.encode()).hexdigest()[:32] + ".git"


class CopyPlace(Protocol):
    """Copies of repositories, as servers reach them."""

    def of(self, url: str, person: str) -> str:
        """Return where a server of somebody's finds the copy of a repository: a path, or an address for git."""


@dataclass(frozen=True)
class CopiesFolder:
    """Copies in a folder of this machine, which servers see, to read."""

    folder: Path

    def of(self, url: str, person: str) -> str:  # noqa: ARG002 - everybody's is the same
        """Return the path of the copy, which may not be there."""
        return str(self.folder / mirror_name(url))


@dataclass(frozen=True)
class CopiesService:
    """Copies that the service of copies makes and gives: of what the hub has signed, and of nothing else.

    Args:
        url: where it is.
        key: that hub and service know, and nobody else.
    """

    url: str
    key: str = field(repr=False)

    def of(self, url: str, person: str) -> str:
        """Return the address for git, which says for whom it is."""
        asked = base64.urlsafe_b64encode(f"{person}\n{url}".encode()).decode().rstrip("=")
        return f"{self.url}/{asked}/{_signature(self.key, asked)}"


def asked_for(key: str, asked: str, signature: str) -> tuple[str, str] | None:
    """Return who asks, and for the repository at which address; None = the hub has not signed it.

    Args:
        asked: the first part of an address of the service, and the signature the second.
    """
    # Compared as bytes: letters beyond ASCII are an error else.
    if not hmac.compare_digest(_signature(key, asked).encode(), signature.encode()):
        return None
    try:
        person, _, url = base64.urlsafe_b64decode(asked + "=" * (-len(asked) % 4)).decode().partition("\n")
    except (binascii.Error, ValueError):
        return None
    return person, url


def _signature(key: str, asked: str) -> str:
    return hmac.new(key.encode(), asked.encode(), hashlib.sha256).hexdigest()
