"""Somebody leaves this place, or comes back, in the transaction that is open."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.models import AccountRow, CourseRow, GitAccountRow, PersonRow
from sardonyx_services.people.moments import utc_now
from sardonyx_services.people.one_time_links import end_links
from sardonyx_services.people.records import EVENT, LOCAL
from sardonyx_services.people.shared_links import forget_links
from sardonyx_spawner.language import _


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


def come_back(session: Session, person: str, who: str, *, is_in_time: bool) -> PersonRow:
    """Let somebody back who was removed, to what is kept under their id; whoever has a password chooses a new one.

    Args:
        person: their id; who: as they were asked for.
        is_in_time: what is theirs has not begun to be deleted.

    Raises:
        PeopleError: nobody like that was removed, the name is in use again, or all of theirs is being deleted.
    """
    row = session.get(PersonRow, person)
    if row is None or row.removed is None:
        raise PeopleError(_("Nobody called “{name}” was removed here.").format(name=who))
    if row.provider == EVENT:
        said = _("“{name}” was an account of an event. Its organisers can make another one for them.")
        raise PeopleError(said.format(name=row.name))
    if not is_in_time:
        raise PeopleError(_("All that “{name}” had here is being deleted. Make a new account.").format(name=row.name))
    if session.scalars(select(PersonRow).where(PersonRow.name == row.name, PersonRow.removed.is_(None))).first():
        said = _("There is another “{name}” here by now. Two people cannot have one name. What the first had is kept.")
        raise PeopleError(said.format(name=row.name))
    row.removed = None
    if row.provider == LOCAL:
        session.add(AccountRow(person=row.id, password_hash=""))
    return row
