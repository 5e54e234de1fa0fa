"""What cannot be in a class, and what to do about it."""

from datetime import date, datetime
from typing import get_args

from sardonyx_services.people.class_details import AfterEnd, ClassDetails
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.moments import check_zone
from sardonyx_spawner.language import _

MOST_KEPT_DAYS = 3650
LONGEST_TITLE, LONGEST_DESCRIPTION = 200, 500
LONGEST_GROUP = 255
_EARLIEST, _LATEST = date(2000, 1, 1), date(2200, 1, 1)


def checked_title(text: str) -> str:
    """Return a title as it is kept.

    Raises:
        PeopleError: it is none.
    """
    title = " ".join(text.split())
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise PeopleError(_("A class needs a title, of 200 characters at most."))
    return title


def check_details(details: ClassDetails) -> None:
    """Make sure that a class can be so.

    Raises:
        PeopleError: what cannot be, and what to do.
    """
    if len(details.description) > LONGEST_DESCRIPTION:
        raise PeopleError(_("The description has more than 500 characters. Shorten it."))
    check_zone(details.zone)
    for day in (details.first_day, details.last_day):
        if day is not None and not _EARLIEST <= day < _LATEST:
            raise PeopleError(_("{day} is no day on which a class can begin or end.").format(day=day.isoformat()))
    if details.first_day and details.last_day and details.last_day < details.first_day:
        raise PeopleError(_("The last day is before the first one."))
    if not 0 <= details.kept_days <= MOST_KEPT_DAYS:
        raise PeopleError(_("People reach the data of a class for 0 to 3,650 days after its last one."))
    if len(details.provider_group) > LONGEST_GROUP or not details.provider_group.isprintable():
        raise PeopleError(_("A group of a provider has 255 characters at most, all of which can be seen."))
    if details.after_end not in get_args(AfterEnd):
        raise PeopleError(_("What is in the store after the end is “delete” or “keep”."))
    check_until(details.hand_in_until)


def check_until(until: datetime | None) -> None:
    """Make sure that people can have until then to hand in.

    Raises:
        PeopleError: it is no day that pages of every time zone can show.
    """
    if until is not None and not _EARLIEST <= until.date() < _LATEST:
        raise PeopleError(_("{day} is no day until which anybody hands in.").format(day=until.date()))
