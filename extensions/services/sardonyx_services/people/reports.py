"""What was deleted, as counts by what they count, in JSON: added up while it goes on."""

import json
from collections.abc import Mapping

from sardonyx_services.people.event_models import EventRow
from sardonyx_services.people.models import ClassRow


def add_to_report(row: ClassRow | EventRow | None, deleted: Mapping[str, int]) -> None:
    """Add to what was deleted of a class or an event, if there is one."""
    if row is not None:
        before: dict[str, int] = json.loads(row.report or "{}")
        row.report = json.dumps({name: before.get(name, 0) + deleted.get(name, 0) for name in (*before, *deleted)})
