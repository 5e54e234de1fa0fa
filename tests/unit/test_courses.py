"""Courses of learning platforms: a teacher chooses their class, and people come into it by opening the link."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.courses import Arrival, Opened
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Role
from sardonyx_services.people.store import PeopleStore

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
COURSE = Opened("moodle", "1", "17", "Statistics 101", "student")


def somebody(people: PeopleStore, name: str) -> str:
    """Return the id of somebody of the platform."""
    return people.signed_in("lti:moodle", name, name).id


@pytest.fixture
def teacher(people: PeopleStore) -> str:
    """The id of who teaches the course."""
    return somebody(people, "teacher")


@pytest.fixture
def made(people: PeopleStore, teacher: str) -> str:
    """The id of the class of the course."""
    course = opens(people, teacher, "instructor").course
    made = people.groups.add("class", "Statistics")
    people.groups.join(made, teacher, "instructor")
    people.courses.link(course, teacher, made)
    return made


def opens(people: PeopleStore, person: str, role: Role | None) -> Arrival:
    """Let somebody open the link."""
    return people.courses.arrive(replace(COURSE, role=role), person, NOW)


def test_a_teacher_may_choose_a_class(people: PeopleStore, teacher: str) -> None:
    """However often they open the link; the course is called as the platform calls it now."""
    first = opens(people, teacher, "instructor")
    second = people.courses.arrive(replace(COURSE, title="Statistics", role="instructor"), teacher, NOW)

    assert first == second == Arrival("offered", course=first.course)
    assert [course.title for course in people.courses.offered(teacher)] == ["Statistics"]


@pytest.mark.parametrize(("role", "state"), [("student", "waiting"), ("assistant", "waiting"), (None, "outside")])
def test_others_wait_until_a_class_is_chosen(people: PeopleStore, role: Role | None, state: str) -> None:
    """And nothing is kept of their course."""
    person = somebody(people, "amina")

    assert opens(people, person, role) == Arrival(state)  # type: ignore[arg-type]  # of the list above
    assert people.courses.offered(person) == []


def test_a_course_of_two_teachers_is_offered_to_who_opened_it_last(people: PeopleStore, teacher: str) -> None:
    """One of them chooses."""
    other = somebody(people, "other")
    opens(people, teacher, "instructor")
    opens(people, other, "instructor")

    assert people.courses.offered(teacher) == []
    assert len(people.courses.offered(other)) == 1


@pytest.mark.parametrize("role", ["student", "guest", "assistant", "instructor"])
def test_who_opens_the_link_is_in_the_class(people: PeopleStore, made: str, role: Role) -> None:
    """As what they are in the course, and joins once."""
    person = somebody(people, "amina")

    assert opens(people, person, role) == Arrival("in", made, people.courses.of_class(made).id, "join")  # type: ignore[union-attr]  # it has one
    assert opens(people, person, role).did == ""
    assert people.groups.role(made, person) == role


def test_a_role_follows_the_platform(people: PeopleStore, made: str) -> None:
    """Up and down, for who came by the course; who is nobody there any more stays what they were."""
    person = somebody(people, "amina")
    opens(people, person, "student")

    assert opens(people, person, "instructor").did == "role"
    assert opens(people, person, "student").did == "role"
    assert opens(people, person, None) == Arrival("in", made, people.courses.of_class(made).id)  # type: ignore[union-attr]  # it has one
    assert people.groups.role(made, person) == "student"


def test_who_was_given_a_role_here_keeps_it(people: PeopleStore, made: str) -> None:
    """Whatever the platform says."""
    person = somebody(people, "amina")
    opens(people, person, "student")
    people.groups.join(made, person, "assistant")

    assert opens(people, person, "instructor").did == ""
    assert people.groups.role(made, person) == "assistant"


def test_the_last_instructor_stays_one(people: PeopleStore, teacher: str, made: str) -> None:
    """A class has one."""
    person = somebody(people, "amina")
    opens(people, person, "instructor")
    people.groups.leave(made, teacher)

    assert opens(people, person, "student").did == ""
    assert people.groups.role(made, person) == "instructor"


def test_nobody_comes_from_another_course(people: PeopleStore, made: str) -> None:
    """Of another platform, another deployment or another id: what they are there counts there."""
    person = somebody(people, "amina")
    for other in ({"platform": "canvas"}, {"deployment": "2"}, {"key": "18"}):
        opened = replace(COURSE, role="instructor", **other)
        assert people.courses.arrive(opened, person, NOW).state == "offered"

    assert people.groups.role(made, person) is None


def test_who_is_nobody_in_the_course_is_not_let_in(people: PeopleStore, made: str) -> None:
    """Such as a student's parents."""
    person = somebody(people, "amina")

    assert opens(people, person, None).state == "outside"
    assert people.groups.role(made, person) is None


