"""A note in the home for who misses their code."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

NOTE = "CODE-IS-MISSING.md"


def leave_note(home: Path, problems: Mapping[str, str]) -> None:
    """Leave a note in the home where the person sees it, or take the last one away.

    Args:
        problems: address of a repository -> what happened.
    """
    note = home / NOTE
    with suppress(OSError):
        note.unlink(missing_ok=True)
    if not problems:
        return
    lines = [f"- {url}: {problem}" for url, problem in problems.items()]
    # On a full disk there is no note, but still a server in which to make room.
    with suppress(OSError):
        note.write_text(
            "# Your code is not here\n\nYour server started without it. What happened:\n\n" + "\n".join(lines) + "\n\n"
            "To try again, start the server again, or use `git clone` in a terminal. This note goes away by itself.\n"
        )
