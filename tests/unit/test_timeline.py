"""What comes when in a class, and who decides on its end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Group
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.desk import Desk, Seen
from sardonyx_services.people.web.classes.endings import Endings
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.classes.timeline import Step, timeline
from sardonyx_services.people.web.classes.words import say_deleted, say_when
from sardonyx_services.people.web.errors import NotOpenError, NotThereError
from sardonyx_spawner.language import speaking

MADE = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)
AUTUMN = ClassDetails(
    first_day=date(2026, 9, 7),
    last_day=date(2026, 12, 18),
    zone="Europe/Paris",
    kept_days=30,
    hand_in_until=datetime(2026, 12, 11, 17, 0, tzinfo=UTC),
    after_end="delete",
)


def seen(details: ClassDetails, ended: datetime | None = None) -> Seen:
    """Return a class as its instructor meets it."""
    return Seen(
        Group("class", "stats222", "Statistics", False, MADE, ended),  # noqa: FBT003 - no exam
        details,
        "instructor",
        Level.INSTRUCTOR,
        ended is not None,
    )


def said(details: ClassDetails, now: datetime, ended: datetime | None = None) -> list[tuple[str, str, bool]]:
    """Return name, moment in words, and whether it is done, of each step."""
    return [
        (step.name, say_when(step, details.zone, now), step.is_done) for step in timeline(seen(details, ended), now)
    ]


def test_every_step_has_its_moment() -> None:
    """Of days that are whole, their end; by the clocks of the class."""
    assert said(AUTUMN, datetime(2026, 12, 12, tzinfo=UTC)) == [
        ("made", "1 August 11:00", True),
        ("begins", "7 September", True),
        ("hand-in", "11 December 18:00", True),
        ("over", "end of 18 December", False),
        ("ends", "end of 17 January 2027", False),
        ("export", "end of 17 January 2027", False),
        ("delete", "end of 18 January 2027", False),
    ]


def test_a_class_without_days_says_who_ends_it() -> None:
    """Nothing that is not known has a moment."""
    assert said(ClassDetails(after_end="delete"), MADE) == [
        ("made", "1 August 09:00", True),
        ("closed", "when an instructor ends it", False),
        ("export", "at its end", False),
        ("delete", "a day after its end", False),
    ]


def test_a_class_that_was_ended_by_hand_is_over_from_then_on() -> None:
    """Whatever its days were; what is kept has no moment."""
    ended = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
    details = replace(AUTUMN, after_end="keep", hand_in_until=None, first_day=None, exporting=False)

    assert said(details, ended, ended) == [
        ("made", "1 August 11:00", True),
        ("closed", "1 October 14:00", True),
        ("keep", "", False),
    ]


def test_a_class_that_ends_with_its_last_day_promises_no_time_to_copy() -> None:
    """Both are one step, before and after."""
    details = replace(AUTUMN, kept_days=0, first_day=None, hand_in_until=None)
    closes = datetime(2026, 12, 18, 23, 0, tzinfo=UTC)

    for ended in (None, closes + timedelta(seconds=9)):
        assert [step.name for step in timeline(seen(details, ended), closes)] == ["made", "closed", "export", "delete"]


def test_what_was_deleted_is_said_with_its_moment() -> None:
    """When it was, not when it should have been."""
    ended = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
    details = replace(AUTUMN, deleted=ended + timedelta(days=2), report={"objects": 1, "bytes": 3200})

    assert said(details, ended, ended)[-1] == ("delete", "3 October 14:00", True)
    assert say_deleted(details) == "1 file, 3.2 kB"


def test_days_are_said_in_french() -> None:
    """As the pages of a French reader have them."""
    with speaking("fr"):
        step = Step("over", datetime(2026, 12, 18, 23, 0, tzinfo=UTC), is_done=False)
        assert say_when(step, "Europe/Paris", MADE) == "fin du 18\N{NO-BREAK SPACE}décembre"


@pytest.fixture
def people(tmp_path: Path) -> Iterator[PeopleStore]:
    """Some people."""
    store = PeopleStore(tmp_path / "people.sqlite")
    for name in ("tia", "amina", "root", "una"):
        store.add_account(name, "")
    yield store
    store.close()


def caller(people: PeopleStore, name: str) -> Caller:
    """Return somebody who asks; root is an administrator."""
    person = people.by_name(name)
    assert person is not None
    return Caller(person.id, name, is_admin=name == "root", may_make=True)


@pytest.fixture
def desk(people: PeopleStore) -> Desk:
    """The desk of a place in which data is deleted after the end of classes."""
    return Desk(people, JoinLinks(b"secret"), (), clock=lambda: MADE)


@pytest.fixture
def course(desk: Desk, people: PeopleStore) -> str:
    """Tia's class, with Amina in it."""
    tia = caller(people, "tia")
    made = desk.make(tia, "Statistics", desk.usual)
    desk.set_role(tia, made, "amina", "student")
    return made


