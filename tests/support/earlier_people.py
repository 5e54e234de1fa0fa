"""People as earlier releases kept them: a small database of each, written out; each table has a row."""

from pathlib import Path
from typing import Any

EARLIER = sorted((Path(__file__).parents[1] / "unit" / "people_of_earlier_versions").glob("*.sql"))
CALLED_NOW = {("members", "role"): {"staff": "instructor"}}
"""What has another name since: table and column -> earlier name -> name."""


def called_now(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with the names that things have now."""
    return [{name: CALLED_NOW.get((table, name), {}).get(value, value) for name, value in row.items()} for row in rows]
