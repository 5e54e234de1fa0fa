"""What an event is beside its people: kept as it was written, refused where it cannot be, and never written over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.events import EventChangedError, free_prefix
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.events.desk import state_of
from sardonyx_spawner.repository import Material

BEGINS = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
HACKATHON = EventDetails(
    begins=BEGINS,
    ends=BEGINS + timedelta(days=2),
    place="Main building",
    welcome="# Hello",
    zone="Europe/Paris",
    read_hours=48,
    profile="python",
    answers={"size": "small"},
    repositories=(Material("https://git.example.org/health/material", "main", depth=5), Material("https://e.org/b")),
    sharing=True,
    link_round=3,
    sign_ins=12,
    storage="20G",
)


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """Nobody yet, in both kinds of database."""
    store = PeopleStore(people_place)
    yield store
    store.close()


def test_everything_of_an_event_is_kept(people: PeopleStore) -> None:
    """And counted, so that two who change it at once notice."""
    event = people.events.add("  Health   data ", HACKATHON)

    assert people.events.details(event) == replace(HACKATHON, prefix="health-data")
    people.events.change(event, replace(HACKATHON, place="Elsewhere"), title="Data of health")
    assert people.events.details(event) == replace(HACKATHON, place="Elsewhere", prefix="health-data", changed=1)
    assert people.groups.get("event", event).title == "Data of health"


def test_nobody_writes_over_what_they_have_not_seen(people: PeopleStore) -> None:
    """Of two who change an event at once, the second is told."""
    event = people.events.add("Health data", HACKATHON)
    people.events.change(event, replace(HACKATHON, place="mine"))

    with pytest.raises(EventChangedError) as caught:
        people.events.change(event, replace(HACKATHON, place="yours"))

    assert caught.value.message == "Somebody else has changed this event meanwhile, and nothing of yours was kept."
    assert people.events.details(event).place == "mine"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"zone": "Mars/Olympus"}, "“Mars/Olympus” is no time zone. Write one such as Europe/Paris."),
        ({"zone": "../../etc/passwd"}, "“../../etc/passwd” is no time zone. Write one such as Europe/Paris."),
        ({"ends": BEGINS}, "An event ends a quarter of an hour after its beginning, or later."),
        ({"ends": datetime(2300, 1, 1, tzinfo=UTC)}, "2300-01-01 is no day on which an event can begin or end."),
        ({"read_hours": 0}, "People read what they have for 1 to 720 hours after the end of an event."),
        ({"read_hours": 721}, "People read what they have for 1 to 720 hours after the end of an event."),
        ({"place": "x" * 201}, "The place has 200 characters at most, and the welcome 20,000."),
        ({"welcome": "x" * 20_001}, "The place has 200 characters at most, and the welcome 20,000."),
    ],
)
def test_what_cannot_be_is_said(people: PeopleStore, wrong: dict[str, Any], said: str) -> None:
    """And nothing is made."""
    with pytest.raises(PeopleError) as caught:
        people.events.add("Health data", replace(HACKATHON, **wrong))

    assert caught.value.message == said
    assert people.groups.all("event") == []


@pytest.mark.parametrize("title", ["", "   ", "x" * 201, "a\x00b"])
def test_an_event_has_a_title(people: PeopleStore, title: str) -> None:
    """That can be shown."""
    with pytest.raises(PeopleError, match="An event needs a title, of 200 characters at most."):
        people.events.add(title, HACKATHON)


@pytest.mark.parametrize(
    ("title", "taken", "prefix"),
    [
        ("Health data 2026!", set(), "health-data-2026"),
        ("Health data", {"health-data", "health-data-2"}, "health-data-3"),
        ("Été à Évreux", set(), "t-vreux"),
        ("数据", set(), "event"),
        ("A very long title of an event that nobody can say", set(), "a-very-long-title-of-an"),
    ],
)
def test_accounts_are_called_after_their_event(title: str, taken: set[str], prefix: str) -> None:
    """In letters that names here have, and otherwise in each event."""
    assert free_prefix(title, taken) == prefix


def test_an_event_that_is_ended_early_ends_now(people: PeopleStore) -> None:
    """What is of it goes so much earlier, too; it is ended once, and not changed any more."""
    now = datetime.now(UTC)
    event = people.events.add("Now", replace(HACKATHON, begins=now - timedelta(hours=1), ends=now + timedelta(days=5)))

    assert not people.events.close(event, now)
    assert people.events.close(event, now, early=True)

    details = people.events.details(event)
    assert details.ends == details.closed
    assert details.goes - datetime.now(UTC) < timedelta(hours=48)
    assert not people.events.close(event, now, early=True)
    with pytest.raises(PeopleError, match="There is no such event, or it has ended."):
        people.events.change(event, replace(details, place="x"))


def test_an_event_that_is_ended_before_its_beginning_never_begins(people: PeopleStore) -> None:
    """It is over, as others are."""
    later = datetime.now(UTC) + timedelta(days=9)
    event = people.events.add("Later", replace(HACKATHON, begins=later, ends=later + timedelta(days=1)))

    people.events.close(event, datetime.now(UTC), early=True)

    assert state_of(people.events.details(event), datetime.now(UTC)) == "read"


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (timedelta(seconds=-1), "before"),
        (timedelta(0), "on"),
        (timedelta(days=2), "read"),
        (timedelta(days=4), "gone"),
    ],
)
def test_an_event_is_before_on_read_and_gone(after: timedelta, state: str) -> None:
    """One after the other, without a gap."""
    assert state_of(HACKATHON, BEGINS + after) == state


def test_who_was_away_at_the_end_lets_its_people_read_as_long(people: PeopleStore) -> None:
    """The time to copy begins when the event was closed."""
    event = people.events.add("Health data", HACKATHON)
    late = HACKATHON.ends + timedelta(days=20)

    people.events.close(event, late)

    details = people.events.details(event)
    assert (details.ends, details.goes) == (HACKATHON.ends, late + timedelta(hours=48))


@pytest.mark.parametrize("text", ["20", "much", "0G", "20 G", "-1G"])
def test_an_amount_that_is_none_is_refused(people: PeopleStore, text: str) -> None:
    """As in the settings."""
    with pytest.raises(PeopleError) as caught:
        people.events.add("Health data", replace(HACKATHON, storage=text))

    assert caught.value.message == f"“{text}” is no amount. Write one such as 512M or 20G."


def test_what_an_event_may_store_is_known_in_bytes(people: PeopleStore) -> None:
    """Of one that says nothing, and of one that is none, nothing."""
    event = people.events.add("Health data", HACKATHON)
    other = people.events.add("Health data", replace(HACKATHON, storage=""))

    assert [people.events.storage_bytes(each) for each in (event, other, "nothing2")] == [20 << 30, None, None]
