"""A hand-in on its way: which files it has, how far it is, and what came of each."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sardonyx_singleuser.storage.hand_in_places import HandInPlace

WAITING, GOING, ENDED = "waiting", "going", "ended"


@dataclass
class Delivery:
    """One of them.

    Args:
        where: the place in the class, as it was when it was looked at last.
        files: path below the home -> bytes; the place has them under the same paths.
        agreed: the same paths -> by what the person knew what it replaces, see `Handed.tag`; "" = nothing.
        sent: bytes, those of files that failed included.
        failed: path -> why, in a sentence.
        stopped: why it ended before its time, in a sentence; "" = it did not.
    """

    id: str
    where: HandInPlace
    files: Mapping[str, int]
    agreed: Mapping[str, str]
    state: str = WAITING
    sent: int = 0
    handed: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    stopped: str = ""
    ended: datetime | None = None
    task: asyncio.Task[None] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state == ENDED

    def told(self) -> dict[str, Any]:
        """Return it for JSON; which files are meant is said at the end."""
        known = {
            "id": self.id,
            "state": self.state,
            "title": self.where.title,
            "group": self.where.group,
            "files": len(self.files) + len(self.failed.keys() - self.files.keys()),
            "handed": len(self.handed),
            "bytes": sum(self.files.values()),
            "sent": self.sent,
        }
        if not self.is_over:
            return known
        return {
            **known,
            "ended": self.ended.isoformat() if self.ended else "",
            "stopped": self.stopped,
            "failed": [{"path": path, "why": why} for path, why in sorted(self.failed.items())],
            "not_sent": sorted(self.files.keys() - self.handed - self.failed.keys()),
        }
