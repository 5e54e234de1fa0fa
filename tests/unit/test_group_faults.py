"""What an operator reads that is wrong with a class or an event, in plain words, and what is not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import Group
from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.events.desk import EventSeen, state_of
from sardonyx_services.people.web.hub import Server
from sardonyx_services.people.web.operation.group_faults import Around, faults_of, profile_fault
from sardonyx_services.people.web.store_use import Amount
from sardonyx_spawner.class_limits import Limits
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile
from sardonyx_spawner.repository import Material

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
GB = 1 << 30
PYTHON = Profile("python", "Python", tools=("vscode",), gives=Gives(lifetime_s=4 * 3600, idle_stop_s=3600))
BASES = {"python": PYTHON}
RUNS = Server("amina", "", "running", "class-7mw2kfqd", NOW, NOW, GB, 4 * GB, {})
LED = Around(is_led=True)


def course(ended: datetime | None = None, **said: object) -> Seen:
    """Return a class as an administrator meets it."""
    details = ClassDetails(**{"profile": "python", **said})  # type: ignore[arg-type]  # as each test writes them
    group = Group("class", "7mw2kfqd", "Statistics", is_exam=False, created=NOW - timedelta(days=90), ended=ended)
    return Seen(group, details, None, Level.INSTRUCTOR, ended is not None or details.is_past(NOW))


def event(ended: datetime | None = None, **said: object) -> EventSeen:
    """Return an event that began yesterday and ends in ten days."""
    usual = {"begins": NOW - timedelta(days=1), "ends": NOW + timedelta(days=10), "profile": "python"}
    details = EventDetails(**{**usual, **said})  # type: ignore[arg-type]  # as above
    group = Group("event", "abcdefgh", "Hackathon", is_exam=False, created=NOW - timedelta(days=9), ended=ended)
    return EventSeen(group, details, None, Level.INSTRUCTOR, state_of(details, NOW))


def said(seen: Seen | EventSeen, around: Around = LED, days: int = 7) -> list[tuple[str, str]]:
    """Return what there is to look at."""
    return [(fault.what, fault.text) for fault in faults_of(seen, around, BASES, NOW, days)]


@pytest.mark.parametrize("seen", [course(), event()], ids=["class", "event"])
def test_nothing_is_wrong_with_what_goes_on_as_it_should(seen: Seen | EventSeen) -> None:
    """With somebody who leads it, a profile, servers, and room."""
    assert said(seen, Around(is_led=True, servers=[RUNS], amounts=[("", Amount(7, 10))])) == []


@pytest.mark.parametrize(
    ("seen", "is_said"),
    [
        pytest.param(course(), True, id="class"),
        pytest.param(course(ended=NOW, after_end="keep"), False, id="class that has ended"),
        pytest.param(event(), True, id="event"),
        pytest.param(
            event(ends=NOW - timedelta(hours=1), closed=NOW - timedelta(hours=1)), True, id="event still read"
        ),
        pytest.param(event(deleted=NOW), False, id="event that is deleted"),
    ],
)
def test_what_nobody_leads_is_said_until_it_is_over(seen: Seen | EventSeen, is_said: bool) -> None:  # noqa: FBT001 - of the table above
    """Only administrators could do something with it."""
    assert (("leader", "Nobody leads it.") in said(seen, Around(is_led=False))) is is_said


def test_data_that_should_be_gone_is_said_after_some_time() -> None:
    """A store takes its time; one that refuses is for somebody to look at."""
    ended = NOW - timedelta(days=1, minutes=29)
    assert said(course(ended=ended, after_end="delete")) == []
    assert said(course(ended=ended - timedelta(minutes=1), after_end="keep")) == []
    assert said(course(ended=ended - timedelta(minutes=1), after_end="delete", deleted=NOW)) == []
    assert said(course(ended=ended - timedelta(hours=2), after_end="delete")) == [
        (
            "stuck",
            "What was handed in is not copied to all of its people. Its timeline says why; on 5 December it is deleted.",
        )
    ], "it waits for that"

    stuck = "What is of it was to be deleted on 27 November, and some is still there. The log people.log says why."
    assert said(
        course(ended=ended - timedelta(hours=2), after_end="delete", zone="America/New_York", exported=NOW)
    ) == [("stuck", stuck.replace("27", "28"))]
    closed = NOW - timedelta(hours=36)
    over = {"begins": NOW - timedelta(days=9), "ends": closed, "closed": closed}
    assert said(event(**over, read_hours=12)) == [("stuck", stuck)]
    assert said(event(**over, read_hours=12, deleted=NOW)) == []


def test_servers_that_run_on_after_the_end_are_said() -> None:
    """Their stop takes a moment; ten minutes later something is wrong."""
    around = Around(is_led=True, servers=[RUNS, replace(RUNS, name="bob", state="failed")])
    assert said(course(ended=NOW - timedelta(minutes=9), after_end="keep"), around) == []

    late = course(ended=NOW - timedelta(minutes=10), after_end="keep")

    assert said(late, around) == [("stuck", "1 of its servers runs on after its end.")]


def test_what_is_full_or_nearly_is_said_with_figures() -> None:
    """Of the class or event itself, and of each team."""
    amounts = [("", Amount(18 * GB, 20 * GB)), ("Blue", Amount(2 * GB, 2 * GB)), ("Red", Amount(GB, 2 * GB))]

    assert said(event(), Around(is_led=True, amounts=amounts)) == [
        ("stored", "18 GB of 20 GB are stored."),
        ("stored", "Team Blue: 2 GB of 2 GB are stored."),
    ]


def test_servers_that_failed_or_are_short_of_memory_are_said() -> None:
    """The same fault once, with how many have it."""
    servers = [
        RUNS,
        replace(RUNS, name="bob", memory=39 * GB // 10),
        *(replace(RUNS, name=f"c{each}", state="failed", problem={"en": "It ran out of memory."}) for each in "abc"),
    ]

    [found] = said(course(), Around(is_led=True, servers=servers))

    assert found == ("servers", "4 servers have a problem: Almost out of memory. It ran out of memory.")


def test_a_profile_that_is_gone_is_said_as_long_as_servers_are_started() -> None:
    """And not of a class that has none of its own."""
    gone = "Its profile “r” is not there any more, so none of its servers starts. Choose another one."
    assert said(course(profile="r")) == [("profile", gone)]
    assert said(event(profile="r")) == [("profile", gone)]
    assert said(course(profile="")) == []
    assert said(course(profile="r", ended=NOW, after_end="keep")) == []


@pytest.mark.parametrize(
    ("settled", "fault"),
    [
        (ClassDetails(profile="python", limits=Limits(tools=("rstudio",))), "“Python” has no tool “rstudio”."),
        (
            ClassDetails(profile="python", limits=Limits(lifetime="8h")),
            "A server of “Python” runs for 4 hours at most.",
        ),
        (ClassDetails(profile="python", limits=Limits(idle_stop="2h")), "goes unused for 1 hour at most."),
        (ClassDetails(profile="python", answers={"size": "huge"}), "Python does not ask for size."),
    ],
    ids=["tool", "lifetime", "idle", "answer"],
)
def test_a_profile_that_allows_less_than_was_settled_is_said(settled: ClassDetails, fault: str) -> None:
    """At a start that is passed over without a word."""
    found = profile_fault(BASES, settled)

    assert found.startswith("Its profile was changed, and what is settled does not hold any more: ")
    assert fault in found


def test_what_a_profile_still_allows_is_no_fault() -> None:
    """Nor material that it has, too."""
    size = Option("size", "Size", choices=(Allowed("small", "Small"), Allowed("large", "Large")), default="small")
    details = ClassDetails(
        profile="python",
        answers={"size": "large"},
        limits=Limits(("vscode",), "2h", "30m"),
        repositories=(Material("https://git.example.org/a"),),
    )

    assert profile_fault({"python": replace(PYTHON, options=(size,))}, details) == ""


@pytest.mark.parametrize(
    ("seen", "days", "text"),
    [
        (course(last_day=date(2026, 12, 5)), 8, "Its last day is 5 December."),
        (course(last_day=date(2026, 12, 5)), 7, ""),
        (course(last_day=date(2026, 11, 20), kept_days=10), 7, "Its people reach its data until 30 November."),
        (course(), 366, ""),
        (event(), 10, "It ends on 8 December."),
        (event(), 9, ""),
        (
            event(begins=NOW - timedelta(days=9), ends=NOW - timedelta(hours=1), closed=NOW - timedelta(hours=1)),
            7,
            "All that is of it is deleted on 29 November.",
        ),
    ],
)
def test_what_ends_soon_is_said_and_is_no_fault(seen: Seen | EventSeen, days: int, text: str) -> None:
    """Within as many days as somebody asks for."""
    found = faults_of(seen, LED, BASES, NOW, days)

    assert [fault.text for fault in found] == ([text] if text else [])
    assert not any(fault.is_wrong for fault in found)
