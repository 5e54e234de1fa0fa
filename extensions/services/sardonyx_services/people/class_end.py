"""The end of a class: that none comes by a slip of the pen, and when its data goes after it."""

from datetime import datetime, timedelta

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.errors import PeopleError
from sardonyx_spawner.language import _

GRACE = timedelta(days=1)
"""From the end of a class to the deletion of its data: no keys to it are left by then, and who meant to keep it still can."""

LONGEST_WAIT = timedelta(days=7)
"""So much longer the data waits for copies of it that do not come about, as where somebody's place is full."""


def given_up_at(ended: datetime) -> datetime:
    """Return until when it is tried to copy what was handed in into people's own data; nothing waits for that any longer."""
    return ended + GRACE + LONGEST_WAIT


def are_copies_open(ended: datetime | None, details: ClassDetails, now: datetime) -> bool:
    """Tell whether it matters still if what was handed in is copied to the people of a class: it is to come, or goes on."""
    if details.exported is not None or details.going is not None:
        return False
    return ended is None or now < given_up_at(ended)


def waits_for_copies(ended: datetime, details: ClassDetails, now: datetime) -> bool:
    """Tell whether data that could be deleted by now waits for copies of it."""
    return details.exporting and are_copies_open(ended, details, now)


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
            ),
            field="last_day",
        )
