"""How far a start is: the lines that the user side writes, as JupyterHub's progress events."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

from sardonyx_spawner.contract import PROGRESS_FILE
from sardonyx_spawner.local.exposed_files import append, read_end
from sardonyx_spawner.local.folders import ServerFolders
from sardonyx_spawner.queue import place_event
from sardonyx_spawner.steps import event_of, step_of

POLL_S = 0.1
MOST_BYTES = 1 << 16


async def follow(folders: ServerFolders, before: Callable[[], int | None]) -> AsyncGenerator[dict[str, Any]]:
    """Yield one event for each whole line, and for each place in the queue, for as long as the caller listens.

    Args:
        before: returns how many starts are before this one; None = it does not wait.
    """
    path, offset, count, place = folders.private / PROGRESS_FILE, 0, 0, None
    while True:
        lines, offset = _new_lines(path, offset)
        for line in lines:
            step = step_of(line)
            if step is not None:
                count += 1
                yield event_of(*step, count)
        now = before()
        if now is not None and now != place:
            yield place_event(now)
        place = now
        await asyncio.sleep(POLL_S)


def last_step(folders: ServerFolders) -> str:
    """Return what the user side said last; "" = nothing yet. The person's own code may have said it."""
    lines, _offset = _new_lines(folders.private / PROGRESS_FILE, 0)
    steps = [step for step in map(step_of, lines[-1:]) if step is not None]
    return steps[0][0] if steps else ""


def tell(folders: ServerFolders, message: str, state: str) -> None:
    """Add a line, as the user side does."""
    line = json.dumps({"at": time.time(), "message": message, "state": state})
    append(folders.private / PROGRESS_FILE, line, make=True)


def _new_lines(path: Path, offset: int) -> tuple[list[bytes], int]:
    # The file belongs to the person's own code, too: only so much of it is ever looked at.
    text = read_end(path, MOST_BYTES)[offset:]
    whole = text[: text.rfind(b"\n") + 1]
    return whole.splitlines(), offset + len(whole)
