"""How the timeline says for whom what was handed in is copied, and why it is not for others."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.class_end import given_up_at
from sardonyx_spawner.dates import say_date
from sardonyx_spawner.language import N_, _, ngettext

MOST_NAMES = 12
WHY = {
    "waiting": N_("Their turn is still to come: {names}."),
    "full": N_("Their place in the data store is full: {names}. They delete something there, and get it then."),
    "files": N_(
        "The data store did not take some of it: {names}. The people who run this place find out why, in people.log."
    ),
    "away": N_("The data store did not answer: {names}."),
}


def say_exported(details: ClassDetails) -> str:
    """Say how many have it: "41 of 42 people have it."; "" = that has not begun."""
    total = len(details.exports)
    done = sum(not why for why in details.exports.values())
    said = ngettext("{done} of {count} person has it.", "{done} of {count} people have it.", total)
    return said.format(done=done, count=total) if total else ""


def say_behind(details: ClassDetails, ended: datetime | None, names: Mapping[str, str], now: datetime) -> list[str]:
    """Say who has not got it and why, what to do, and until when it is tried; [] = all have, or it has not begun.

    Args:
        names: id -> name of those who are in the class.
    """
    behind = {
        why: [names[each] for each, because in details.exports.items() if because == why and each in names]
        for why in WHY
    }
    said = [_(WHY[why]).format(names=_some(people)) for why, people in behind.items() if people]
    if not said or ended is None or not details.exporting:
        return []
    until = given_up_at(ended)
    local = until.astimezone(ZoneInfo(details.zone))
    moment = _("{day} {time}").format(day=say_date(local.date(), now.date()), time=f"{local:%H:%M}")
    if now >= until:
        return [*said, _("It was tried until {moment}, and nothing waits for it any more.").format(moment=moment)]
    return [
        *said,
        _(
            "It is tried again every quarter of an hour. Nothing is deleted until all have it, or until {moment} at the latest."
        ).format(moment=moment),
    ]


def _some(names: list[str]) -> str:
    some = ", ".join(sorted(names)[:MOST_NAMES])
    return some if len(names) <= MOST_NAMES else f"{some} …"
