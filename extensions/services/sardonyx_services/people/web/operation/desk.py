"""What an operator sees and does on the page of the whole place."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.actions import Action, Asked
from sardonyx_services.people.groups import Group, Kind, group_name_of
from sardonyx_services.people.hours import Use
from sardonyx_services.people.sheet import write_csv
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller, need_administrator
from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_services.people.web.live.runs import AT_ONCE
from sardonyx_services.people.web.operation.group_list import Found, Wish
from sardonyx_services.people.web.operation.group_look import GroupLook, Known
from sardonyx_services.people.web.operation.overview import (
    DAYS,
    MOST,
    Figures,
    ServerLine,
    StoredLine,
    by_person,
    figures,
    server_lines,
    stored_lines,
)
from sardonyx_services.people.web.store_use import Amount, StoreUse
from sardonyx_spawner.ends import stopped_by

KINDS: tuple[Kind, ...] = ("class", "event", "team")


@dataclass(frozen=True)
class Place:
    """The whole place.

    Args:
        classes, events: all of them, those with something wrong first.
        leaderless: classes and events that nobody leads, oldest first.
        hours: name and seconds of those whose servers ran longest.
        stored: who or what has nearly as much in the data store as it may; None = that cannot be said now.
        is_stored_limited: anybody or anything has a limit there.
    """

    figures: Figures
    servers: list[ServerLine]
    classes: Found
    events: Found
    leaderless: list[Group]
    hours: list[tuple[str, int]]
    stored: list[StoredLine] | None
    is_stored_limited: bool


class Operation:
    """Shows and stops; only for administrators.

    Args:
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        people: PeopleStore,
        hub: Hub,
        look: GroupLook,
        stored: StoreUse,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._people, self._hub, self._look, self._clock = people, hub, look, clock
        self._stored = stored

    async def place(self, caller: Caller) -> Place:
        """Return all of the place.

        Raises:
            RefusedError: the caller is no administrator.
            AwayError: the hub does not answer.
        """
        need_administrator(caller)
        return await run_in_threadpool(self._place, caller, await self._look.known())

    async def stop(self, caller: Caller, keys: Sequence[str]) -> None:
        """Stop servers, whosever they are; each is written down.

        Args:
            keys: name of the person and of the server, with a slash between.

        Raises:
            RefusedError: the caller is no administrator.
            AwayError: the hub does not answer.
        """
        need_administrator(caller)
        there = {f"{each.name}/{each.server}": each for each in await self._hub.servers() if each.state != "failed"}
        meant = [there[key] for key in keys if key in there]
        ids = await run_in_threadpool(self._people.names.ids, {each.name for each in meant})
        whom = [ids[each.name] for each in meant if each.name in ids]
        if whom:
            # Before it is done: it may take minutes, in which much can happen.
            await run_in_threadpool(self._people.actions.add, caller.id, "stop", whom=whom)
        turns = asyncio.Semaphore(AT_ONCE)

        async def stop(each: Server) -> None:
            async with turns:
                await self._hub.stop(each.name, stopped_by(caller.shown_name), each.server)

        for found in await asyncio.gather(*map(stop, meant), return_exceptions=True):
            if isinstance(found, BaseException):
                raise found

    def log(self, caller: Caller, name: str, asked: Asked) -> list[Action]:
        """Return what was done in the whole place, the latest first.

        Args:
            name: only what those did who have or had this name, or what was done to them; "" = everybody.

        Raises:
            RefusedError: the caller is no administrator.
        """
        need_administrator(caller)
        people = self._people.directory.called(name) if name else []
        return self._people.actions.latest(people, asked) if people or not name else []

    def leaderless(self, caller: Caller) -> list[Group]:
        """Return the classes and events that go on and that nobody leads.

        Raises:
            RefusedError: the caller is no administrator.
        """
        need_administrator(caller)
        return self._people.leading.by_nobody()

    def hours(self, caller: Caller) -> bytes:
        """Return for how long everybody's servers ran, as CSV in which no cell is a formula.

        Raises:
            RefusedError: the caller is no administrator.
        """
        rows = [(name, use.profile, f"{use.seconds / 3600:.2f}") for name, use in self.uses(caller)]
        return write_csv([("name", "profile", "hours"), *rows]).encode()

    def uses(self, caller: Caller) -> list[tuple[str, Use]]:
        """Return for how long everybody's servers ran, by name; of who was removed, by id.

        Raises:
            RefusedError: the caller is no administrator.
        """
        need_administrator(caller)
        names = {person.id: person.name for person in self._people.everybody()}
        uses = self._people.hours.since((self._clock() - timedelta(days=DAYS)).date())
        return [(names.get(use.person, use.person), use) for use in uses]

    def _place(self, caller: Caller, known: Known) -> Place:
        names, amounts = self._people.names.shown(), known.amounts
        titles = {
            group_name_of(kind, group.id): group.title
            for kind in ("class", "event")
            for group in self._people.groups.all(kind)
        }
        lines = server_lines(known.servers, titles)
        hours = [(names[person], seconds) for person, seconds in by_person(known.uses) if person in names][:MOST]
        return Place(
            figures(len(names), lines),
            lines,
            self._look.among(caller, "class", Wish(), known),
            self._look.among(caller, "event", Wish(), known),
            self.leaderless(caller),
            hours,
            stored_lines(amounts, names, self._groups(amounts)) if amounts is not None else None,
            self._stored.is_limited,
        )

    def _groups(self, amounts: Mapping[str, Amount]) -> dict[str, Group]:
        kinds = {whole.partition("/")[0] for whole, amount in amounts.items() if amount.is_nearly_full}
        found = (group for kind in KINDS if kind in kinds for group in self._people.groups.all(kind))
        return {group.id: group for group in found}
