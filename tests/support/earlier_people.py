"""People as earlier releases kept them: a small database of each, written out; each table has a row."""

import json
from pathlib import Path
from typing import Any

EARLIER = sorted((Path(__file__).parents[1] / "unit" / "people_of_earlier_versions").glob("*.sql"))
CALLED_NOW = {("members", "role"): {"staff": "instructor"}}
"""What has another name since: table and column -> earlier name -> name."""
WITH_MATERIAL = ("classes", "events")
IN_THE_SAME_FOLDER = {"https://git.example.org/health/~~data~~2026~": "data-2026"}
"""Where material was that would be named otherwise today."""


def called_now(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with the names that things have now."""
    renamed = [
        {name: CALLED_NOW.get((table, name), {}).get(value, value) for name, value in row.items()} for row in rows
    ]
    return [_with_repositories(row) if table in WITH_MATERIAL else row for row in renamed]


def _with_repositories(row: dict[str, Any]) -> dict[str, Any]:
    """Return a class or an event of when these had one repository each."""
    if "repository" not in row:
        return row
    kept = {name: value for name, value in row.items() if name not in {"repository", "branch"}}
    url = row["repository"]
    found = {"url": url, "branch": row["branch"], "folder": IN_THE_SAME_FOLDER.get(url, "")}
    said = {name: value for name, value in found.items() if value}
    return {**kept, "repositories": json.dumps([said] if url else [])}
