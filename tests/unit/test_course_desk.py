"""Courses as their teachers meet them: who makes a class for one, and who takes one that there is."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from sardonyx_services.people.courses import Opened
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.course_desk import CourseDesk
from sardonyx_services.people.web.classes.desk import Desk
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.configuration import PlatformRules
from sardonyx_services.people.web.errors import NoCourseError, NotOpenError, NotThereError, RefusedError
from sardonyx_spawner.language import SaidError

MOODLE, CANVAS = "moodle", "canvas"
NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture
def desk(people: PeopleStore) -> Desk:
    """The classes."""
    return Desk(people, JoinLinks(b"x" * 32), ())


@pytest.fixture
def courses(desk: Desk, people: PeopleStore) -> CourseDesk:
    """The courses of two platforms; teachers of one of them may make classes."""
    rules = {
        MOODLE: PlatformRules(title="Moodle", teachers_make_classes=True),
        CANVAS: PlatformRules(title="Canvas", teachers_make_classes=False),
    }
    return CourseDesk(desk, people, rules)


@pytest.fixture
def teacher(people: PeopleStore) -> Caller:
    """Somebody who may make no class by themselves."""
    return Caller(people.signed_in("lti:moodle", "1", "teacher").id, "teacher")


def offered(people: PeopleStore, caller: Caller, platform: str = MOODLE, key: str = "17") -> str:
    """Return the id of a course that is offered to somebody."""
    return people.courses.arrive(Opened(platform, "1", key, "Statistics", "instructor"), caller.id, NOW).course


def test_a_teacher_makes_the_class_of_their_course(people: PeopleStore, courses: CourseDesk, teacher: Caller) -> None:
    """Called as the course where nothing else is said, and no other class."""
    course = offered(people, teacher)

    made = courses.make(teacher, course, "", courses._desk.usual)

    assert people.groups.get("class", made).title == "Statistics"
    assert people.groups.role(made, teacher.id) == "instructor"
    assert people.courses.of_class(made) is not None
    with pytest.raises(NoCourseError, match="its class was chosen already"):
        courses.make(teacher, course, "", courses._desk.usual)


def test_where_teachers_make_no_classes_they_are_told_whom_to_ask(
    people: PeopleStore, courses: CourseDesk, teacher: Caller
) -> None:
    """And nothing is made."""
    course = offered(people, teacher, CANVAS)

    with pytest.raises(NotOpenError, match="You cannot make classes here. Ask the people who run this place."):
        courses.make(teacher, course, "", courses._desk.usual)
    assert people.groups.all("class") == []


def test_an_instructor_of_this_place_makes_one_all_the_same(
    people: PeopleStore, courses: CourseDesk, teacher: Caller
) -> None:
    """As any other class."""
    instructor = Caller(teacher.id, teacher.name, may_make=True)

    assert courses.make(instructor, offered(people, teacher, CANVAS), "", courses._desk.usual)


def test_a_course_of_a_platform_that_is_gone_makes_no_class(
    people: PeopleStore, courses: CourseDesk, teacher: Caller
) -> None:
    """Its slug is all that is known of it."""
    course = offered(people, teacher, "gone")

    assert not courses.may_make(teacher, courses.one(teacher, course))
    assert courses.site(courses.one(teacher, course)) == "gone"


def test_a_teacher_takes_a_class_that_they_lead(people: PeopleStore, courses: CourseDesk, teacher: Caller) -> None:
    """It is written down in the class."""
    made = people.groups.add("class", "Mine")
    people.groups.join(made, teacher.id, "instructor")

    courses.link(teacher, offered(people, teacher), made)

    [action] = people.actions.of(made)
    assert (action.who, action.what, action.detail) == (teacher.id, "course-link", "Statistics")


@pytest.mark.parametrize("role", ["assistant", None])
def test_nobody_takes_a_class_that_they_do_not_lead(
    people: PeopleStore, courses: CourseDesk, teacher: Caller, role: str | None
) -> None:
    """A teacher there is nobody here by that."""
    made = people.groups.add("class", "Another's")
    if role:
        people.groups.join(made, teacher.id, "assistant")

    with pytest.raises((NotOpenError, NotThereError)):
        courses.link(teacher, offered(people, teacher), made)
    assert people.courses.of_class(made) is None


def test_the_classes_to_take_are_those_that_can_be_taken(
    people: PeopleStore, courses: CourseDesk, teacher: Caller
) -> None:
    """Led by the teacher, not over, and of no course."""
    for title, role in (
        ("led", "instructor"),
        ("helped", "assistant"),
        ("ended", "instructor"),
        ("of a course", "instructor"),
    ):
        made = people.groups.add("class", title)
        people.groups.join(made, teacher.id, role)  # type: ignore[arg-type]  # as written above
        if title == "ended":
            people.groups.end(made)
        if title == "of a course":
            courses.link(teacher, offered(people, teacher, key="18"), made)

    assert [seen.group.title for seen in courses.choice(teacher)] == ["led"]


def test_of_two_who_choose_at_once_one_is_told(
    people: PeopleStore, courses: CourseDesk, teacher: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their class is made, and is not lost."""
    course = offered(people, teacher)
    other = people.groups.add("class", "Faster")
    make = courses._desk.make

    def slowly(*told: object, unread: Sequence[SaidError]) -> str:
        made = make(*told, unread=unread)  # type: ignore[arg-type]  # what it was called with
        people.courses.link(course, teacher.id, other)
        return made

    monkeypatch.setattr(courses._desk, "make", slowly)

    with pytest.raises(RefusedError, match="The class was made, but is not that of the course"):
        courses.make(teacher, course, "Slower", courses._desk.usual)
    assert [group.title for group in people.groups.all("class")] == ["Faster", "Slower"]


def test_only_who_leads_a_class_lets_its_course_go(people: PeopleStore, courses: CourseDesk, teacher: Caller) -> None:
    """Assistants see it, and do not."""
    made = courses.make(teacher, offered(people, teacher), "", courses._desk.usual)
    helper = Caller(people.signed_in("lti:moodle", "2", "helper").id, "helper")
    people.groups.join(made, helper.id, "assistant")

    assert courses.of_class(helper, made) is not None
    with pytest.raises(NotOpenError, match="This is for the instructors of the class"):
        courses.unlink(helper, made)
    courses.unlink(teacher, made)
    assert courses.of_class(helper, made) is None
    assert "course-unlink" in {action.what for action in people.actions.of(made)}
