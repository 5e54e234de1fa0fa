"""What this place knows of somebody, written out in the background: a year of keys is long to read."""

import asyncio
import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from sardonyx_services.credentials.audit import read
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.language import _

log = logging.getLogger(__name__)
KEPT_S = 900.0
"""So long it can be fetched; then it is forgotten here."""


def known_of(people: PeopleStore, audit: Path, person: str) -> str:
    """Return, as JSON, what this place knows of somebody and which keys they were given; "" = nothing.

    Args:
        audit: file with a line for each key.

    Raises:
        OSError: the file cannot be read.
    """
    known = people.personal.of(person)
    if not known:
        return ""
    known["credentials"] = [json.loads(each.to_json()) for each in read(audit) if each.person == person]
    return json.dumps(known, indent=1, ensure_ascii=False)


@dataclass
class Export:
    """One go of writing it out.

    Args:
        content: what is known, as JSON; "" = it is not there, or not any more.
        made: when it was.
        fault: why it could not be made; "" = nothing went wrong.
        goes_on: whether it is being made.
    """

    content: str = ""
    made: datetime | None = None
    fault: str = ""
    goes_on: bool = True


class Exports:
    """The goes, the last one for each who asks and each of whom they ask. They end with this service."""

    def __init__(self, people: PeopleStore, audit: Path, kept_s: float = KEPT_S) -> None:
        self._people, self._audit, self._kept_s = people, audit, kept_s
        self._last: dict[tuple[str, str], Export] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(1)

    def of(self, asker: str, person: str) -> Export:
        """Return the last go; one that has not begun, where there was none, or what it made is forgotten."""
        return self._last.get((asker, person)) or Export(goes_on=False)

    def start(self, asker: str, person: str) -> Export:
        """Write it out, in the background; if that is being done, it goes on."""
        export = self.of(asker, person)
        if not export.goes_on:
            export = self._last[asker, person] = Export()
            task = asyncio.create_task(self._in_turn((asker, person), export))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return export

    async def close(self) -> None:
        """End what goes on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _in_turn(self, key: tuple[str, str], export: Export) -> None:
        try:
            async with self._turns:
                export.content = await run_in_threadpool(known_of, self._people, self._audit, key[1])
            export.made = datetime.now(UTC)
        except Exception:
            export.fault = _("Something went wrong here, and was written down. Try again.")
            log.exception("What is known of %s cannot be written out", key[1])
        finally:
            export.goes_on = False
        await asyncio.sleep(self._kept_s)
        if self._last.get(key) is export:
            del self._last[key]
