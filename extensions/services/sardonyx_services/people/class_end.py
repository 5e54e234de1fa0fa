"""The end of a class: that none comes by a slip of the pen, and when its data goes after it."""

from datetime import datetime, timedelta

from sardonyx_services.people.classes import ClassDetails
from sardonyx_services.people.errors import PeopleError
from sardonyx_spawner.language import _

GRACE = timedelta(days=1)
"""From the end of a class to the deletion of its data: no keys to it are left by then, and who meant to keep it still can."""


def deletion_at(ended: datetime, decided: datetime | None) -> datetime:
    """Return when the data of a class is deleted: who decides it long after the end has a day to change their mind, too."""
    return max(ended, decided or ended) + GRACE


def check_end(before: ClassDetails, after: ClassDetails, now: datetime) -> None:
    """Make sure that nobody ends a class by a slip of the pen in a day.

    Raises:
        PeopleError: with its new days it would end at once.
    """
    closes = after.closes
    if closes is not None and closes <= now and closes != before.closes:
        raise PeopleError(
            _(
                "With that last day the class would end at once, for good. Write a later one, or end it with “End the class”."
            )
        )
