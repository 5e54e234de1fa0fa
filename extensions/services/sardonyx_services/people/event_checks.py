"""What cannot be in an event, and what to do about it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_details import MOST_SIGN_INS, EventDetails
from sardonyx_services.people.faults import Faults
from sardonyx_services.people.moments import check_zone
from sardonyx_spawner.amounts import memory_bytes
from sardonyx_spawner.language import _

LONGEST_TITLE, LONGEST_PLACE, LONGEST_WELCOME = 200, 200, 20_000
MOST_READ_HOURS = 24 * 30
SHORTEST = timedelta(minutes=15)
_EARLIEST, _LATEST = datetime(2000, 1, 1).astimezone(), datetime(2200, 1, 1).astimezone()


def checked_event_title(text: str) -> str:
    """Return a title as it is kept.

    Raises:
        PeopleError: it is none.
    """
    title = " ".join(text.split())
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise PeopleError(_("An event needs a title, of 200 characters at most."), field="title")
    return title


def check_event(details: EventDetails) -> None:
    """Make sure that an event can be so.

    Raises:
        PeopleError: what cannot be, and what to do; all of it.
    """
    faults = Faults()
    with faults.noted():
        check_zone(details.zone)
    for each in _faults_of(details):
        faults.add(each)
    faults.say()


def _faults_of(details: EventDetails) -> Iterator[PeopleError]:
    for name, moment in (("begins", details.begins), ("ends", details.ends)):
        if not _EARLIEST <= moment < _LATEST:
            said = _("{day} is no day on which an event can begin or end.").format(day=moment.date().isoformat())
            yield PeopleError(said, field=name)
    if details.ends - details.begins < SHORTEST:
        yield PeopleError(_("An event ends a quarter of an hour after its beginning, or later."), field="ends")
    if not 1 <= details.read_hours <= MOST_READ_HOURS:
        said = _("People read what they have for 1 to 720 hours after the end of an event.")
        yield PeopleError(said, field="read_hours")
    if not 1 <= details.sign_ins <= MOST_SIGN_INS:
        yield PeopleError(_("A code lets people in 1 to 1,000 times."), field="sign_ins")
    if not _is_amount(details.storage):
        said = _("“{text}” is no amount. Write one such as 512M or 20G.")
        yield PeopleError(said.format(text=details.storage[:40]), field="storage")
    for name, is_too_long in (
        ("place", len(details.place) > LONGEST_PLACE),
        ("welcome", len(details.welcome) > LONGEST_WELCOME),
    ):
        if is_too_long:
            yield PeopleError(_("The place has 200 characters at most, and the welcome 20,000."), field=name)


def _is_amount(text: str) -> bool:
    try:
        memory_bytes(text or "1M")
    except ValueError:
        return False
    return True
