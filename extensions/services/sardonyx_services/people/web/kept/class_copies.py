"""When a class has ended, what was handed in goes into its people's own data, before anything of it is deleted."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.class_export import Why
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import NotOpenError, RefusedError
from sardonyx_services.people.web.kept.keeping import Order, exported, folder_for
from sardonyx_services.people.web.kept.keeps import Keep, Keeps
from sardonyx_services.people.web.rounds import alone
from sardonyx_services.people.web.store_door import StoreDoor

log = logging.getLogger(__name__)
RETRY = timedelta(minutes=15)
"""So long after a go that not everybody has come through by comes the next one."""


class ClassCopies:
    """Copies it, one person after the other. What is there is not copied again, so each go goes on with the one before.

    Args:
        clock: returns the moment that it is, with its time zone.
    """

    def __init__(
        self,
        people: PeopleStore,
        door: StoreDoor,
        keeps: Keeps,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._people, self._door, self._keeps, self._clock = people, door, keeps, clock
        self._rests: dict[str, datetime] = {}

    async def look(self) -> None:
        """Do what it is time for."""
        now = self._clock()
        for group in await asyncio.to_thread(self._people.class_exports.due, now):
            if self._rests.get(group, now) <= now:
                await alone(
                    partial(self._export, group),
                    "What was handed in cannot be copied just now",
                    "What was handed in cannot be copied; other classes go on",
                )

    async def _export(self, group: str) -> None:
        self._rests[group] = self._clock() + RETRY
        wanted = await asyncio.to_thread(self._wanted, group)
        known = await asyncio.to_thread(
            self._people.class_exports.begin, group, [caller.id for caller, _orders in wanted], self._clock()
        )
        for caller, orders in wanted:
            if known.get(caller.id):
                why = await asyncio.to_thread(self._one, caller, orders)
                # Whoever leads the class may stop it between two people.
                if not await asyncio.to_thread(self._people.class_exports.note, group, caller.id, why, self._clock()):
                    return
        if await asyncio.to_thread(self._people.class_exports.finish, group, self._clock()):
            del self._rests[group]
            await asyncio.to_thread(self._people.actions.add, OPERATOR, "class-copied", group)
            log.info("What was handed in in the class %s is in its people's own data", group)

    def _wanted(self, group: str) -> list[tuple[Caller, tuple[Order, ...]]]:
        title, roles = self._people.groups.get("class", group).title, self._people.groups.members(group)
        records = self._people.everybody(group)
        names = {each.id: each.name for each in records}
        people = [(Caller(each.id, each.name), roles[each.id]) for each in records]
        found = [(caller, exported(caller, role, title, group, names)) for caller, role in people]
        return [(caller, orders) for caller, orders in found if orders]

    def _one(self, caller: Caller, orders: tuple[Order, ...]) -> Why:
        refused = False
        try:
            client = self._door.client("export", {"name": caller.name, "group": orders[0].group})
        except NotOpenError as error:
            # They are in the class, and it is time: what else is refused is that there is no room.
            log.info("%s gets nothing of %s yet: %s", caller.id, orders[0].group, error.message)
            return "full"
        except RefusedError:
            return "away"
        for order in orders:
            keep = Keep(folder_for(caller, order))
            try:
                self._keeps.copy_with(client, order, keep)
            except RefusedError:
                return "files" if keep.refused else "away"
            except Exception:
                log.exception("What %s made in %s cannot be copied", caller.id, order.group)
                return "files"
            refused = refused or bool(keep.refused)
        return "files" if refused else ""
