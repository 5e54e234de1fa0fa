"""What is deleted, as counts by what they count, in JSON: those of the store are written down before any of it goes."""

import json
from collections.abc import Mapping

from sardonyx_services.people.event_models import EventRow
from sardonyx_services.people.models import ClassRow


def add_to_report(row: ClassRow | EventRow | None, deleted: Mapping[str, int]) -> None:
    """Add to what was deleted of a class or an event, if there is one."""
    if row is not None:
        before: dict[str, int] = json.loads(row.report or "{}")
        row.report = json.dumps({name: before.get(name, 0) + deleted.get(name, 0) for name in (*before, *deleted)})


def is_counted(row: ClassRow | EventRow | None) -> bool:
    """Tell whether what is in the store was counted."""
    return row is not None and "objects" in json.loads(row.report or "{}")
