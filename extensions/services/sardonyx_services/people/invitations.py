"""People who are to be in a class and have never signed in: invited by a name or a mail address, let in at a sign-in."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sardonyx_services.people.actions import OPERATOR, action_row
from sardonyx_services.people.classes import living_class
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import ROLES, Role, alone_with
from sardonyx_services.people.invited import forget, theirs
from sardonyx_services.people.models import InvitationRow, MemberRow, PersonRow
from sardonyx_services.people.moments import utc_now
from sardonyx_services.people.roles import check_role
from sardonyx_spawner.language import _

MOST = 10_000
"""In one class."""


@dataclass(frozen=True)
class Invitation:
    """Somebody who is to be in a class.

    Args:
        who: the name with which they will sign in, or their mail address.
        mail: their address beside a name; "" = not known.
    """

    who: str
    role: Role
    mail: str = ""


class Invitations:
    """The invitations in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def of(self, group: str) -> list[Invitation]:
        """Return who is invited into a class, by name."""
        found = select(InvitationRow).where(InvitationRow.group == group).order_by(InvitationRow.who)
        with self._session() as session:
            return [Invitation(row.who, row.role, row.mail) for row in session.scalars(found)]  # type: ignore[arg-type]  # what `invite` wrote

    def unknown(self) -> list[str]:
        """Return by what all those are invited whom nobody here is called, in order."""
        known = select(PersonRow.name).where(PersonRow.removed.is_(None))
        found = select(InvitationRow.who).where(InvitationRow.who.not_in(known)).distinct()
        with self._session() as session:
            return sorted(session.scalars(found))

    def count(self, group: str) -> int:
        """Return how many are invited into a class."""
        found = select(func.count()).select_from(InvitationRow).where(InvitationRow.group == group)
        with self._session() as session:
            return session.scalar(found) or 0

    def invite(self, group: str, invitations: Collection[Invitation]) -> None:
        """Invite people into a class; who is invited already has the new role, and the new address if there is one.

        Raises:
            PeopleError: it has ended or has no such role, or these would be too many.
        """
        with self._session() as session:
            living_class(session, group)
            found = select(InvitationRow).where(InvitationRow.group == group)
            rows = {row.who: row for row in session.scalars(found)}
            for each in invitations:
                check_role(each.role, ROLES["class"])
                row = rows.setdefault(each.who, InvitationRow(group=group, who=each.who))
                row.role, row.mail, row.made = each.role, each.mail or row.mail or "", utc_now()
            if len(rows) > MOST:
                raise PeopleError(_("No more than 10,000 people can be invited into a class. Nothing was changed."))
            session.add_all(rows.values())

    def withdraw(self, group: str, who: str) -> bool:
        """Invite somebody no more; return whether they were invited."""
        with self._session() as session:
            return forget(session, InvitationRow.group == group, InvitationRow.who == who) > 0

    def settle(self, person: str, *, by_name: bool) -> None:
        """Let somebody who signs in into the classes into which they are invited, and write that down.

        Who was put into the class by hand stays what they are there.

        Args:
            person: their id.
            by_name: as for `theirs`.
        """
        with self._session() as session:
            somebody = session.get_one(PersonRow, person)
            groups = select(InvitationRow.group).where(theirs(somebody, by_name=by_name)).distinct()
            found = sorted(session.scalars(groups))
        for group in found:
            with self._session() as session:
                self._let_in(session, group, person, by_name=by_name)

    def _let_in(self, session: Session, group: str, person: str, *, by_name: bool) -> None:
        above = alone_with(session, group)
        which = InvitationRow.group == group, theirs(session.get_one(PersonRow, person), by_name=by_name)
        invitations = session.scalars(select(InvitationRow).where(*which).order_by(InvitationRow.made)).all()
        if above is None or above.ended is not None or not invitations:
            return
        # The latest of them: by a name and by an address there may be two.
        role = invitations[-1].role
        forget(session, *which)
        member = session.get(MemberRow, (group, person))
        if member is None:
            session.add(MemberRow(group=group, person=person, role=role))
        elif (member.by_group or member.by_course) and member.role != "instructor":
            member.role, member.by_group, member.by_course = role, False, False
        else:
            return
        session.add(action_row(OPERATOR, "join-invited", group, person, role))
