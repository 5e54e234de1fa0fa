"""Classes that follow a group of a provider: people come and go with it, and who was put there by hand stays."""

import pytest

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.following import Followed
from sardonyx_services.people.store import PeopleStore


@pytest.fixture
def amina(people: PeopleStore) -> str:
    """Somebody's id."""
    return people.signed_in("university", "1", "amina").id


def course(people: PeopleStore, group: str) -> str:
    """Return the id of a class of a group."""
    made = people.groups.add("class", "Statistics")
    people.classes.change(made, ClassDetails(provider_group=group))
    return made


def test_people_of_the_group_join_and_leave_with_it(people: PeopleStore, amina: str) -> None:
    """At each sign-in; once each, as students, and only in classes of their groups."""
    first, second, _other = course(people, "year-1"), course(people, "stats"), course(people, "")

    assert people.following.follow(amina, {"stats", "year-1", "choir"}) == Followed(joined=(first, second))
    assert people.following.follow(amina, {"stats", "year-1"}) == Followed()
    assert people.groups.roles_of(amina) == {first: "student", second: "student"}

    assert people.following.follow(amina, {"stats"}) == Followed(left=(first,))
    assert people.following.follow(amina, ()) == Followed(left=(second,))
    assert people.groups.roles_of(amina) == {}


def test_a_class_that_is_of_another_group_by_now_lets_them_go(people: PeopleStore, amina: str) -> None:
    """Or of none."""
    made = course(people, "stats")
    people.following.follow(amina, {"stats"})
    people.classes.change(made, ClassDetails(provider_group="", changed=1))

    assert people.following.follow(amina, {"stats"}) == Followed(left=(made,))


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_was_put_into_a_class_by_hand_stays(people: PeopleStore, amina: str, when: str) -> None:
    """With the role that they were given, whatever the provider says."""
    made = course(people, "stats")
    if when == "after":
        people.following.follow(amina, {"stats"})
    people.groups.join(made, amina, "assistant")

    assert people.following.follow(amina, {"stats"}) == Followed()
    assert people.following.follow(amina, ()) == Followed()
    assert people.groups.role(made, amina) == "assistant"


def test_nobody_joins_a_class_that_has_ended(people: PeopleStore, amina: str) -> None:
    """Nor leaves it: who was in it is still known."""
    ended, other = course(people, "stats"), course(people, "year-1")
    people.following.follow(amina, {"year-1"})
    for each in (ended, other):
        people.groups.end(each)

    assert people.following.follow(amina, {"stats"}) == Followed()
    assert people.groups.roles_of(amina) == {other: "student"}


@pytest.mark.parametrize("group", ["x" * 256, "staff\u202e"])
def test_a_group_is_one(people: PeopleStore, group: str) -> None:
    """As providers have them."""
    with pytest.raises(
        PeopleError, match="A group of a provider has 255 characters at most, all of which can be seen."
    ):
        course(people, group)
