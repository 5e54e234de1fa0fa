"""What the people of a class or an event read days before its end, and before its data goes: decided from its days, in words."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import escape

from sardonyx_services.page_words import timed
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.class_end import deletion_at
from sardonyx_services.people.event_details import EventDetails
from sardonyx_spawner.dates import say_date, say_local
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


def say_event_ending(title: str, details: EventDetails, now: datetime) -> str:
    """Say until when what somebody has in an event can be had, with the marks of a page; "" = that is not in the next days."""
    if details.deleted is not None or not (is_soon(details.ends, now) or is_soon(details.goes, now)):
        return ""
    ends, goes = (timed(each, say_local(each, details.zone, now.date())) for each in (details.ends, details.goes))
    said = (
        _("“{title}” is over. What you have in it is read and copied until {goes}. Then all of it is deleted.")
        if is_event_over(details, now)
        else _(
            "“{title}” ends {ends}: its servers stop then. What you have in it is read and copied until {goes}. Then all of it is deleted."
        )
    )
    return escape(said).format(title=title, ends=ends, goes=goes)


def is_event_over(details: EventDetails, now: datetime) -> bool:
    """Tell whether nobody works in an event any more."""
    return details.closed is not None or details.ends <= now


def _last_day(moment: datetime, details: ClassDetails, now: datetime) -> str:
    """Say the last day before a moment, which most often is a midnight, by the clocks of the class."""
    return say_date(last_day_before(moment, details.zone), now.date())


def last_day_before(moment: datetime, zone: str) -> date:
    """Return the day that ends at a moment, or within which it is."""
    return (moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date()
