"""What the service that opens links is told, in one JSON file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sardonyx_services.private_file import write_private


@dataclass(frozen=True)
class OpenerConfiguration:
    """Where it asks, and what its pages say. No pydantic here: it would be a fifth of this process.

    Args:
        keys: address of the keys service.
        people: people.sqlite, to look whether there is a link at all; None = they are in a PostgreSQL.
        title: name of this place.
        contact: mail address or link of the people who run it; "" = not said.
    """

    keys: str
    people: Path | None
    log: Path
    title: str
    contact: str

    def write(self, path: Path) -> None:
        """Write the file for the service, for its owner only."""
        write_private(path, json.dumps({name: str(value or "") for name, value in asdict(self).items()}, indent=1))

    @classmethod
    def read(cls, path: Path) -> "OpenerConfiguration":
        """Read it."""
        found: dict[str, Any] = json.loads(path.read_text())
        people = Path(found["people"]) if found["people"] else None
        return cls(found["keys"], people, Path(found["log"]), found["title"], found["contact"])
