"""Moments as the tables keep them, in UTC without a word about it, and as people write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sardonyx_services.people.errors import PeopleError
from sardonyx_spawner.language import _


def utc_now() -> datetime:
    """Return the moment that it is."""
    return datetime.now(UTC).replace(tzinfo=None)


def aware(moment: datetime) -> datetime:
    """Return a moment of the tables with its time zone."""
    return moment.replace(tzinfo=UTC)


def in_tables(moment: datetime) -> datetime:
    """Return a moment, which has a time zone, as the tables keep it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def day_of(text: str) -> date | None:
    """Return a day that was written; None = nothing was.

    Raises:
        PeopleError: it is none.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PeopleError(_("“{text}” is no day. Write it as 2026-09-07.").format(text=text[:40])) from error


def check_zone(zone: str) -> None:
    """Make sure that there is a time zone.

    Raises:
        PeopleError: there is none of that name.
    """
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError) as error:
        said = _("“{zone}” is no time zone. Write one such as Europe/Paris.")
        raise PeopleError(said.format(zone=zone[:64]), field="zone") from error


def moment_of(text: str, zone: str) -> datetime | None:
    """Return a moment that was written by the clocks of a zone; None = nothing was written.

    Raises:
        PeopleError: it is none, or there is no such zone, or clocks are put forward over it.
    """
    if not text:
        return None
    check_zone(zone)
    try:
        written = datetime.fromisoformat(text).replace(tzinfo=None)
        found = written.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        is_there = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == written
    except (ValueError, OverflowError) as error:
        raise PeopleError(
            _("“{text}” is no day and time. Write it as 2026-12-11T18:00.").format(text=text[:40])
        ) from error
    if not is_there:
        raise PeopleError(_("Clocks are put forward over {text}. Write an hour later.").format(text=text[:40]))
    return found
