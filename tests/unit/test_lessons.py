"""Weekly hours: when the next lesson is, what is started and stopped for it, and what it needs of the machine."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from support.ends import FakeHub

from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.classes import ChangedMeanwhileError
from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.lessons import WeeklyHours
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.timetable import Hour, timetable_of
from sardonyx_services.people.web.classes.classroom import Classroom
from sardonyx_services.people.web.classes.desk import Desk
from sardonyx_services.people.web.classes.fits import say_fit
from sardonyx_services.people.web.classes.lesson_rounds import LessonRounds
from sardonyx_services.people.web.classes.words import say_lesson, say_lesson_time
from sardonyx_spawner.local.machine import Machine
from sardonyx_spawner.plan import ServerPlan

GIB = 1 << 30
AUTUMN = ClassDetails(
    profile="python", first_day=date(2026, 10, 19), last_day=date(2026, 11, 6), zone="Europe/Paris", kept_days=30
)
"""Clocks are put back on its Sunday, 25 October."""
WEEK = WeeklyHours(timetable_of("mon 10:15-11:45, fri 08:00-10:00"), ahead_min=10)
MONDAY = datetime(2026, 10, 26, 9, 15, tzinfo=UTC)
"""The lesson after the change of clocks."""
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        pytest.param(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 10, 19, 8, 15, tzinfo=UTC), id="months-before"),
        pytest.param(MONDAY - 5 * MINUTE, MONDAY, id="soon"),
        pytest.param(MONDAY + 89 * MINUTE, MONDAY, id="on"),
        pytest.param(MONDAY + 90 * MINUTE, datetime(2026, 10, 30, 7, 0, tzinfo=UTC), id="over"),
        pytest.param(datetime(2026, 10, 25, 23, 30, tzinfo=UTC), MONDAY, id="monday-has-begun-in-paris"),
        pytest.param(datetime(2026, 11, 6, 9, 0, tzinfo=UTC), None, id="after-the-last-one"),
    ],
)
def test_the_next_lesson_is_by_the_clocks_of_the_class_and_within_its_days(
    now: datetime, begins: datetime | None
) -> None:
    """Also over a change of clocks."""
    found = WEEK.next(AUTUMN, now)

    assert (found.begins if found else None) == begins


def test_the_lessons_that_come_are_without_holidays_and_with_single_ones() -> None:
    """In the order of time, from the one that is on to the last day of the class; each is said in one line."""
    lessons = (
        "mon 10:15-11:45, fri 08:00-10:00, 2026-10-28 14:00-16:00, 2026-11-02 16:00-18:00, off 2026-11-01/2026-11-03"
    )

    found = list(WeeklyHours(timetable_of(lessons)).coming(AUTUMN, MONDAY + MINUTE))

    assert [say_lesson_time(hour, "Europe/Paris", MONDAY) for hour in found] == [
        "Monday 26 October, 10:15 to 11:45",
        "Wednesday 28 October, 14:00 to 16:00",
        "Friday 30 October, 08:00 to 10:00",
        "Monday 2 November, 16:00 to 18:00",
        "Friday 6 November, 08:00 to 10:00",
    ]


def test_the_lessons_of_each_week_come_for_ever_where_a_class_has_no_last_day() -> None:
    """Whoever lists them says how many."""
    coming = WEEK.coming(replace(AUTUMN, last_day=None), MONDAY)

    assert [hour.begins.date() for hour in islice(coming, 20)][-1] == date(2027, 1, 1)


def test_when_the_next_lesson_is_is_said() -> None:
    """With the moment from which servers are there."""
    hour = Hour(MONDAY, MONDAY + 90 * MINUTE)

    assert say_lesson(hour, "Europe/Paris", WEEK, MONDAY - MINUTE) == (
        "The next lesson is on Monday 26 October, 10:15 to 11:45 (Europe/Paris). Servers are ready from 10:05 on."
    )
    assert say_lesson(hour, "Europe/Paris", WEEK, MONDAY) == "A lesson is on, until 11:45."


class School:
    """A class with an instructor, two students and a guest who runs something else."""

    def __init__(self, people: PeopleStore) -> None:
        self.people, self.hub, self.now = people, FakeHub(), MONDAY - 60 * MINUTE
        self.id = people.groups.add("class", "Statistics")
        people.classes.change(self.id, AUTUMN)
        people.lessons.set(self.id, WEEK)
        for name, role in (("ida", "instructor"), ("amina", "student"), ("bob", "student"), ("cem", "guest")):
            people.groups.join(self.id, people.add_account(name, "").id, role)  # type: ignore[arg-type]  # a role
        self.hub.running, self.hub.profiles = {"cem": "running"}, {"cem": "python"}
        desk = Desk(people, JoinLinks(b"secret"), ())
        self.room = Classroom(desk, people, self.hub, "http://place/")  # type: ignore[arg-type]  # as much as is asked of it
        self.rounds = LessonRounds(people, self.room, self.hub, "en", lambda: self.now)  # type: ignore[arg-type]  # the same

    async def look(self, before: timedelta) -> None:
        """Look so long before the lesson begins; negative: after that."""
        self.now = MONDAY - before
        await self.rounds.look()
        # What it has begun goes on beside it, a few steps at a time.
        await asyncio.sleep(0.05)


@pytest.fixture
def school(people_place: Place) -> Iterator[School]:
    """What is tried, in both kinds of database."""
    store = PeopleStore(people_place)
    yield School(store)
    store.close()


async def test_servers_of_students_are_there_before_a_lesson(school: School) -> None:
    """Not earlier, and nobody's other server is touched; written down as done by nobody in particular."""
    await school.look(11 * MINUTE)
    assert school.hub.started == []

    await school.look(10 * MINUTE)

    assert sorted(school.hub.started) == [("amina", f"class-{school.id}"), ("bob", f"class-{school.id}")]
    [done] = [each for each in school.people.actions.of(school.id) if each.what == "start"]
    ids = school.people.names.ids(["amina", "bob"])
    assert (done.who, {*done.people}) == (OPERATOR, {*ids.values()})


