"""The life of a class as a line of steps: what was, and what comes when, decided from what is known of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sardonyx_services.people.class_end import deletion_at, given_up_at, waits_for_copies
from sardonyx_services.people.web.classes.desk import Seen


@dataclass(frozen=True)
class Step:
    """A step.

    Args:
        name: "made", "begins", "hand-in", "over", "ends", "closed" (over, and ends, at once), "export", "delete" or "keep".
        at: its moment; None = it comes when an instructor ends the class, or never.
    """

    name: str
    at: datetime | None
    is_done: bool


def timeline(seen: Seen, now: datetime) -> tuple[Step, ...]:
    """Return the steps of a class, in the order in which they come."""
    return tuple(_steps(seen, now))


def _steps(seen: Seen, now: datetime) -> Iterator[Step]:
    details, ended = seen.details, seen.group.ended
    yield Step("made", seen.group.created, is_done=True)
    if details.begins is not None:
        yield Step("begins", details.begins, is_done=details.begins <= now)
    if details.hand_in_until is not None:
        yield Step("hand-in", details.hand_in_until, is_done=details.hand_in_until <= now)
    ends = ended or details.closes
    over = details.ends
    # Where it ends with its last day, or was ended before, nobody has days to read and copy.
    if over is not None and over != details.closes and (ended is None or over < ended):
        yield Step("over", over, is_done=over <= now)
        yield Step("ends", ends, is_done=ended is not None)
    else:
        yield Step("closed", ends, is_done=ended is not None)
    if details.exporting:
        yield Step("export", ends, is_done=details.exported is not None)
    if details.after_end == "keep":
        yield Step("keep", None, is_done=False)
    else:
        goes = deletion_at(ends, details.decided) if ends is not None else None
        if ended is not None and goes is not None and goes <= now and waits_for_copies(ended, details, now):
            goes = given_up_at(ended)
        yield Step("delete", details.deleted or goes, is_done=details.deleted is not None)
