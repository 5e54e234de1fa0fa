"""What was deleted, as counts by what they count: added up while it goes on."""

import json
from collections.abc import Mapping


def sum_of(report: str, more: Mapping[str, int]) -> str:
    """Return a report with more in it; both as JSON, "" = nothing yet."""
    before: dict[str, int] = json.loads(report or "{}")
    return json.dumps({name: before.get(name, 0) + more.get(name, 0) for name in (*before, *more)})
