"""Nothing is left that nobody can lead without somebody being told of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sardonyx_services.people.database import Place
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import Group, Role
from sardonyx_services.people.leading import is_left_alone
from sardonyx_services.people.store import PeopleStore

NOW = datetime.now(UTC)


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """Tia and Tom lead Statistics, with Ada in it; Tia leads an event; in both kinds of database."""
    store = PeopleStore(people_place)
    for name in ("tia", "tom", "ada"):
        store.add_account(name, "")
    course = store.groups.add("class", "Statistics")
    roles: tuple[tuple[str, Role], ...] = (("tia", "instructor"), ("tom", "instructor"), ("ada", "assistant"))
    for name, role in roles:
        store.groups.join(course, person(store, name), role)
    event = store.events.add("Hackathon", EventDetails(NOW, NOW + timedelta(days=1), profile="python"))
    store.groups.join(event, person(store, "tia"), "organiser")
    yield store
    store.close()


def person(people: PeopleStore, name: str) -> str:
    """Return somebody's id."""
    return people.names.ids([name])[name]


def titles(groups: list[Group]) -> list[str]:
    """Return how groups are called."""
    return [group.title for group in groups]


def test_it_is_known_before_what_nobody_would_lead(people: PeopleStore) -> None:
    """An assistant leads nothing, and of two instructors one is enough."""
    tia, tom, ada = (person(people, name) for name in ("tia", "tom", "ada"))

    assert titles(people.leading.by_them_alone([tia])) == ["Hackathon"]
    assert titles(people.leading.by_them_alone([tom, ada])) == []
    assert titles(people.leading.by_them_alone([tia, tom])) == ["Statistics", "Hackathon"]
    assert people.leading.by_nobody() == []


def test_what_nobody_leads_is_found_until_somebody_does(people: PeopleStore) -> None:
    """Also when who led it was to be erased; who comes back leads it again."""
    people.remove("tom")
    people.erasure.want("tia")
    assert titles(people.leading.by_nobody()) == ["Statistics", "Hackathon"]
    assert people.leading.by_them_alone([person(people, "ada")]) == []
    course, event = people.leading.by_nobody()

    people.groups.join(course.id, person(people, "ada"), "instructor")
    assert people.leading.by_nobody() == [event]
    people.readmit("tia")

    assert people.leading.by_nobody() == []


def test_what_has_ended_needs_nobody(people: PeopleStore) -> None:
    """There is nothing to lead in it; an event whose people still copy what they have has somebody."""
    course, event = people.leading.by_them_alone([person(people, name) for name in ("tia", "tom")])
    people.groups.end(course.id)
    people.events.close(event.id, NOW, early=True)
    for name in ("tia", "tom"):
        people.remove(name)

    assert people.leading.by_nobody() == [event]
    people.event_removal.end_groups(event.id)
    assert people.leading.by_nobody() == []


@pytest.mark.parametrize(
    ("changes", "is_so"),
    [
        pytest.param({"tia": None}, True, id="leaves"),
        pytest.param({"tia": "assistant"}, True, id="is less"),
        pytest.param({"tia": "student", "ada": "instructor"}, False, id="another takes over"),
        pytest.param({"ada": None, "bob": "student"}, False, id="others change"),
        pytest.param({"tia": "instructor"}, False, id="stays"),
    ],
)
def test_a_class_is_left_alone_by_its_last_instructor(changes: dict[str, Any], *, is_so: bool) -> None:
    """Whatever else is changed with it."""
    assert is_left_alone({"tia": "instructor", "ada": "student"}, changes) == is_so


def test_a_class_that_nobody_leads_is_not_left_alone() -> None:
    """An administrator fills one that they have just made as they like."""
    assert not is_left_alone({}, {"ada": "student"})
    assert not is_left_alone({"ada": "student"}, {"ada": None})
