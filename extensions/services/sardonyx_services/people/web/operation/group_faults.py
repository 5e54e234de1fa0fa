"""What is wrong with a class or an event, as its operator wants to know it: decided from what others have found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sardonyx_services.people.class_end import deletion_at, given_up_at, waits_for_copies
from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_services.people.web.hub import Server
from sardonyx_services.people.web.offers import Wanted, checked_servers
from sardonyx_services.people.web.store_use import Amount
from sardonyx_spawner.amounts import say_memory
from sardonyx_spawner.dates import say_date
from sardonyx_spawner.language import N_, _, ngettext
from sardonyx_spawner.profiles import Profile

Matter = Literal["leader", "stuck", "stored", "servers", "profile", "soon"]
"""What there is to look at: nobody leads it, it is over and not cleared, how much is stored, its servers, its profile; and,
which is no fault, that it ends soon."""
STUCK_AFTER = timedelta(minutes=30)
"""So long after its time something should be deleted, also where there is much of it."""
STOPPED_AFTER = timedelta(minutes=10)
SHOWN = 2
"""Of several servers with the same fault, so many faults are said."""


@dataclass(frozen=True)
class Fault:
    """Something to look at.

    Args:
        text: in words, in the language of who asks.
    """

    what: Matter
    text: str

    @property
    def is_wrong(self) -> bool:
        """Whether somebody should do something about it."""
        return self.what != "soon"


@dataclass(frozen=True)
class Around:
    """What there is around a class or an event.

    Args:
        is_led: somebody leads it who is here.
        servers: those of its profile.
        amounts: what it has in the data store, and its teams, by what they are called; "" = the class or event itself.
    """

    is_led: bool
    servers: Sequence[Server] = ()
    amounts: Sequence[tuple[str, Amount]] = ()


def faults_of(
    seen: Seen | EventSeen, around: Around, bases: Mapping[str, Profile], now: datetime, days: int
) -> tuple[Fault, ...]:
    """Return what is wrong with a class or an event, the gravest first, then that it ends soon.

    Args:
        bases: what their servers can be made from, by slug.
        days: an end within so many is soon.
    """
    return tuple(_faults(seen, around, bases, now, days))


def goes_on(seen: Seen | EventSeen) -> bool:
    """Tell whether a class or an event is still to be led: its people have or read something of it."""
    return seen.group.ended is None if isinstance(seen, Seen) else seen.state != "gone"


def is_over(seen: Seen | EventSeen) -> bool:
    """Tell whether its servers are not started any more."""
    return seen.is_over if isinstance(seen, Seen) else seen.state in {"read", "gone"}


def _faults(
    seen: Seen | EventSeen, around: Around, bases: Mapping[str, Profile], now: datetime, days: int
) -> Iterator[Fault]:
    if goes_on(seen) and not around.is_led:
        yield Fault("leader", _("Nobody leads it."))
    yield from _stuck(seen, around, now)
    for title, amount in around.amounts:
        if amount.is_nearly_full:
            yield Fault("stored", say_stored(title, amount))
    if said := _of_servers(around.servers):
        yield Fault("servers", said)
    if not is_over(seen) and (said := profile_fault(bases, seen.details)):
        yield Fault("profile", said)
    if said := _soon(seen, now, timedelta(days=days)):
        yield Fault("soon", said)


def _stuck(seen: Seen | EventSeen, around: Around, now: datetime) -> Iterator[Fault]:
    due, over = deletion_of(seen), _over_since(seen)
    if due is not None and due + STUCK_AFTER <= now:
        said = _("What is of it was to be deleted on {day}, and some is still there. The log people.log says why.")
        if isinstance(seen, Seen) and seen.group.ended and waits_for_copies(seen.group.ended, seen.details, now):
            due = given_up_at(seen.group.ended)
            said = _(
                "What was handed in is not copied to all of its people. Its timeline says why; on {day} it is deleted."
            )
        zone = seen.details.zone
        yield Fault("stuck", said.format(day=say_date(due.astimezone(ZoneInfo(zone)).date(), now.date())))
    on = sum(server.is_on for server in around.servers)
    if on and over is not None and over + STOPPED_AFTER <= now:
        said = ngettext(
            "{count} of its servers runs on after its end.", "{count} of its servers run on after its end.", on
        )
        yield Fault("stuck", said.format(count=on))


def deletion_of(seen: Seen | EventSeen) -> datetime | None:
    """Return when what is of it is to be deleted; None = that is not to come, is through, or has no day yet."""
    if seen.details.deleted is not None:
        return None
    if isinstance(seen, EventSeen):
        return seen.details.goes
    if seen.group.ended is None or seen.details.after_end == "keep":
        return None
    return deletion_at(seen.group.ended, seen.details.decided)


def _over_since(seen: Seen | EventSeen) -> datetime | None:
    """Return since when it has no servers; None = it has."""
    if not is_over(seen):
        return None
    if isinstance(seen, EventSeen):
        return seen.details.closed or seen.details.ends
    ends = [each for each in (seen.group.ended, seen.details.ends) if each is not None]
    return min(ends, default=None)


def say_stored(title: str, amount: Amount) -> str:
    """Say how full the place of a class, an event, or a team of that name is; "" = no team's."""
    said = {"used": say_memory(amount.size or 0), "limit": say_memory(amount.limit), "team": title}
    if title:
        return _("Team {team}: {used} of {limit} are stored.").format(**said)
    return _("{used} of {limit} are stored.").format(**said)


def _of_servers(servers: Sequence[Server]) -> str:
    troubles = [server.trouble for server in servers if server.trouble]
    if not troubles:
        return ""
    said = ngettext(
        "{count} server has a problem: {problems}", "{count} servers have a problem: {problems}", len(troubles)
    )
    different = list(dict.fromkeys(troubles))
    return said.format(count=len(troubles), problems=" ".join(different[:SHOWN]))


def profile_fault(bases: Mapping[str, Profile], wanted: Wanted) -> str:
    """Return what is wrong with what servers are made from; "" = nothing, or there are none.

    What was settled and is not allowed any more is passed over at a start: nobody is told by that.
    """
    if not wanted.profile:
        return ""
    if wanted.profile not in bases:
        said = _("Its profile “{profile}” is not there any more, so none of its servers starts. Choose another one.")
        return said.format(profile=wanted.profile)
    try:
        checked_servers(bases, wanted)
    except RefusedError as error:
        said = _("Its profile was changed, and what is settled does not hold any more: {fault}")
        return said.format(fault=error.message)
    return ""


def _soon(seen: Seen | EventSeen, now: datetime, within_time: timedelta) -> str:
    """Return what ends within a time; "" = nothing."""
    zone = ZoneInfo(seen.details.zone)
    for moment, said in _coming(seen):
        if moment is not None and now < moment <= now + within_time:
            # What ends at midnight ends with the day before.
            day = (moment.astimezone(zone) - timedelta(seconds=1)).date()
            return _(said).format(day=say_date(day, now.date()))
    return ""


def _coming(seen: Seen | EventSeen) -> Sequence[tuple[datetime | None, str]]:
    details = seen.details
    if isinstance(seen, EventSeen):
        ends = seen.details.ends if seen.details.closed is None else None
        return ((ends, N_("It ends on {day}.")), (deletion_of(seen), N_("All that is of it is deleted on {day}.")))
    if seen.group.ended is not None:
        return ((deletion_of(seen), N_("What is of it is deleted on {day}.")),)
    return (
        (details.ends, N_("Its last day is {day}.")),
        (seen.details.closes, N_("Its people reach its data until {day}.")),
    )
