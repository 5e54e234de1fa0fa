"""A note in the home for who misses their code."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sardonyx_singleuser.language import _

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
    lines = [_line(url, problem) for url, problem in problems.items()]
    title = _("Your code is not here")
    before = _("Your server started without it. What happened:")
    after = _("To try again, start the server again, or use `git clone` in a terminal. This note goes away by itself.")
    # On a full disk there is no note, but still a server in which to make room.
    with suppress(OSError):
        note.write_text("\n\n".join((f"# {title}", before, "\n".join(lines), after)) + "\n")


def add_to_note(home: Path, url: str, problem: str) -> None:
    """Note one more, of which nobody knew when the server started."""
    note = home / NOTE
    if not note.exists():
        leave_note(home, {url: problem})
        return
    with suppress(OSError), note.open("a") as file:
        file.write(f"\n{_line(url, problem)}\n")


def _line(url: str, problem: str) -> str:
    return f"- {url}: {problem}"