async def test_they_are_started_once_for_each_lesson(school: School) -> None:
    """Who stops theirs meanwhile does not get it back, also not after a restart of the service."""
    await school.look(10 * MINUTE)
    school.hub.started.clear()
    school.hub.running = {"cem": "running"}
    school.rounds = LessonRounds(school.people, school.room, school.hub, "en", lambda: school.now)  # type: ignore[arg-type]  # as above

    for before in (9, 1, 0, -30):
        await school.look(before * MINUTE)
    assert school.hub.started == []

    friday = datetime(2026, 10, 30, 7, 0, tzinfo=UTC)
    await school.look(MONDAY - friday + 5 * MINUTE)
    assert len(school.hub.started) == 2


async def test_a_single_lesson_is_prepared_and_a_day_off_is_not(school: School) -> None:
    """The lesson of the week is left out on it, and an examination takes its place in the afternoon."""
    lessons = timetable_of("mon 10:15-11:45, off 2026-10-26, 2026-10-26 16:00-18:00")
    school.people.lessons.set(school.id, WeeklyHours(lessons, ahead_min=10))
    for before in (10, 1, 0):
        await school.look(before * MINUTE)
    assert school.hub.started == []

    await school.look(timedelta(minutes=10) - timedelta(hours=5, minutes=45))

    assert sorted(name for name, _profile in school.hub.started) == ["amina", "bob"]


async def test_a_hub_that_is_away_is_asked_again(school: School) -> None:
    """The lesson is not taken as prepared."""
    school.hub.is_away = True
    await school.look(10 * MINUTE)
    school.hub.is_away = False

    await school.look(9 * MINUTE)

    assert len(school.hub.started) == 2


async def test_servers_that_run_in_lessons_only_stop_with_the_lesson(school: School) -> None:
    """After a word, once; those of staff go on, and those of another kind."""
    school.people.lessons.set(school.id, replace(WEEK, only_then=True))
    own = f"class-{school.id}"
    school.hub.running = dict.fromkeys(("amina", "ida", "cem"), "running")
    school.hub.profiles = {"amina": own, "ida": own, "cem": "python"}
    for after in (75, 80, 81, 89):
        await school.look(-after * MINUTE)
    assert school.hub.said == [
        (
            "amina",
            "Statistics: The lesson is over in 10 minutes, and this server stops then. What is saved in your home stays yours.",
        )
    ]
    assert len(school.hub.running) == 3

    await school.look(-90 * MINUTE)

    assert school.hub.running.keys() == {"ida", "cem"}
    assert school.hub.stopped == {"amina": "The lesson is over."}


