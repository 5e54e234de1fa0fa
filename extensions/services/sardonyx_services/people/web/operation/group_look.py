"""Looks at all classes or events of a place for its administrators: who leads them, what their servers do, what is stored."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.groups import Group, group_name_of
from sardonyx_services.people.hours import Use
from sardonyx_services.people.leading import Leader
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.desk import Desk, Seen
from sardonyx_services.people.web.classes.seat import Caller, need_administrator
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.events.desk import EventDesk, EventSeen
from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_services.people.web.live.live import Watch
from sardonyx_services.people.web.live.rooms import Kind
from sardonyx_services.people.web.operation.group_faults import Around, faults_of
from sardonyx_services.people.web.operation.group_list import Found, GroupSeen, Wish, found
from sardonyx_services.people.web.operation.overview import DAYS, group_lines
from sardonyx_services.people.web.store_use import Amount, StoreUse
from sardonyx_spawner.language import _
from sardonyx_spawner.profiles import Profile


@dataclass(frozen=True)
class Known:
    """What is known of all classes and events together, so that it is looked up once for both.

    Args:
        amounts: in the data store; None = nothing is known of it.
        counts: how many are in each; leaders: who leads it, by id.
        by_profile: the servers of each.
        uses: for how long servers ran.
    """

    servers: Sequence[Server]
    amounts: Mapping[str, Amount] | None
    counts: Mapping[str, int]
    leaders: Mapping[str, Sequence[Leader]]
    by_profile: Mapping[str, Sequence[Server]]
    uses: Sequence[Use]


class GroupLook:
    """Looks; only for administrators.

    Args:
        profiles: what servers of classes and events can be made from.
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        people: PeopleStore,
        hub: Hub,
        desks: tuple[Desk, EventDesk],
        stored: StoreUse,
        *,
        profiles: Sequence[Profile],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._people, self._stored, self._clock = people, stored, clock
        self._desk, self._events = desks
        self._bases = {profile.slug: profile for profile in profiles}
        self._watch = Watch(hub.servers)

    async def find(self, caller: Caller, kind: Kind, wish: Wish) -> Found:
        """Return classes or events that are looked for.

        Raises:
            RefusedError: the caller is no administrator.
            AwayError: the hub does not answer.
        """
        need_administrator(caller)
        return await run_in_threadpool(self.among, caller, kind, wish, await self.known())

    async def those(self, caller: Caller, kind: Kind, ids: Sequence[str]) -> list[GroupSeen]:
        """Return classes or events by their ids, in the order of these.

        Raises:
            RefusedError: the caller is no administrator, or one is not known, or there are none.
            AwayError: the hub does not answer.
        """
        need_administrator(caller)
        if not ids:
            raise RefusedError(_("Choose at least one of them. Nothing was done."))
        known = await run_in_threadpool(self._known, await self._watch.servers(), None)
        there = {group.id: group for group in await run_in_threadpool(self._all, caller, kind, Wish(), known)}
        if any(each not in there for each in ids):
            raise RefusedError(_("One of these is not known here any more. Nothing was done; load the page again."))
        return [there[each] for each in dict.fromkeys(ids)]

    async def known(self) -> Known:
        """Return what is known of all of them now.

        Raises:
            AwayError: the hub does not answer.
        """
        servers, amounts = await asyncio.gather(self._watch.servers(), self._stored.all())
        return await run_in_threadpool(self._known, servers, amounts)

    def among(self, caller: Caller, kind: Kind, wish: Wish, known: Known) -> Found:
        """Return what `find` does, from what is known."""
        return found(self._all(caller, kind, wish, known), wish, is_stored_known=known.amounts is not None)

    def _known(self, servers: Sequence[Server], amounts: Mapping[str, Amount] | None) -> Known:
        people = self._people
        uses = people.hours.since((self._clock() - timedelta(days=DAYS)).date())
        return Known(servers, amounts, people.groups.counts(), people.leading.leaders(), _by_profile(servers), uses)

    def _all(self, caller: Caller, kind: Kind, wish: Wish, known: Known) -> list[GroupSeen]:
        all_seen: Sequence[Seen | EventSeen] = self._desk.mine(caller) if kind == "class" else self._events.mine(caller)
        lines = group_lines(kind, (seen.group.id for seen in all_seen), known.counts, known.servers, known.uses)
        full, now = self._amounts(kind, known.amounts or {}), self._clock()
        groups = []
        for seen in all_seen:
            group = seen.group.id
            led, line = known.leaders.get(group, ()), lines[group]
            around = Around(bool(led), known.by_profile.get(group_name_of(kind, group), ()), full.get(group, ()))
            groups.append(
                GroupSeen(
                    seen,
                    tuple(each.full_name or each.name for each in led),
                    " ".join(f"{each.name} {each.full_name}" for each in led),
                    line.people,
                    line.running,
                    line.seconds,
                    faults_of(seen, around, self._bases, now, wish.days),
                )
            )
        return groups

    def _amounts(self, kind: Kind, amounts: Mapping[str, Amount]) -> dict[str, list[tuple[str, Amount]]]:
        """Return what is nearly full of classes or of events and their teams, by the id of the class or event."""
        full = {whole.rstrip("/"): amount for whole, amount in amounts.items() if amount.is_nearly_full}
        of: dict[str, list[tuple[str, Amount]]] = {}
        for whole, amount in full.items():
            place, _slash, group = whole.partition("/")
            if place == kind:
                of.setdefault(group, []).append(("", amount))
        teams: Sequence[Group] = ()
        if kind == "event" and any(whole.startswith("team/") for whole in full):
            teams = self._people.groups.all("team")
        for team in teams:
            if (known := full.get(f"team/{team.id}")) is not None:
                of.setdefault(team.within, []).append((team.title, known))
        return of


def _by_profile(servers: Sequence[Server]) -> dict[str, list[Server]]:
    of: dict[str, list[Server]] = {}
    for server in servers:
        of.setdefault(server.profile, []).append(server)
    return of
