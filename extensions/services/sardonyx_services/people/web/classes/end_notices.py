"""A word to who starts a server of a class in its last days: that it is over soon, once a day."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.ending_soon import is_soon, last_day_before
from sardonyx_services.people.groups import Group
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_services.people.web.live.last_words import LastWords, step_before
from sardonyx_services.people.web.rounds import alone
from sardonyx_spawner.dates import say_date
from sardonyx_spawner.language import _

EVERY_S = 60.0
JUST_STARTED = timedelta(minutes=10)
"""Only so long after a start: who works since yesterday is not interrupted, and a restart of this service says little twice."""


class EndNotices:
    """Says it.

    Args:
        language: of who has chosen none.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self, people: PeopleStore, hub: Hub, language: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._people, self._hub, self._clock = people, hub, clock
        self._last_words = LastWords(people, hub, language)
        self._told: dict[tuple[str, str], date] = {}

    async def look(self) -> None:
        """Tell those who have started a server of a class that is over in the next days."""
        now = self._clock()
        soon = await asyncio.to_thread(self._over_soon, now)
        servers = await self._hub.servers() if soon else []
        for server in servers:
            if server.profile in soon and _has_just_started(server, now):
                group, details = soon[server.profile]
                await alone(
                    partial(self._tell, server, group, details, now),
                    "It cannot be said now that a class is over soon",
                    "It cannot be said that a class is over soon",
                )

    async def _tell(self, server: Server, group: Group, details: ClassDetails, now: datetime) -> None:
        who, today = (group.id, server.name), now.astimezone(ZoneInfo(details.zone)).date()
        if self._told.get(who) == today or details.ends is None:
            return
        await self._last_words.say(server, group.title, partial(_say_soon, details.ends, details.zone, now))
        self._told[who] = today

    def _over_soon(self, now: datetime) -> dict[str, tuple[Group, ClassDetails]]:
        groups = [group for group in self._people.groups.all("class") if group.ended is None]
        details = self._people.classes.of_many([group.id for group in groups])
        found = {f"class-{group.id}": (group, details[group.id]) for group in groups}
        # In the last hour all are told, whenever they started.
        return {
            profile: (group, each)
            for profile, (group, each) in found.items()
            if is_soon(each.ends, now) and each.ends is not None and step_before(each.ends - now) is None
        }


def _has_just_started(server: Server, now: datetime) -> bool:
    return server.state == "running" and server.since is not None and now - server.since <= JUST_STARTED


def _say_soon(ends: datetime, zone: str, now: datetime) -> str:
    day = say_date(last_day_before(ends, zone), now.date())
    return _(
        "The last day of this class is {day}: its servers stop at the end of it. What is in your home stays yours."
    ).format(day=day)
