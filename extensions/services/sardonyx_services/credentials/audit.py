"""Who was given which access, and until when: one line of JSON for each, never with a secret in it."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

LARGEST = 16 << 20
KEPT = 32
"""Half a gigabyte: a year of a class of 200."""
LINK_MADE, LINK_OPENED, LINK_ENDED = "link", "link-opened", "link-ended"
LAPTOP, COLLECT, CLEAR, HAND_OUT, KEEP, TEAM_COPY = "laptop", "collect", "clear", "hand-out", "keep", "team-copy"
EXPORT = "export"
"""What stands for the server where keys are for a person's own computer, for the service of classes, or to delete."""


@dataclass(frozen=True)
class Issued:
    """One credential that was given.

    Args:
        service: s3, vault or git; clear: an event is deleted, export: what was handed in in a class that has ended is copied.
            link: somebody shared a file, link-opened: for the first time, link-ended: taken back.
        person: the immutable id.
        name: how the person was called then.
        server: name of the server ("" = the default one); "laptop" for a person's own computer, see `is_of_laptop`.
        session: what the store or Vault knows it as.
        places: prefixes with ":r" or ":rw" (s3), groups (vault).
        until: end of its life, with a time zone.
    """

    time: datetime
    service: str
    person: str
    name: str
    server: str
    session: str
    places: tuple[str, ...]
    until: datetime

    @property
    def is_of_laptop(self) -> bool:
        """Whether it was made for a person's own computer; a server may be called so, but its session never is."""
        return self.session.startswith(f"{self.person}-{LAPTOP}-")

    def to_json(self) -> str:
        """Return it as one line."""
        return json.dumps(
            {
                "time": _utc(self.time),
                "service": self.service,
                "person": self.person,
                "name": self.name,
                "server": self.server,
                "session": self.session,
                "places": list(self.places),
                "until": _utc(self.until),
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, line: str) -> "Issued":
        """Read a line.

        Raises:
            ValueError, KeyError, TypeError: it is none of ours.
        """
        found: dict[str, Any] = json.loads(line)
        return cls(
            time=datetime.fromisoformat(found["time"]),
            service=str(found["service"]),
            person=str(found["person"]),
            name=str(found["name"]),
            server=str(found["server"]),
            session=str(found["session"]),
            places=tuple(str(place) for place in found["places"]),
            until=datetime.fromisoformat(found["until"]),
        )


class AuditLog:
    """A file of such lines, for its owner only, put aside when it is large."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handler = RotatingFileHandler(path, maxBytes=LARGEST, backupCount=KEPT)
        self._handler.setFormatter(logging.Formatter("%(message)s"))

    def write(self, issued: Issued) -> None:
        """Add a line; a disk that is full stops nobody's work and is told in the service's log."""
        self._handler.handle(logging.LogRecord(__name__, logging.INFO, "", 0, issued.to_json(), None, None))

    def close(self) -> None:
        """Let go of the file."""
        self._handler.close()


def read(path: Path, since: datetime | None = None) -> Iterator[Issued]:
    """Return what was written, oldest first; a line that a crash cut off is left out.

    Args:
        since: files that are older are left out; None = everything is read.
    """
    aside = [path.with_name(f"{path.name}.{number}") for number in range(KEPT, 0, -1)]
    for part in (*aside, path):
        if not part.exists() or (since is not None and part.stat().st_mtime < since.timestamp()):
            continue
        with part.open(encoding="utf-8") as file:
            for line in file:
                try:
                    yield Issued.from_json(line)
                except (ValueError, KeyError, TypeError):
                    continue


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
