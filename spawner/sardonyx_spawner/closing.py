"""When a class or an event is over, and what becomes of what is in it: as its card in the start form says it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sardonyx_spawner.dates import say_date, say_local
from sardonyx_spawner.language import _

SOON = timedelta(days=14)
"""So long before the end it is said."""


@dataclass(frozen=True)
class Closing:
    """The end of a class or an event.

    Args:
        ends: the moment after its last one, with a time zone: then its servers stop.
        closes: so long what is in it is read, with a time zone.
        zone: name of the time zone by whose clocks both are said.
        is_deleted: what is in it is deleted after that.
    """

    kind: Literal["class", "event"]
    ends: datetime
    closes: datetime
    zone: str
    is_deleted: bool


def say_closing(closing: Closing | None, now: datetime) -> str:
    """Say when it is over, and what happens then; "" = not in the next two weeks."""
    if closing is None or not now < closing.ends <= now + SOON:
        return ""
    said = [_("Class until the end of {day}.") if closing.kind == "class" else _("Event until {day}.")]
    if closing.closes <= closing.ends:
        said.append(_("Then its servers stop, and nobody reaches what is in it."))
    elif closing.is_deleted:
        said.append(_("Then its servers stop; what is in it can be read until {last}, then it is deleted."))
    else:
        said.append(_("Then its servers stop; what is in it can be read until {last}."))
    day, last = (_say(closing, moment, now) for moment in (closing.ends, closing.closes))
    return " ".join(said).format(day=day, last=last)


def _say(closing: Closing, moment: datetime, now: datetime) -> str:
    today = now.astimezone(ZoneInfo(closing.zone)).date()
    if closing.kind == "event":
        return say_local(moment, closing.zone, today)
    # The end of a class is a midnight: people know the day before it.
    return say_date((moment - timedelta(seconds=1)).astimezone(ZoneInfo(closing.zone)).date(), today)
