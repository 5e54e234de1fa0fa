import pytest

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Membership, all_groups
from sardonyx_services.people.store import PeopleStore


@pytest.fixture
def amina(people: PeopleStore) -> str:
    """Somebody."""
    return people.signed_in("test", "amina", "amina").id


def test_a_member_is_known_with_role_and_title(people: PeopleStore, amina: str) -> None:
    """In the order in which the groups were made."""
    course = people.groups.add("class", "Statistics", is_exam=True)
    team = people.groups.add("team", "Team 3")
    people.groups.join(team, amina, "member")
    people.groups.join(course, amina, "student")

    assert people.groups.of(amina) == (
        Membership("class", course, "student", "Statistics", is_exam=True),
        Membership("team", team, "member", "Team 3"),
    )


def test_to_join_again_changes_the_role(people: PeopleStore, amina: str) -> None:
    """A student becomes staff."""
    course = people.groups.add("class", "Statistics")
    people.groups.join(course, amina, "student")
    people.groups.join(course, amina, "instructor")

    assert [membership.role for membership in people.groups.of(amina)] == ["instructor"]


def test_who_leaves_is_a_member_no_more(people: PeopleStore, amina: str) -> None:
    """Twice is as once."""
    course = people.groups.add("class", "Statistics")
    people.groups.join(course, amina, "student")
    people.groups.leave(course, amina)
    people.groups.leave(course, amina)

    assert people.groups.of(amina) == ()


def test_a_group_that_ended_has_no_members(people: PeopleStore, amina: str) -> None:
    """And nobody joins it any more."""
    course = people.groups.add("class", "Statistics")
    people.groups.join(course, amina, "student")
    people.groups.end(course)

    assert people.groups.of(amina) == ()
    with pytest.raises(PeopleError, match=f"There is no class or team with the id “{course}”, or it has ended"):
        people.groups.join(course, amina, "student")


def test_roles_are_those_of_the_kind(people: PeopleStore, amina: str) -> None:
    """A team has no staff, a class no members."""
    team = people.groups.add("team", "Team 3")

    with pytest.raises(PeopleError, match="Nobody is “instructor” there; write one of: member"):
        people.groups.join(team, amina, "instructor")


def test_who_was_removed_joins_nothing(people: PeopleStore, amina: str) -> None:
    """Neither does somebody who never was."""
    course = people.groups.add("class", "Statistics")
    people.remove("amina")

    for person in (amina, "nobody"):
        with pytest.raises(PeopleError, match="There is no such person here"):
            people.groups.join(course, person, "student")


def test_a_class_makes_its_people_members_of_groups() -> None:
    """Of one for all, and one for staff: profiles name them."""
    student, staff = (Membership("class", "7mw2kfqd", role, "Statistics") for role in ("student", "instructor"))

    assert all_groups(["physics"], [student]) == {"physics", "class-7mw2kfqd"}
    assert all_groups([], [staff]) == {"class-7mw2kfqd", "class-7mw2kfqd-staff"}


@pytest.mark.parametrize("name", ["class-7mw2kfqd", "class-7mw2kfqd-staff", "team-7mw2kfqd"])
def test_a_group_elsewhere_that_is_called_as_a_class_here_makes_nobody_a_member(name: str) -> None:
    """Some providers let people make groups, and call them anything."""
    assert all_groups([name, "class-2026", "classes"], []) == {"class-2026", "classes"}
