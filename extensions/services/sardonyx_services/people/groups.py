"""Classes, events and teams as storage and secrets know them: who belongs to which, and as what."""

import json
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_models import EventRow
from sardonyx_services.people.invited import end_group, forget, theirs
from sardonyx_services.people.models import ClassRow, ExtensionRow, GroupRow, InvitationRow, MemberRow, PersonRow
from sardonyx_services.people.moments import aware, utc_now
from sardonyx_services.people.records import EVENT
from sardonyx_services.people.roles import check_role
from sardonyx_services.people.writing_time import event_until, later
from sardonyx_spawner.language import N_, _
from sardonyx_spawner.material import from_kept

Kind = Literal["class", "team", "event"]
Role = Literal["student", "guest", "assistant", "instructor", "member", "participant", "organiser"]
STAFF: tuple[Role, ...] = ("assistant", "instructor")
"""Who writes the data of a class and reads what is handed in."""
LIMITED: tuple[Role, ...] = ("student", "participant", "member", "organiser")
"""Who writes until a moment, if there is one."""
UNKNOWN: dict[Kind, str] = {
    "class": N_("There is no class with the id “{id}”."),
    "team": N_("There is no team with the id “{id}”."),
    "event": N_("There is no event with the id “{id}”."),
}
ROLES: dict[Kind, tuple[Role, ...]] = {
    "class": ("student", "guest", "assistant", "instructor"),
    "team": ("member",),
    "event": ("participant", "organiser"),
}
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ID_LENGTH = 8
"""Short: the policies that name a group have 2,048 characters for everything."""
GROUP_ID = re.compile(rf"[{ALPHABET}]{{{ID_LENGTH}}}")
OURS = re.compile(rf"(class|team|event)-{GROUP_ID.pattern}(-staff)?")


@dataclass(frozen=True)
class Membership:
    """What somebody is in a class, an event or a team.

    Args:
        group: its id; never given to another one.
        is_exam: keys that reach this class live for the shortest time that there is.
        writes_until: until then they write what is theirs to write there; None = always.
        within: id of the event that a team is of; "" = of none.
        material: its repositories, as the table has them.
    """

    kind: Kind
    group: str
    role: Role
    title: str
    is_exam: bool = False
    writes_until: datetime | None = None
    within: str = ""
    material: str = "[]"

    @property
    def folders(self) -> tuple[str, ...]:
        """Where its material is, below the homes of its people: read when it is asked for, which keys do not."""
        return tuple(each.place for each in from_kept(json.loads(self.material)))


@dataclass(frozen=True)
class Group:
    """A class, an event or a team.

    Args:
        created: with its time zone; so is `ended`: when it ended; None = it goes on.
        within: id of the event that a team is of; "" = of none.
    """

    kind: Kind
    id: str
    title: str
    is_exam: bool
    created: datetime
    ended: datetime | None
    within: str = ""


