"""What is known of one person, and that it is forgotten: for administrators, as the operator does it by commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.directory import Listed
from sardonyx_services.people.groups import Group
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller, need_administrator
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.kept.exports import Export, Exports
from sardonyx_spawner.language import _

EXPORT, ERASE = "export", "erase-wish"
"""So both are called where they are written down."""


@dataclass(frozen=True)
class Erasing:
    """Somebody who may be erased.

    Args:
        left: classes and events that nobody leads without them.
        secrets: folder in Vault with theirs, which is left; "" = there is no Vault.
    """

    person: Listed
    left: Sequence[Group]
    secrets: str


class PersonalDesk:
    """Takes what is known of somebody, and lets them be erased; only for administrators.

    Args:
        has_vault: people have secrets in a Vault.
    """

    def __init__(self, people: PeopleStore, exports: Exports, *, has_vault: bool) -> None:
        self._people, self._exports, self._has_vault = people, exports, has_vault

    def person(self, caller: Caller, person: str) -> Listed:
        """Return somebody, also who was removed.

        Raises:
            RefusedError: the caller is no administrator, or there is nobody like that any more.
        """
        need_administrator(caller)
        found = self._people.directory.of(person)
        if found is None or found.erasure == "done":
            raise RefusedError(_("This person is not known here any more."))
        return found

    async def export(self, caller: Caller, person: str) -> Export:
        """Write out what is known of somebody, in the background; who did so is written down.

        Raises:
            RefusedError: as of `person`.
        """
        await run_in_threadpool(self.person, caller, person)
        if not self._exports.of(caller.id, person).goes_on:
            await run_in_threadpool(self._people.actions.add, caller.id, EXPORT, whom=(person,))
        return self._exports.start(caller.id, person)

    async def exported(self, caller: Caller, person: str) -> Export:
        """Return how far that is; only to whom began it.

        Raises:
            RefusedError: as of `person`.
        """
        await run_in_threadpool(self.person, caller, person)
        return self._exports.of(caller.id, person)

    def erasing(self, caller: Caller, person: str) -> Erasing:
        """Return what is to be known before somebody is erased.

        Raises:
            RefusedError: as of `person`.
        """
        found = self.person(caller, person)
        left = self._people.leading.by_them_alone([person]) if found.removed is None else []
        return Erasing(found, left, f"users/{person}/" if self._has_vault else "")

    def erase(self, caller: Caller, person: str, typed: str) -> datetime:
        """Remove somebody, and let them be erased a day later; return when, with its time zone.

        Args:
            typed: their name, as the caller typed it to be sure.

        Raises:
            RefusedError: as of `person`, it is not their name, or it is the caller.
            PeopleError: they cannot be erased, such as the only administrator.
        """
        found = self.person(caller, person)
        if typed.strip() != found.name:
            raise RefusedError(_("This is not the name of this person: “{name}”.").format(name=found.name))
        if person == caller.id:
            raise RefusedError(_("You cannot erase yourself. Another administrator can."))
        # By the name of who is here: somebody may be called as another's id.
        moment = self._people.erasure.want(found.name if found.removed is None else person)
        self._people.actions.add(caller.id, ERASE, whom=(person,))
        return moment
