"""Until when somebody writes what is theirs to write in a class or an event."""

from datetime import datetime, timedelta

from sardonyx_services.people.event_models import EventRow
from sardonyx_services.people.moments import aware
from sardonyx_services.people.records import EVENT


def event_until(event: EventRow, role: str, provider: str) -> datetime | None:
    """Return until when somebody writes in an event: who organises it, until it is deleted, and whose account lasts, always."""
    if role == "organiser":
        return aware(max(event.ends, event.closed or event.ends)) + timedelta(hours=event.read_hours)
    return None if role == "participant" and provider != EVENT else aware(event.ends)


def later(until: datetime | None, extended: datetime | None) -> datetime | None:
    """Return until when somebody hands in: more time is never less."""
    return aware(max(until, extended or until)) if until is not None else None
