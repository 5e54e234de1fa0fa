"""Which invitations are somebody's, and which go because the class ends or because they are in it by now."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, true
from sqlalchemy.orm import Session

from sardonyx_services.people.models import GroupRow, InvitationRow, PersonRow
from sardonyx_services.people.moments import in_tables, utc_now


def address(mail: str) -> str:
    """Return a mail address as it is compared; a letter that only looks like a plain one stays what it is."""
    return mail.lower() if mail.isascii() else mail


def theirs(person: PersonRow, *, by_name: bool) -> ColumnElement[bool]:
    """Return which invitations are somebody's.

    By their address only where their provider says that it is verified. By their name not where another address was
    written beside it: then it may be somebody else. The name is the one that they have here, whatever their provider
    calls them by now: some let people change it.

    Args:
        by_name: their provider has given them that name, and they have not chosen it.
    """
    mail = address(person.mail)
    found: list[ColumnElement[bool]] = []
    if mail and person.mail_is_verified:
        found += [InvitationRow.who == mail, InvitationRow.mail == mail]
    if by_name:
        fits = InvitationRow.mail.in_(("", mail)) if mail else true()
        found.append(and_(InvitationRow.who == person.name, fits))
    # Of nobody, where nothing tells whose it is.
    return or_(*found) if found else InvitationRow.who.in_(())


def forget(session: Session, *which: ColumnElement[bool]) -> int:
    """Delete invitations, in the transaction that is open; return how many there were."""
    result: Any = session.execute(delete(InvitationRow).where(*which))
    return int(result.rowcount)


def end_group(session: Session, row: GroupRow, at: datetime | None = None) -> None:
    """End a class, an event or a team, now if nothing else is said: nobody is invited into it any more."""
    row.ended = in_tables(at) if at else utc_now()
    forget(session, InvitationRow.group == row.id)