def test_a_new_class_is_as_is_usual_in_the_place(people: PeopleStore, course: str) -> None:
    """Which the operator says."""
    assert people.classes.details(course).after_end == "delete"
    usual = ClassDetails(after_end="keep", exporting=False)
    made = Desk(people, JoinLinks(b"secret"), (), usual).make(caller(people, "tia"), "Exam", usual)
    assert (people.classes.details(made).after_end, people.classes.details(made).exporting) == ("keep", False)


def test_what_becomes_of_the_data_is_decided_also_after_the_end(desk: Desk, people: PeopleStore, course: str) -> None:
    """And written down; who has the settings open is told that they are old."""
    endings, tia = Endings(desk, people), caller(people, "tia")
    before = people.classes.details(course)
    endings.end(tia, course)

    endings.decide(tia, course, "keep")

    assert people.classes.details(course) == replace(
        before, after_end="keep", changed=before.changed + 1, decided=people.classes.details(course).decided
    )
    assert [each.what for each in people.actions.of(course)][:2] == ["data-keep", "end"]


def test_a_class_that_was_made_without_pages_can_be_deleted_too(people: PeopleStore) -> None:
    """It has no details yet."""
    made = people.groups.add("class", "Typed")
    people.class_removal.decide(made, "delete")

    found = people.classes.details(made)
    assert (found.after_end, found.changed, found.decided is not None) == ("delete", 1, True)


@pytest.mark.parametrize("kind", ["team", "event", "nothing"])
def test_only_of_a_class_is_that_decided(people: PeopleStore, kind: str) -> None:
    """There is no such class."""
    made = "zzzzzzzz" if kind == "nothing" else people.groups.add("team" if kind == "team" else "event", "Blue")
    with pytest.raises(PeopleError, match="There is no such class, or it has ended."):
        people.class_removal.decide(made, "keep")


def test_nobody_ends_a_class_by_a_slip_of_the_pen(desk: Desk, people: PeopleStore, course: str) -> None:
    """A last day of a year ago would end it within a minute, for good; one that leaves its people some days is taken."""
    tia, details = caller(people, "tia"), people.classes.details(course)
    with pytest.raises(PeopleError, match="With that last day the class would end at once, for good."):
        desk.change(tia, course, "", replace(details, last_day=date(2025, 12, 18)))
    assert people.classes.details(course) == details

    desk.change(tia, course, "", replace(details, last_day=date(2026, 7, 31)))

    assert people.classes.details(course).last_day == date(2026, 7, 31)


def test_who_is_in_a_class_takes_a_copy_until_it_ends(desk: Desk, people: PeopleStore, course: str) -> None:
    """An administrator who is not in it does not, by being one."""
    endings = Endings(desk, people)
    assert endings.leaving_with(caller(people, "amina"), course).role == "student"
    refused = "Only who is in a class copies what is in it, until it ends."
    with pytest.raises(NotOpenError, match=refused):
        endings.leaving_with(caller(people, "root"), course)
    with pytest.raises(NotThereError):
        endings.leaving_with(caller(people, "una"), course)
    endings.end(caller(people, "tia"), course)
    with pytest.raises(NotOpenError, match=refused):
        endings.leaving_with(caller(people, "amina"), course)
