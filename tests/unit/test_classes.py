"""What a class is beside its people: kept as it was written, refused where it cannot be, and never written over."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.classes import ChangedMeanwhileError
from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.join_link import JoinLinks, group_of
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.repository import Material

HAND_IN_UNTIL = datetime(2026, 10, 23, 16, 0, tzinfo=UTC)
AUTUMN = ClassDetails(
    description="Mondays",
    profile="python",
    answers={"size": "small"},
    repositories=(
        Material("https://git.example.org/statistics/material", "main"),
        Material("https://git.example.org/lab/tools", commit="a" * 40, folder="lib/tools", depth=1),
    ),
    first_day=date(2026, 9, 7),
    last_day=date(2026, 10, 25),
    zone="Europe/Paris",
    kept_days=44,
    hand_in_until=HAND_IN_UNTIL,
    joining=True,
    join_round=2,
)


@pytest.fixture
def course(people: PeopleStore) -> str:
    """The id of a class."""
    return people.groups.add("class", "Statistics")


def test_everything_of_a_class_is_kept(people: PeopleStore, course: str) -> None:
    """And counted, so that two who change it at once notice."""
    assert people.classes.details(course) == ClassDetails()

    people.classes.change(course, AUTUMN, title="  Statistics   101 ")

    assert people.classes.details(course) == replace(AUTUMN, changed=1)
    assert people.groups.get("class", course).title == "Statistics 101"
    assert people.classes.of_many([course, "other"]) == {course: replace(AUTUMN, changed=1), "other": ClassDetails()}


def test_nobody_writes_over_what_they_have_not_seen(people: PeopleStore, course: str) -> None:
    """Of two who change a class at once, the second is told."""
    read = people.classes.details(course)
    people.classes.change(course, replace(read, description="mine"))

    with pytest.raises(ChangedMeanwhileError) as caught:
        people.classes.change(course, replace(read, description="yours"))

    assert caught.value.message.startswith(
        "Somebody else has changed this class meanwhile, and nothing of yours was kept."
    )
    assert people.classes.details(course).description == "mine"


@pytest.mark.parametrize("is_there", [True, False])
def test_what_has_ended_is_not_changed(people: PeopleStore, course: str, is_there: bool) -> None:  # noqa: FBT001 - pytest passes by name
    """Nor what never was."""
    people.groups.end(course)

    with pytest.raises(PeopleError, match="There is no such class, or it has ended."):
        people.classes.change(course if is_there else "other", AUTUMN)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"description": "x" * 501}, "The description has more than 500 characters. Shorten it."),
        ({"zone": "Europe/Nowhere"}, "“Europe/Nowhere” is no time zone. Write one such as Europe/Paris."),
        ({"zone": "../../etc/passwd"}, "“../../etc/passwd” is no time zone."),
        ({"zone": ""}, "“” is no time zone."),
        ({"last_day": date(2026, 9, 6)}, "The last day is before the first one."),
        ({"last_day": date(9999, 12, 31)}, "9999-12-31 is no day on which a class can begin or end."),
        ({"hand_in_until": datetime(9999, 1, 1, tzinfo=UTC)}, "9999-01-01 is no day until which anybody hands in."),
        ({"kept_days": -1}, "People reach the data of a class for 0 to 3,650 days after its last one."),
    ],
)
def test_what_cannot_be_is_explained(people: PeopleStore, course: str, change: dict[str, Any], message: str) -> None:
    """Nothing is kept of it."""
    with pytest.raises(PeopleError) as caught:
        people.classes.change(course, replace(AUTUMN, **change))

    assert caught.value.message.startswith(message)
    assert people.classes.details(course) == ClassDetails()


@pytest.mark.parametrize("title", ["", "   ", "x" * 201, "Statistics\u202eXE"])
def test_a_title_is_one(people: PeopleStore, course: str, title: str) -> None:
    """Without signs that nobody sees; none at all leaves it as it is."""
    if title == "":
        people.classes.change(course, AUTUMN, title=title)
    else:
        with pytest.raises(PeopleError, match="A class needs a title, of 200 characters at most."):
            people.classes.change(course, AUTUMN, title=title)
    assert people.groups.get("class", course).title == "Statistics"


@pytest.mark.parametrize(
    ("now", "is_on"),
    [
        pytest.param("2026-09-06T21:59:59", False, id="the evening before"),
        pytest.param("2026-09-06T22:00:00", True, id="midnight in Paris, in summer"),
        pytest.param("2026-10-25T22:59:59", True, id="the last day has 25 hours"),
        pytest.param("2026-10-25T23:00:00", False, id="midnight in Paris, in winter"),
    ],
)
def test_days_are_those_of_its_time_zone(now: str, is_on: bool) -> None:  # noqa: FBT001 - pytest passes by name
    """The last day counts as a whole, however long it is."""
    assert AUTUMN.is_on(datetime.fromisoformat(now).replace(tzinfo=UTC)) is is_on


def test_who_has_more_time_hands_in_longer(people: PeopleStore, course: str) -> None:
    """One person, in one class; more time is never less."""
    people.classes.change(course, AUTUMN)
    other = people.groups.add("class", "Other")
    ids = {name: people.signed_in("university", name, name).id for name in ("amina", "bob")}
    for group in (course, other):
        for person in ids.values():
            people.groups.join(group, person, "student")

    def until(name: str) -> list[datetime | None]:
        return [membership.writes_until for membership in people.groups.of(ids[name])]

    later, earlier = (HAND_IN_UNTIL + timedelta(days=days) for days in (3, -3))
    people.classes.extend(course, ids["amina"], later)
    people.classes.extend(course, ids["bob"], earlier)

    assert until("amina") == [later, None]
    assert until("bob") == [HAND_IN_UNTIL, None]
    assert people.classes.extensions(course) == {ids["amina"]: later, ids["bob"]: earlier}
    for when in (earlier, None):
        people.classes.extend(course, ids["amina"], when)
    assert until("amina") == [HAND_IN_UNTIL, None]


def test_whoever_is_in_a_class_knows_where_its_material_is(people: PeopleStore, course: str) -> None:
    """By its own folder, or the name of the repository; a class that was made on the command line has none."""
    amina = people.signed_in("university", "amina", "amina")
    for group in (course, people.groups.add("class", "Other")):
        people.groups.join(group, amina.id, "student")
    people.classes.change(course, AUTUMN)

    assert [each.folders for each in people.groups.of(amina.id)] == [("material", "lib/tools"), ()]


def test_a_class_without_days_is_always_on() -> None:
    """Until somebody ends it."""
    assert ClassDetails().is_on(datetime(1990, 1, 1, tzinfo=UTC))


def test_a_join_link_is_of_one_class_one_round_and_one_place() -> None:
    """And it is the same each time, without anything being kept of it."""
    links = JoinLinks(b"secret")
    code = links.code("7mw2kfqd", 1)

    assert code == JoinLinks(b"secret").code("7mw2kfqd", 1)
    assert group_of(code) == "7mw2kfqd"
    assert links.is_of(code, "7mw2kfqd", 1)
    assert not links.is_of(code, "7mw2kfqd", 2)
    assert not links.is_of(code, "7mw2kfqe", 1)
    assert not links.is_of(code.replace("7mw2kfqd", "7mw2kfqe"), "7mw2kfqe", 1)
    assert not links.is_of(f"{code[:-1]}é", "7mw2kfqd", 1)
    assert not JoinLinks(b"other").is_of(code, "7mw2kfqd", 1)


def test_what_was_done_is_written_down_for_each_person(people: PeopleStore, course: str) -> None:
    """The latest first; of one class alone. What was done to many at once is one thing that was done."""
    people.actions.add(OPERATOR, "make", course, detail="Statistics")
    people.actions.add("tia", "start", course, whom=("amina", "bob"))
    people.actions.add("tia", "make", "other")

    found = people.actions.of(course)

    assert [(a.who, a.what, {*a.people}, a.whom, a.detail) for a in found] == [
        ("tia", "start", {"amina", "bob"}, "", ""),
        ("", "make", set(), "", "Statistics"),
    ]
    assert all(a.at.tzinfo is UTC for a in found)


@pytest.fixture
def at_once(
    people: PeopleStore, people_place: Place
) -> Iterator[Callable[[Callable[[PeopleStore], object]], list[str]]]:
    """A way to do something twice at the same moment, as two processes would; it returns what went wrong."""
    other, start = PeopleStore(people_place), Barrier(2)

    def once(store: PeopleStore, do: Callable[[PeopleStore], object]) -> str:
        start.wait()
        try:
            do(store)
        except Exception as error:  # noqa: BLE001 - which one it is, is what is looked at
            return type(error).__name__
        return ""

    with ThreadPoolExecutor(2) as both:
        yield lambda do: [fault for fault in both.map(once, (people, other), (do, do)) if fault]
    other.close()


def test_of_two_who_change_a_class_at_the_same_moment_one_is_told(
    people: PeopleStore, course: str, at_once: Callable[[Callable[[PeopleStore], object]], list[str]]
) -> None:
    """Also where both have read before either has written."""
    people.classes.change(course, AUTUMN)
    for _again in range(10):
        read = people.classes.details(course)
        assert at_once(lambda store, read=read: store.classes.change(course, read)) == ["ChangedMeanwhileError"]  # type: ignore[misc]  # mypy infers no lambda with a default


def test_who_joins_twice_at_the_same_moment_is_in_the_class(
    people: PeopleStore, course: str, at_once: Callable[[Callable[[PeopleStore], object]], list[str]]
) -> None:
    """As a double click does it."""
    for number in range(10):
        amina = people.add_account(f"amina-{number}", "").id
        assert at_once(lambda store, amina=amina: store.groups.join(course, amina, "student")) == []  # type: ignore[misc]  # as above
        assert people.groups.members(course)[amina] == "student"


def test_more_time_ends_on_a_day_that_every_time_zone_has(people: PeopleStore, course: str) -> None:
    """Else no page of the class could be shown any more once its time zone is another."""
    amina = people.add_account("amina", "").id
    with pytest.raises(PeopleError, match="9999-12-31 is no day until which anybody hands in."):
        people.classes.extend(course, amina, datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
    assert people.classes.extensions(course) == {}
