"""What cannot be in a class, and what to do about it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import get_args

from sardonyx_services.people.class_details import AfterEnd, ClassDetails
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.faults import Faults
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
        raise PeopleError(_("A class needs a title, of 200 characters at most."), field="title")
    return title


def check_details(details: ClassDetails) -> None:
    """Make sure that a class can be so.

    Raises:
        PeopleError: what cannot be, and what to do; all of it.
    """
    faults = Faults()
    with faults.noted():
        check_zone(details.zone)
    for each in _faults_of(details):
        faults.add(each)
    with faults.noted():
        check_until(details.hand_in_until)
    faults.say()


def _faults_of(details: ClassDetails) -> Iterator[PeopleError]:
    if len(details.description) > LONGEST_DESCRIPTION:
        yield PeopleError(_("The description has more than 500 characters. Shorten it."), field="description")
    for name, day in (("first_day", details.first_day), ("last_day", details.last_day)):
        if day is not None and not _EARLIEST <= day < _LATEST:
            said = _("{day} is no day on which a class can begin or end.").format(day=day.isoformat())
            yield PeopleError(said, field=name)
    if details.first_day and details.last_day and details.last_day < details.first_day:
        yield PeopleError(_("The last day is before the first one."), field="last_day")
    if not 0 <= details.kept_days <= MOST_KEPT_DAYS:
        said = _("People reach the data of a class for 0 to 3,650 days after its last one.")
        yield PeopleError(said, field="kept_days")
    if len(details.provider_group) > LONGEST_GROUP or not details.provider_group.isprintable():
        said = _("A group of a provider has 255 characters at most, all of which can be seen.")
        yield PeopleError(said, field="provider_group")
    if details.after_end not in get_args(AfterEnd):
        yield PeopleError(_("What is in the store after the end is “delete” or “keep”."), field="after_end")


def check_until(until: datetime | None) -> None:
    """Make sure that people can have until then to hand in.

    Raises:
        PeopleError: it is no day that pages of every time zone can show.
    """
    if until is not None and not _EARLIEST <= until.date() < _LATEST:
        said = _("{day} is no day until which anybody hands in.").format(day=until.date())
        raise PeopleError(said, field="hand_in_until")
