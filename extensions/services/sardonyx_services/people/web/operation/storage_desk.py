"""What an operator is told of who and what has most on this place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.groups import Group
from sardonyx_services.people.sheet import write_csv
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller, need_administrator
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.operation.storage import Held, Known, in_store, on_machine
from sardonyx_services.people.web.store_use import Inventory, StoreUse
from sardonyx_spawner.language import _
from sardonyx_spawner.local.home_use import read_uses

COLUMNS = ("where", "kind", "id", "name", "bytes", "limit", "counted")


@dataclass(frozen=True)
class Holdings:
    """Who and what has files, the largest first.

    Args:
        store: in the data store; None = that cannot be said now.
        is_whole: all of the store was counted once.
        homes: on this machine; None = they are not measured.
    """

    store: Sequence[Held] | None
    is_whole: bool
    homes: Sequence[Held] | None

    @property
    def all(self) -> list[Held]:
        """All of it."""
        return [*(self.store or ()), *(self.homes or ())]


class StorageDesk:
    """Looks, and counts nothing itself; only for administrators.

    Args:
        home_uses: file that says how much is in each home; None = they are not measured.
        home_limit: bytes that each may have.
    """

    def __init__(
        self, people: PeopleStore, stored: StoreUse, rules: EventRules, home_uses: Path | None, home_limit: int | None
    ) -> None:
        self._people, self._stored, self._rules = people, stored, rules
        self._home_uses, self._home_limit = home_uses, home_limit

    async def look(self, caller: Caller) -> Holdings:
        """Return who and what has files, as it was counted last.

        Raises:
            RefusedError: the caller is no administrator.
        """
        need_administrator(caller)
        return await run_in_threadpool(self._look, await self._stored.inventory())

    async def table(self, caller: Caller) -> bytes:
        """Return the same as CSV in which no cell is a formula.

        Raises:
            RefusedError: the caller is no administrator.
        """
        rows = [
            (
                *(each.where, each.kind, each.id, each.title, str(each.size)),
                "" if each.limit is None else str(each.limit),
                each.at.isoformat(timespec="seconds"),
            )
            for each in (await self.look(caller)).all
        ]
        return write_csv([COLUMNS, *rows]).encode()

    def _look(self, inventory: Inventory | None) -> Holdings:
        known = self._known()
        homes = None
        if self._home_uses is not None:
            homes = on_machine(read_uses(self._home_uses), self._home_limit, known)
        if inventory is None:
            return Holdings(None, is_whole=False, homes=homes)
        return Holdings(in_store(inventory, known), inventory.is_whole, homes)

    def _known(self) -> Known:
        people = self._people
        removed = people.names.removed().items()
        called = {person: (str(_("{name}, removed").format(name=name)), "") for person, name in removed}
        shown = people.names.shown()
        called |= {person.id: (shown.get(person.id, person.name), person.name) for person in people.everybody()}
        teams = people.groups.all("team")
        groups = {each.id: each for each in (*people.groups.all("class"), *people.groups.all("event"), *teams)}
        return Known(called, groups, *self._of_events(teams))

    def _of_events(self, teams: Sequence[Group]) -> tuple[dict[str, list[str]], Mapping[str, int | None]]:
        parts: dict[str, list[str]] = {}
        limits: dict[str, int | None] = {}
        for event, details in self._people.events.going_on().items():
            accounts = (seat.person for seat in self._people.seats.of(event) if seat.person and not seat.is_kept)
            parts[event] = [f"home/{person}/" for person in accounts]
            allowed, chosen = self._rules.room_of(event), details.storage_bytes
            limits[event] = allowed if allowed is None or chosen is None else min(allowed, chosen)
        for team in teams:
            if team.within in parts:
                parts[team.within].append(f"team/{team.id}/")
        return parts, limits
