"""What the people of a class read days before its end, and before its data goes: decided from its days, and in words."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sardonyx_services.people.class_end import deletion_at
from sardonyx_services.people.classes import ClassDetails
from sardonyx_spawner.dates import say_date
from sardonyx_spawner.language import _

SOON = timedelta(days=7)
"""So long before something ends it is said."""


def is_soon(moment: datetime | None, now: datetime) -> bool:
    """Tell whether a moment comes in the next days."""
    return moment is not None and timedelta() < moment - now <= SOON


def say_ending(title: str, details: ClassDetails, now: datetime) -> str:
    """Say what ends of a class that goes on, and until when what is in it can be had; "" = nothing in the next days."""
    ends, closes = details.ends, details.closes
    if ends is None or closes is None or not (is_soon(ends, now) or is_soon(closes, now)):
        return ""
    said = [_("“{title}” is over.").format(title=title)]
    if now < ends:
        day = _last_day(ends, details, now)
        said = [
            _("The last day of “{title}” is {day}: its servers stop at the end of it.").format(title=title, day=day)
        ]
    if ends < closes:
        said.append(_("What is in it is read and copied until {day}.").format(day=_last_day(closes, details, now)))
    if details.after_end == "delete":
        goes = deletion_at(closes, details.decided)
        said.append(_("Its data is deleted after {day}.").format(day=_last_day(goes, details, now)))
    return " ".join(said)


def _last_day(moment: datetime, details: ClassDetails, now: datetime) -> str:
    """Say the last day before a moment, which most often is a midnight, by the clocks of the class."""
    return say_date(last_day_before(moment, details.zone), now.date())


def last_day_before(moment: datetime, zone: str) -> date:
    """Return the day that ends at a moment, or within which it is."""
    return (moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date()
