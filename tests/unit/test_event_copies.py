"""What teams share is copied to those whose account lasts, when their event is over: when that is begun, and begun again."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.kept.class_copies import RETRY
from sardonyx_services.people.web.kept.event_copies import EventCopies
from sardonyx_services.people.web.kept.keeping import Order
from sardonyx_services.people.web.kept.keeps import Keep

NOW = datetime.now(UTC)


@dataclass
class Goes:
    """Goes of keeping that are not made; each ends as is told."""

    fault: str = ""
    goes_on: bool = False
    begun: list[tuple[str, str]] = field(default_factory=list)

    def of(self, _caller: Caller, _order: Order) -> Keep:
        """Return the last one."""
        return Keep("", fault=self.fault, goes_on=self.goes_on)

    def start(self, caller: Caller, order: Order) -> Keep:
        """Note one that begins."""
        self.begun.append((caller.name, order.group))
        return self.of(caller, order)


@pytest.fixture
def goes() -> Goes:
    """What was begun."""
    return Goes()


@pytest.fixture
def event(people: PeopleStore) -> str:
    """An event that has ended just now, with a team of a lasting account and one that ends with it."""
    details = EventDetails(begins=NOW - timedelta(hours=5), ends=NOW + timedelta(hours=5), read_hours=24)
    made = people.events.add("Data days", details)
    people.seats.add(made, 0, lambda number: f"{made}-{number}", most=9, teams=[("Blue", 2)])
    people.entries.by_code(f"{made}-1", "")
    people.groups.join(people.seats.teams(made)[0].id, people.add_account("ann", "").id, "member")
    people.groups.join(made, people.add_account("olga", "").id, "organiser")
    people.groups.join(made, people.by_name("ann").id, "participant")  # type: ignore[union-attr]  # just made
    people.events.close(made, NOW, early=True)
    return made


def at(people: PeopleStore, goes: Goes, now: list[datetime]) -> EventCopies:
    """Return what is tried, which asks a list what time it is."""
    return EventCopies(people, goes, lambda: now[0])  # type: ignore[arg-type]  # as much as is asked of it


async def test_it_is_begun_once_for_each_whose_account_lasts(people: PeopleStore, goes: Goes, event: str) -> None:
    """Who is in no team gets nothing, and nobody whose account ends."""
    copies = at(people, goes, [NOW])

    await copies.look()
    await copies.look()

    assert goes.begun == [("ann", f"team-{people.seats.teams(event)[0].id}")]


async def test_what_failed_is_begun_again_until_all_is_deleted(people: PeopleStore, goes: Goes, event: str) -> None:
    """After a while each time; what is kept of the end of an event is its hour."""
    assert event
    now = [NOW]
    copies = at(people, goes, now)
    goes.fault = "The data store does not answer now."
    await copies.look()
    now[0] += RETRY - timedelta(seconds=1)
    await copies.look()
    assert len(goes.begun) == 1
    now[0] += timedelta(seconds=1)
    await copies.look()
    assert len(goes.begun) == 2

    now[0] = NOW + timedelta(hours=24)
    await copies.look()

    assert len(goes.begun) == 2


async def test_what_somebody_copies_just_then_is_waited_for_and_looked_at_once_more(
    people: PeopleStore, goes: Goes, event: str
) -> None:
    """They may have begun before the last file was written."""
    assert event
    copies = at(people, goes, [NOW])
    goes.goes_on = True
    await copies.look()
    assert goes.begun == []

    goes.goes_on = False
    await copies.look()

    assert len(goes.begun) == 1


async def test_an_event_that_is_on_is_left_alone(people: PeopleStore, goes: Goes) -> None:
    """Its people keep what they like when they like."""
    made = people.events.add("Data days", EventDetails(NOW - timedelta(hours=5), NOW + timedelta(hours=5)))
    people.seats.add(made, 0, lambda number: f"{made}-{number}", most=9, teams=[("Blue", 2)])
    people.groups.join(people.seats.teams(made)[0].id, people.add_account("ann", "").id, "member")

    await at(people, goes, [NOW]).look()

    assert goes.begun == []