async def test_servers_go_on_from_one_lesson_to_the_next(school: School) -> None:
    """Nobody is told that theirs stops, and it does not."""
    lessons = timetable_of("mon 10:15-11:45, mon 11:50-13:00")
    school.people.lessons.set(school.id, WeeklyHours(lessons, ahead_min=10, only_then=True))
    school.hub.running, school.hub.profiles = {"amina": "running"}, {"amina": f"class-{school.id}"}

    for after in (85, 89, 90, 94, 96):
        await school.look(-after * MINUTE)

    assert school.hub.said == []
    assert school.hub.running["amina"] == "running"
    assert "amina" not in dict(school.hub.started)


async def test_a_class_without_servers_of_its_own_starts_none(school: School) -> None:
    """Its hours may be there before its profile is chosen."""
    details = school.people.classes.details(school.id)
    school.people.classes.change(school.id, replace(details, profile=""))

    await school.look(5 * MINUTE)

    assert school.hub.started == []


async def test_servers_run_on_where_nothing_is_said_of_that(school: School) -> None:
    """Hours alone stop nothing."""
    school.hub.running, school.hub.profiles = {"amina": "running"}, {"amina": f"class-{school.id}"}

    await school.look(-120 * MINUTE)

    assert school.hub.running.keys() == {"amina"}


def test_hours_are_those_of_a_class_that_goes_on(school: School) -> None:
    """And start nothing hours before."""
    with pytest.raises(PeopleError, match="Servers are started 0 to 60 minutes before a lesson"):
        school.people.lessons.set(school.id, replace(WEEK, ahead_min=61))
    school.people.groups.end(school.id)
    with pytest.raises(PeopleError, match="There is no such class, or it has ended"):
        school.people.lessons.set(school.id, WEEK)


def test_hours_that_somebody_else_has_changed_are_not_written_over(school: School) -> None:
    """Only who says which they have read is asked; what the rounds write down is no change."""
    read = school.people.lessons.of(school.id)
    school.people.lessons.note(school.id, MONDAY)
    school.people.lessons.set(school.id, replace(WEEK, ahead_min=20), read.changed)

    with pytest.raises(ChangedMeanwhileError):
        school.people.lessons.set(school.id, replace(WEEK, only_then=True), read.changed)
    assert school.people.lessons.of(school.id).ahead_min == 20
    school.people.lessons.set(school.id, WEEK)
    assert school.people.lessons.of(school.id).changed == read.changed


MACHINE = Machine(24 * GIB, 2)
PLAN = ServerPlan("id", "python", "Python", "Python", cpu=1, memory=2 * GIB)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        pytest.param(0, [], id="nobody"),
        pytest.param(
            2,
            ["All 2 servers of its students fit, also when each uses all of its 2 GB.", "Each has its 1 core, also when all work at once."],
            id="fit",
        ),
        pytest.param(
            30,
            [
                "Of the 30 servers of its students, 10 can use all of their 2 GB at once.",
                "With all of them there are 737 MB for each; what goes beyond the machine's memory ends servers.",
                "When all work at once, each has 0.07 of a core.",
            ],
            id="too-many",
        ),
    ],
)  # fmt: skip
def test_whether_a_class_fits_on_a_machine_is_said_with_figures(count: int, said: list[str]) -> None:
    """A tenth of the memory is not for servers."""
    assert say_fit(count, PLAN, MACHINE) == said


def test_cores_of_which_there_is_one_and_more_for_each_are_no_part_of_one() -> None:
    """Where the profile says nothing of them."""
    assert say_fit(1, replace(PLAN, cpu=None), MACHINE)[1:] == ["When all work at once, each has 2 cores."]


def test_this_machine_has_memory_and_cores() -> None:
    """As Linux counts them."""
    assert Machine.here().memory > GIB
    assert Machine.here().cores >= 1
