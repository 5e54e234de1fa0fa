"""Courses of learning platforms as their teachers meet them: which class is that of one, and whether people come by it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.courses import PlatformCourse
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.desk import Desk, Seen
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.configuration import PlatformRules
from sardonyx_services.people.web.errors import NoCourseError, RefusedError
from sardonyx_spawner.language import SaidError, _


class CourseDesk:
    """The courses, for one caller after the other; who may do what in a class is asked of the desk.

    Args:
        platforms: by slug; a course may be of one that is not there any more.
    """

    def __init__(self, desk: Desk, people: PeopleStore, platforms: Mapping[str, PlatformRules]) -> None:
        self._desk, self._people, self._platforms = desk, people, platforms

    def site(self, course: PlatformCourse) -> str:
        """Return what people call the platform of a course."""
        rules = self._platforms.get(course.platform)
        return rules.title if rules else course.platform

    def offered(self, caller: Caller) -> list[PlatformCourse]:
        """Return the courses for which somebody may choose a class."""
        return self._people.courses.offered(caller.id)

    def one(self, caller: Caller, course_id: str) -> PlatformCourse:
        """Return a course for which the caller may choose a class.

        Raises:
            NoCourseError: there is none, or it is not theirs to choose: the answer is the same.
        """
        found = next((course for course in self.offered(caller) if course.id == course_id), None)
        if found is None:
            raise NoCourseError
        return found

    def may_make(self, caller: Caller, course: PlatformCourse) -> bool:
        """Tell whether somebody to whom a course is offered may make a class for it."""
        rules = self._platforms.get(course.platform)
        return caller.may_make or (rules is not None and rules.teachers_make_classes)

    def choice(self, caller: Caller) -> list[Seen]:
        """Return the classes that can be that of a course: which the caller leads, and that are of none."""
        return [
            seen
            for seen in self._desk.mine(caller)
            if seen.role == "instructor" and not seen.is_over and self._people.courses.of_class(seen.group.id) is None
        ]

    def make(
        self, caller: Caller, course_id: str, title: str, details: ClassDetails, *, unread: Sequence[SaidError] = ()
    ) -> str:
        """Make the class of a course, with the caller as its instructor; return its id.

        Args:
            title: "" = that of the course.
            unread: what of it could not be read: it is said with all else that is wrong.

        Raises:
            RefusedError: the course is not offered to them, they may not make classes, or it has another class meanwhile.
            PeopleError: the class cannot be so.
        """
        course = self.one(caller, course_id)
        maker = replace(caller, may_make=self.may_make(caller, course))
        made = self._desk.make(maker, title or course.title, details, unread=unread)
        try:
            self._link(caller, course, made)
        except PeopleError as error:
            said = _(
                "The class was made, but is not that of the course: somebody else has chosen another one meanwhile."
            )
            raise RefusedError(said) from error
        return made

    def link(self, caller: Caller, course_id: str, class_id: str) -> None:
        """Let the people of a course be in a class that there is.

        Raises:
            RefusedError: the course is not offered to the caller, or they do not lead the class.
            PeopleError: the class is that of another course, or has ended.
        """
        course = self.one(caller, course_id)
        self._desk.seen(caller, class_id, Level.INSTRUCTOR)
        self._link(caller, course, class_id)

    def of_class(self, caller: Caller, class_id: str) -> PlatformCourse | None:
        """Return the course of a class.

        Raises:
            RefusedError: the caller does not look after the class.
        """
        self._desk.seen(caller, class_id, Level.STAFF)
        return self._people.courses.of_class(class_id)

    def unlink(self, caller: Caller, class_id: str) -> None:
        """Let nobody come by the course any more; who is in the class stays.

        Raises:
            RefusedError: the caller does not lead the class.
        """
        self._desk.seen(caller, class_id, Level.INSTRUCTOR)
        course = self._people.courses.of_class(class_id)
        if course is not None:
            self._people.courses.unlink(class_id)
            self._people.actions.add(caller.id, "course-unlink", class_id, detail=course.title)

    def _link(self, caller: Caller, course: PlatformCourse, class_id: str) -> None:
        self._people.courses.link(course.id, caller.id, class_id)
        self._people.actions.add(caller.id, "course-link", class_id, detail=course.title)