class Groups:
    """The classes, events and teams in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def add(self, kind: Kind, title: str, *, is_exam: bool = False) -> str:
        """Make a class, an event or a team; return its id."""
        with self._session() as session:
            return new_group(session, kind, title, is_exam=is_exam).id

    def end(self, group: str) -> None:
        """End a class or team: nobody reaches its data or secrets any more, and nothing is deleted.

        Raises:
            PeopleError: there is none with this id.
        """
        with self._session() as session:
            end_group(session, self._living(session, group))

    def join(self, group: str, person: str, role: Role) -> None:
        """Make somebody a member, or what they are something else.

        Raises:
            PeopleError: there is no such group or person, or the group has no such role.
        """
        with self._session() as session:
            row = self._living(session, group)
            check_role(role, ROLES[row.kind])  # type: ignore[index]  # what `add` wrote
            somebody = session.get(PersonRow, person)
            if somebody is None or somebody.removed is not None:
                raise PeopleError(_("There is no such person here."))
            if somebody.provider == EVENT and role not in {"participant", "member"}:
                raise PeopleError(
                    _("{name} has an account of an event, which is for that event only.").format(name=somebody.name)
                )
            member = session.get(MemberRow, (group, person))
            if member is None:
                session.add(MemberRow(group=group, person=person, role=role))
            else:
                # From here on they are in it by that, whatever their provider or platform says.
                member.role, member.by_group, member.by_course = role, False, False
            forget(session, InvitationRow.group == group, theirs(somebody, by_name=True))

    def leave(self, group: str, person: str) -> None:
        """End somebody's membership; nothing happens if there is none."""
        with self._session() as session:
            member = session.get(MemberRow, (group, person))
            if member is not None:
                session.delete(member)

    def of(self, person: str) -> tuple[Membership, ...]:
        """Return the memberships of a person in all that has not ended, oldest group first."""
        of_class = ClassRow.hand_in_until, ExtensionRow.until, ClassRow.repositories
        found = (
            select(GroupRow, MemberRow.role, PersonRow.provider, EventRow, *of_class)
            .join(MemberRow, MemberRow.group == GroupRow.id)
            .join(PersonRow, PersonRow.id == MemberRow.person)
            .outerjoin(ClassRow, ClassRow.group == GroupRow.id)
            .outerjoin(EventRow, or_(EventRow.group == GroupRow.id, EventRow.group == GroupRow.within))
            .outerjoin(ExtensionRow, and_(ExtensionRow.group == GroupRow.id, ExtensionRow.person == person))
            .where(MemberRow.person == person, GroupRow.ended.is_(None))
            .order_by(GroupRow.created, GroupRow.id)
        )
        with self._session() as session:
            return tuple(
                _membership(row, role, event_until(event, role, provider) if event else later(until, more), material)
                for row, role, provider, event, until, more, material in session.execute(found)
            )

    def get(self, kind: Kind, group: str) -> Group:
        """Return a class, an event or a team, also one that has ended.

        Raises:
            PeopleError: there is none with this id.
        """
        with self._session() as session:
            row = session.get(GroupRow, group)
            if row is None or row.kind != kind:
                raise PeopleError(_(UNKNOWN[kind]).format(id=group))
            return group_from(row)

    def all(self, kind: Kind) -> list[Group]:
        """Return every class or team, oldest first."""
        found = select(GroupRow).where(GroupRow.kind == kind).order_by(GroupRow.created, GroupRow.id)
        with self._session() as session:
            return [group_from(row) for row in session.scalars(found)]

    def members(self, group: str) -> dict[str, Role]:
        """Return who is in a class or team, by id; people who were removed are in none."""
        found = (
            select(MemberRow.person, MemberRow.role)
            .join(PersonRow, PersonRow.id == MemberRow.person)
            .where(MemberRow.group == group, PersonRow.removed.is_(None))
        )
        with self._session() as session:
            return {row.person: row.role for row in session.execute(found)}

    def counts(self) -> dict[str, int]:
        """Return how many people are in each class, event or team, by id; none who were removed."""
        found = (
            select(MemberRow.group, func.count())
            .join(PersonRow, PersonRow.id == MemberRow.person)
            .where(PersonRow.removed.is_(None))
            .group_by(MemberRow.group)
        )
        with self._session() as session:
            return {group: int(count) for group, count in session.execute(found)}

    def role(self, group: str, person: str) -> Role | None:
        """Return what somebody is in a class or team; None = nothing."""
        with self._session() as session:
            member = session.get(MemberRow, (group, person))
            return member.role if member is not None else None  # type: ignore[return-value]  # what `join` wrote

    def roles_of(self, person: str) -> dict[str, Role]:
        """Return what somebody is in classes and teams, also in those that have ended, by id."""
        with self._session() as session:
            rows = session.scalars(select(MemberRow).where(MemberRow.person == person))
            return {row.group: row.role for row in rows}  # type: ignore[misc]  # what `join` wrote

    def living(self) -> tuple[tuple[Kind, str], ...]:
        """Return kind and id of every class and team that has not ended, oldest first."""
        found = (
            select(GroupRow.kind, GroupRow.id).where(GroupRow.ended.is_(None)).order_by(GroupRow.created, GroupRow.id)
        )
        with self._session() as session:
            return tuple((kind, group) for kind, group in session.execute(found))  # type: ignore[misc]  # what `add` wrote

    def _living(self, session: Session, group: str) -> GroupRow:
        row = alone_with(session, group)
        if row is None or row.ended is not None:
            raise PeopleError(_("There is no class or team with the id “{id}”, or it has ended.").format(id=group))
        return row


def new_group(session: Session, kind: Kind, title: str, *, is_exam: bool = False, within: str = "") -> GroupRow:
    """Make a class, an event or a team, in the transaction that is open.

    Args:
        within: the event that a team is of.
    """
    made = GroupRow(id=_new_id(), kind=kind, title=title, is_exam=is_exam, created=utc_now(), ended=None, within=within)
    session.add(made)
    session.flush()
    return made


def alone_with(session: Session, group: str) -> GroupRow | None:
    """Return a class or team that nobody else changes until the session is through; None = there is none.

    Args:
        session: one that has read nothing yet.
    """
    # A change of nothing: SQLite knows no FOR UPDATE, and lets nobody wait before the first change.
    session.execute(update(GroupRow).where(GroupRow.id == group).values(kind=GroupRow.kind))
    return session.get(GroupRow, group)


def group_name(membership: Membership) -> str:
    """Return how a class or team is called in profiles, tokens and policies: by its id, which nobody chooses."""
    return group_name_of(membership.kind, membership.group)


def group_name_of(kind: Kind, group: str) -> str:
    """Return the same of its kind and its id."""
    return f"{kind}-{group}"


def group_names(memberships: Sequence[Membership]) -> tuple[str, ...]:
    """Return the groups that somebody is in by their classes and teams; staff of a class are in one of their own, too.

    An id holds no hyphen, so no class can be called in such a way that its students are somebody else's staff.
    """
    found = []
    for membership in memberships:
        found.append(group_name(membership))
        if membership.role in STAFF:
            found.append(f"{group_name(membership)}-staff")
    return tuple(found)


def all_groups(elsewhere: Iterable[str], memberships: Sequence[Membership]) -> frozenset[str]:
    """Return all groups that somebody is in, for who is offered what.

    Args:
        elsewhere: those of their provider. Some let people make groups and call them anything: one that is called as
            only a class or team of ours can be is not theirs by that.
    """
    return frozenset((*(name for name in elsewhere if not OURS.fullmatch(name)), *group_names(memberships)))


def _membership(row: GroupRow, role: str, until: datetime | None, material: str | None) -> Membership:
    # Staff of a class write until its end itself.
    until = until if role in LIMITED else None
    return Membership(row.kind, row.id, role, row.title, row.is_exam, until, row.within, material or "[]")  # type: ignore[arg-type]  # what `add` and `join` wrote


def group_from(row: GroupRow) -> Group:
    """Return what a row says."""
    ended = aware(row.ended) if row.ended else None
    return Group(row.kind, row.id, row.title, row.is_exam, aware(row.created), ended, row.within)  # type: ignore[arg-type]  # what `add` wrote


def _new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))
