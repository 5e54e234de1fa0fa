"""The steps of a start: what the user side tells of them, as JupyterHub's progress events."""

import json
from typing import Any

LONGEST_MESSAGE = 300
PER_STEP = 20
"""Percent that each step adds, up to 95: only JupyterHub knows when a server is ready."""


def event_of(message: str, state: str, count: int) -> dict[str, Any]:
    """Return a step as JupyterHub shows it.

    Args:
        state: now, done, warn or wait.
        count: which step it is, from 1.
    """
    return {"progress": min(95, count * PER_STEP), "message": message, "state": state}


def step_of(line: bytes) -> tuple[str, str] | None:
    """Return message and state of a line that was told; None if it is none."""
    try:
        return read_step(json.loads(line))
    except ValueError:
        return None


def read_step(told: object) -> tuple[str, str] | None:
    """Return message and state of a step that was told; None if it is none.

    The person's own code can tell anything: what is taken is text, and only so much of it.
    """
    if not isinstance(told, dict) or not isinstance(told.get("message"), str):
        return None
    state = told.get("state")
    return told["message"][:LONGEST_MESSAGE], state if state in {"done", "now", "warn"} else "now"
