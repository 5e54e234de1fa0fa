"""Who leads classes and events: instructors and organisers who are here. What nobody leads is for administrators to mend."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sardonyx_services.people.groups import Group, Kind, Role, group_from
from sardonyx_services.people.models import GroupRow, MemberRow, PersonRow

LEADERS: dict[Kind, Role] = {"class": "instructor", "event": "organiser"}


@dataclass(frozen=True)
class Leader:
    """Somebody who leads a class or an event, and is here."""

    name: str
    full_name: str


class Leading:
    """Looks who leads what, in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def by_nobody(self) -> list[Group]:
        """Return classes and events that have not ended and that nobody leads who is here, oldest first."""
        return [group for group, leaders in self._all() if not leaders]

    def by_them_alone(self, people: Collection[str]) -> list[Group]:
        """Return classes and events that nobody would lead without these people, by their ids, oldest first."""
        return [group for group, leaders in self._all() if leaders and leaders <= set(people)]

    def leaders(self) -> dict[str, list[Leader]]:
        """Return who leads classes and events, also those that have ended, by name; nobody who was removed."""
        found = (
            select(MemberRow.group, PersonRow.name, PersonRow.full_name)
            .join(PersonRow, PersonRow.id == MemberRow.person)
            .where(MemberRow.role.in_(LEADERS.values()), PersonRow.removed.is_(None))
            .order_by(PersonRow.name)
        )
        of: dict[str, list[Leader]] = {}
        with self._session() as session:
            for group, name, full_name in session.execute(found):
                of.setdefault(group, []).append(Leader(name, full_name))
        return of

    def _all(self) -> list[tuple[Group, set[str]]]:
        groups = select(GroupRow).where(GroupRow.kind.in_(LEADERS), GroupRow.ended.is_(None))
        members = (
            select(MemberRow.group, MemberRow.person)
            .join(PersonRow, PersonRow.id == MemberRow.person)
            .where(MemberRow.role.in_(LEADERS.values()), PersonRow.removed.is_(None))
        )
        with self._session() as session:
            rows = session.scalars(groups.order_by(GroupRow.created, GroupRow.id))
            found: dict[str, tuple[Group, set[str]]] = {row.id: (group_from(row), set()) for row in rows}
            for group, person in session.execute(members):
                if group in found:
                    found[group][1].add(person)
        return list(found.values())


def is_left_alone(members: Mapping[str, Role], changes: Mapping[str, Role | None]) -> bool:
    """Tell whether a class that somebody leads would be led by nobody.

    Args:
        members: who is in it, by id.
        changes: who would be what; None = not in it any more.
    """
    leading = LEADERS["class"]
    return leading in members.values() and leading not in {**members, **changes}.values()
