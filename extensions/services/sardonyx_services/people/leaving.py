"""Somebody leaves this place, in the transaction that is open."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sardonyx_services.people.models import AccountRow, CourseRow, GitAccountRow, PersonRow
from sardonyx_services.people.moments import utc_now
from sardonyx_services.people.one_time_links import end_links
from sardonyx_services.people.shared_links import forget_links


def leave(session: Session, row: PersonRow, owed: str) -> None:
    """Remove a person: their password, their links and what they had for private repositories go with them.

    Args:
        owed: what the hub has to do then, LET_GO or CLEAR.
    """
    row.removed, row.owed = row.removed or utc_now(), owed
    session.execute(delete(AccountRow).where(AccountRow.person == row.id))
    session.execute(delete(GitAccountRow).where(GitAccountRow.person == row.id))
    # Another teacher of the course is asked at their next launch.
    session.execute(delete(CourseRow).where(CourseRow.teacher == row.id))
    end_links(session, row.id)
    forget_links(session, row.id)
