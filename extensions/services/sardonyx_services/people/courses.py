"""Courses of learning platforms: a teacher links one with a class, and its people come into that class by opening the link."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from sardonyx_services.people.classes import details_of, living_class
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Role, alone_with
from sardonyx_services.people.models import ClassRow, CourseRow, MemberRow, PersonRow
from sardonyx_spawner.language import _

LONGEST_ID, LONGEST_TITLE = 255, 200
State = Literal["in", "offered", "waiting", "outside", "over"]
"""Of who opens the link: they are in the class; they may choose one for the course; nobody has chosen one yet; the platform
says that they are nobody in the course; the class is over."""


@dataclass(frozen=True)
class Opened:
    """A course whose link somebody opens, as its platform says it.

    Args:
        platform: its slug in the settings.
        deployment: of this place in the platform; ids of courses are of one deployment.
        key: the platform's id of the course.
        role: what they are in it; None = neither a teacher nor a student.
    """

    platform: str
    deployment: str
    key: str
    title: str
    role: Role | None


@dataclass(frozen=True)
class Arrival:
    """What becomes of somebody who opened the link.

    Args:
        group: id of the class; "" = there is none for them.
        course: our id of the course; "" = nothing is known of it.
        did: what was done to them in the class, "join" or "role"; "" = nothing.
    """

    state: State
    group: str = ""
    course: str = ""
    did: Literal["join", "role", ""] = ""


@dataclass(frozen=True)
class PlatformCourse:
    """A course that is known here.

    Args:
        platform: its slug in the settings.
        group: id of its class; "" = it has none yet.
    """

    id: str
    platform: str
    title: str
    group: str


class Courses:
    """The courses in the database."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session

    def arrive(self, opened: Opened, person: str, now: datetime) -> Arrival:
        """Let somebody into the class of a course whose link they open, or offer a teacher to choose one.

        Whoever is in the class by something else stays what they are there.

        Args:
            person: their id.
        """
        with self._session() as session:
            row = _row_of(session, opened)
            group = row.group if row is not None else None
        arrival = self._arrive_in(opened, group, person, now) if group else None
        return arrival or self._without_class(opened, person)

    def offered(self, person: str) -> list[PlatformCourse]:
        """Return the courses for which somebody may choose a class, by title."""
        found = select(CourseRow).where(CourseRow.teacher == person, CourseRow.group.is_(None))
        with self._session() as session:
            return [_course(row) for row in session.scalars(found.order_by(CourseRow.title, CourseRow.id))]

    def of_class(self, group: str) -> PlatformCourse | None:
        """Return the course of a class."""
        with self._session() as session:
            row = session.scalars(select(CourseRow).where(CourseRow.group == group)).first()
            return _course(row) if row is not None else None

    def link(self, course: str, person: str, group: str) -> None:
        """Let the people of a course be in a class.

        Args:
            person: to whom the course is offered.

        Raises:
            PeopleError: it is not, or the class has ended or is that of another course.
        """
        offered = (CourseRow.id == course, CourseRow.teacher == person, CourseRow.group.is_(None))
        with self._session() as session:
            living_class(session, group)
            other = session.scalars(select(CourseRow).where(CourseRow.group == group)).first()
            if other is not None:
                raise PeopleError(_("“{title}” is the course of this class.").format(title=other.title))
            chosen = select(CourseRow.id).where(*offered).with_for_update()
            if session.scalar(chosen) is None:
                raise PeopleError(_("Somebody else has chosen a class for this course. Open the link in it again."))
            session.execute(update(CourseRow).where(*offered).values(group=group, teacher=None))

    def unlink(self, group: str) -> None:
        """Let nobody come by a course any more; who has come stays, and is then in the class by itself."""
        with self._session() as session:
            alone_with(session, group)
            session.execute(delete(CourseRow).where(CourseRow.group == group))
            session.execute(update(MemberRow).where(MemberRow.group == group).values(by_course=False))

    def _arrive_in(self, opened: Opened, group: str, person: str, now: datetime) -> Arrival | None:
        """Let somebody into a class; None = it is not the class of this course any more, or another may be chosen."""
        with self._session() as session:
            above, row = alone_with(session, group), _row_of(session, opened)
            if above is None or row is None or row.group != group:
                return None
            row.title = opened.title
            if above.ended is not None:
                if opened.role == "instructor":
                    row.group = None
                    return None
                return Arrival("over", course=row.id)
            member = session.get(MemberRow, (group, person))
            if member is None:
                details = session.get(ClassRow, group)
                if details is not None and details_of(details).is_past(now):
                    return Arrival("over", course=row.id)
                if opened.role is None:
                    return Arrival("outside", course=row.id)
                session.add(MemberRow(group=group, person=person, role=opened.role, by_course=True))
                return Arrival("in", group, row.id, "join")
            if not member.by_course or opened.role in {None, member.role} or _is_last_instructor(session, member):
                return Arrival("in", group, row.id)
            member.role = str(opened.role)
            return Arrival("in", group, row.id, "role")

    def _without_class(self, opened: Opened, person: str) -> Arrival:
        if opened.role != "instructor":
            return Arrival("outside" if opened.role is None else "waiting")
        with self._session() as session:
            row = _row_of(session, opened)
            if row is None:
                row = CourseRow(
                    id=secrets.token_hex(16), platform=opened.platform, deployment=opened.deployment, course=opened.key
                )
                session.add(row)
            row.title, row.teacher = opened.title, person
            return Arrival("offered", course=row.id)


def _row_of(session: Session, opened: Opened) -> CourseRow | None:
    found = select(CourseRow).where(
        CourseRow.platform == opened.platform,
        CourseRow.deployment == opened.deployment,
        CourseRow.course == opened.key,
    )
    return session.scalars(found).first()


def _is_last_instructor(session: Session, member: MemberRow) -> bool:
    if member.role != "instructor":
        return False
    others = (
        select(func.count())
        .select_from(MemberRow)
        .join(PersonRow, PersonRow.id == MemberRow.person)
        .where(
            MemberRow.group == member.group,
            MemberRow.role == "instructor",
            MemberRow.person != member.person,
            PersonRow.removed.is_(None),
        )
    )
    return not session.scalar(others)


def _course(row: CourseRow) -> PlatformCourse:
    return PlatformCourse(row.id, row.platform, row.title, row.group or "")
