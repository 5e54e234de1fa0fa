"""Moments as the tables keep them: in UTC, without a word about it."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the moment that it is."""
    return datetime.now(UTC).replace(tzinfo=None)


def aware(moment: datetime) -> datetime:
    """Return a moment of the tables with its time zone."""
    return moment.replace(tzinfo=UTC)


def in_tables(moment: datetime) -> datetime:
    """Return a moment, which has a time zone, as the tables keep it."""
    return moment.astimezone(UTC).replace(tzinfo=None)