def test_after_its_last_day_nobody_else_comes(people: PeopleStore, made: str) -> None:
    """Who is in the class still reaches it."""
    early, late = somebody(people, "early"), somebody(people, "late")
    opens(people, early, "student")
    people.classes.change(made, ClassDetails(last_day=date(2026, 11, 20)))

    assert opens(people, early, "student").group == made
    assert opens(people, late, "student").state == "over"
    assert people.groups.role(made, late) is None


def test_a_course_whose_class_has_ended_gets_another(people: PeopleStore, teacher: str, made: str) -> None:
    """When its teacher opens the link again; students read until then that it is over."""
    people.groups.end(made)

    assert opens(people, somebody(people, "amina"), "student").state == "over"
    again = opens(people, teacher, "instructor")
    assert again.state == "offered"
    new = people.groups.add("class", "Statistics")
    people.courses.link(again.course, teacher, new)
    assert opens(people, somebody(people, "amina"), "student").group == new


def test_only_who_is_offered_a_course_chooses_its_class(people: PeopleStore, teacher: str) -> None:
    """Once."""
    course = opens(people, teacher, "instructor").course
    made, other = people.groups.add("class", "Statistics"), people.groups.add("class", "Another")

    with pytest.raises(PeopleError, match="Somebody else has chosen a class for this course"):
        people.courses.link(course, somebody(people, "amina"), made)
    people.courses.link(course, teacher, made)
    with pytest.raises(PeopleError, match="Somebody else has chosen a class for this course"):
        people.courses.link(course, teacher, other)


def test_a_class_is_that_of_one_course(people: PeopleStore, teacher: str, made: str) -> None:
    """It says of which."""
    other = people.courses.arrive(replace(COURSE, key="18", title="Algebra", role="instructor"), teacher, NOW)

    with pytest.raises(PeopleError, match="“Statistics 101” is the course of this class"):
        people.courses.link(other.course, teacher, made)


@pytest.mark.parametrize("kind", ["ended", "team", "none"])
def test_a_course_has_a_class_that_goes_on(people: PeopleStore, teacher: str, kind: str) -> None:
    """Nothing else."""
    course = opens(people, teacher, "instructor").course
    group = "abcd2345" if kind == "none" else people.groups.add("team" if kind == "team" else "class", "Some")
    if kind == "ended":
        people.groups.end(group)

    with pytest.raises(PeopleError, match="There is no such class, or it has ended"):
        people.courses.link(course, teacher, group)


def test_without_its_course_a_class_keeps_its_people(people: PeopleStore, made: str) -> None:
    """They are in it by themselves then, and nobody else comes."""
    person = somebody(people, "amina")
    opens(people, person, "assistant")

    people.courses.unlink(made)

    assert people.courses.of_class(made) is None
    assert opens(people, somebody(people, "bela"), "student").state == "waiting"
    assert opens(people, person, "student").state == "waiting"
    assert people.groups.role(made, person) == "assistant"


def test_a_course_is_not_offered_to_who_was_removed(people: PeopleStore, teacher: str) -> None:
    """Nor to who has their name next."""
    opens(people, teacher, "instructor")

    people.remove("teacher")

    assert people.courses.offered(teacher) == []


def test_what_is_known_of_a_person_names_the_courses_they_may_choose_for(people: PeopleStore, teacher: str) -> None:
    """As all that is kept of them."""
    opens(people, teacher, "instructor")

    assert people.personal.of(teacher)["courses_without_a_class"] == [{"platform": "moodle", "title": "Statistics 101"}]
