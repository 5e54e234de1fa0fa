"""Everything that the database knows of one person, for who asks what is kept of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sardonyx_services.people.invited import theirs
from sardonyx_services.people.models import (
    ActionRow,
    CourseRow,
    ExtensionRow,
    GitAccountRow,
    GroupRow,
    HoursRow,
    InvitationRow,
    MemberRow,
    PersonRow,
    SharedLinkRow,
)
from sardonyx_services.people.moments import aware

OF_PERSON = (
    "id",
    "name",
    "provider",
    "subject",
    "full_name",
    "mail",
    "mail_is_verified",
    "language",
    "is_admin",
    "is_instructor",
    "is_organiser",
)


class Personal:
    """Reads it; no password, token or link is in it, and nobody else's name."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def of(self, person: str) -> dict[str, Any]:
        """Return what is known of somebody, by their id; {} = nothing."""
        with self._session() as session:
            row = session.get(PersonRow, person)
            if row is None:
                return {}
            known: dict[str, Any] = {name: getattr(row, name) for name in OF_PERSON}
            known["created"], known["removed"] = _said(row.created), _said(row.removed)
            known["memberships"] = [
                {"kind": group.kind, "id": group.id, "title": group.title, "role": role, "ended": _said(group.ended)}
                for group, role in session.execute(
                    select(GroupRow, MemberRow.role)
                    .join(MemberRow, MemberRow.group == GroupRow.id)
                    .where(MemberRow.person == person)
                )
            ]
            # Without the address beside a name: it may be that of somebody else who is called so.
            invited = select(InvitationRow).where(theirs(row, by_name=row.removed is None))
            known["invitations"] = [
                {"class": each.group, "name": each.who, "role": each.role, "made": _said(each.made)}
                for each in session.scalars(invited.order_by(InvitationRow.group, InvitationRow.who))
            ]
            known["more_time_to_hand_in"] = [
                {"class": each.group, "until": _said(each.until)}
                for each in session.scalars(select(ExtensionRow).where(ExtensionRow.person == person))
            ]
            known["courses_without_a_class"] = [
                {"platform": each.platform, "title": each.title}
                for each in session.scalars(select(CourseRow).where(CourseRow.teacher == person))
            ]
            known["git_sites"] = [
                {"address": each.address, "made": _said(each.made), "used": _said(each.used)}
                for each in session.scalars(select(GitAccountRow).where(GitAccountRow.person == person))
            ]
            known["shared_links"] = [
                {"file": each.key, "made": _said(each.made), "ends": _said(each.ends), "opened": each.opened}
                for each in session.scalars(select(SharedLinkRow).where(SharedLinkRow.person == person))
            ]
            known["hours"] = [
                {"day": each.day.isoformat(), "profile": each.profile, "hours": round(each.seconds / 3600, 2)}
                for each in session.scalars(select(HoursRow).where(HoursRow.person == person).order_by(HoursRow.day))
            ]
            done = select(ActionRow).where(or_(ActionRow.who == person, ActionRow.whom == person))
            known["actions"] = [
                {
                    "at": _said(each.at),
                    "what": each.what,
                    "group": each.group,
                    "by_them": each.who == person,
                    "to_them": each.whom == person,
                    "detail": each.detail,
                }
                for each in session.scalars(done.order_by(ActionRow.at, ActionRow.id))
            ]
            return known


def _said(moment: datetime | None) -> str | None:
    return None if moment is None else aware(moment).isoformat(timespec="seconds")
