"""What a class can be at this place: with servers that there are, and with an end that is no slip of the pen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sardonyx_services.people.class_checks import check_details, checked_title
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.class_end import check_end
from sardonyx_services.people.faults import Faults
from sardonyx_services.people.web.offers import Settled, checked_servers
from sardonyx_spawner.language import SaidError
from sardonyx_spawner.profiles import Profile


def checked_class(
    bases: Mapping[str, Profile],
    before: ClassDetails,
    title: str,
    details: ClassDetails,
    *,
    unread: Sequence[SaidError],
    now: datetime,
) -> ClassDetails:
    """Return what a class is to be, with its servers as they can be here.

    Args:
        bases: what servers of classes can be made from, by slug.
        unread: what of it could not be read.

    Raises:
        SaidError: all that is wrong with it.
    """
    faults = Faults(unread)
    with faults.noted():
        checked_title(title)
    with faults.noted():
        check_details(details)
    if not faults.is_of("first_day", "last_day", "zone", "kept_days"):
        with faults.noted():
            check_end(before, details, now)
    settled = faults.tried(partial(checked_servers, bases, details, before), Settled())
    faults.say()
    return replace(details, answers=settled.answers, limits=settled.limits)
