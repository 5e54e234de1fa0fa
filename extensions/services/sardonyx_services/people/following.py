"""Classes that whole groups of a provider are in: their people join at a sign-in, and leave when they are not in the group."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sardonyx_services.people.models import ClassRow, GroupRow, MemberRow


@dataclass(frozen=True)
class Followed:
    """Ids of the classes that somebody joined and left because of their provider's groups."""

    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class Following:
    """Lets people follow their provider's groups; who was put into a class by hand is there by that."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def follow(self, person: str, provider_groups: Collection[str]) -> Followed:
        """Bring somebody's classes up to what their provider says at a sign-in.

        Args:
            person: their id.
            provider_groups: those that they are in there now.
        """
        going_on = (
            select(GroupRow.id, ClassRow.provider_group, MemberRow)
            .join(ClassRow, ClassRow.group == GroupRow.id)
            .outerjoin(MemberRow, (MemberRow.group == GroupRow.id) & (MemberRow.person == person))
            .where(GroupRow.ended.is_(None), (ClassRow.provider_group != "") | MemberRow.by_group)
            .order_by(GroupRow.created, GroupRow.id)
        )
        joined: list[str] = []
        left: list[str] = []
        with self._session() as session:
            found: list[tuple[str, str, MemberRow | None]] = [
                (group, wanted, member) for group, wanted, member in session.execute(going_on)
            ]
            for group, wanted, member in found:
                is_in = bool(wanted) and wanted in provider_groups
                if is_in and member is None:
                    session.add(MemberRow(group=group, person=person, role="student", by_group=True))
                    joined.append(group)
                elif member is not None and member.by_group and not is_in:
                    session.delete(member)
                    left.append(group)
        return Followed(tuple(joined), tuple(left))
