"""The whole place as its operator sees it: hours that add up, servers with what is wrong first, and who may look."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.ends import FakeHub

from sardonyx_hub_config.sources.hours import MonthHours
from sardonyx_services.people.actions import ALL
from sardonyx_services.people.database import Place
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.hours import Use
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.seat_codes import SeatCodes
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.desk import Desk
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.errors import AwayError, NotOpenError
from sardonyx_services.people.web.events.desk import EventDesk
from sardonyx_services.people.web.events.new_seats import NewSeats
from sardonyx_services.people.web.hub import Server
from sardonyx_services.people.web.operation.accounting import Accounting, on_days
from sardonyx_services.people.web.operation.desk import Operation
from sardonyx_services.people.web.operation.group_look import GroupLook
from sardonyx_services.people.web.operation.overview import by_person, figures, group_lines, server_lines
from sardonyx_services.people.web.store_use import Amount

GB = 10**9
TODAY = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def server(name: str, state: str = "running", profile: str = "python", memory: int = GB, said: str = "") -> Server:
    """Return a server with 4 GB."""
    return Server(name, "", state, profile, TODAY, TODAY, memory, 4 * GB, {"en": said} if said else {})


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """Amina and Bob, in both kinds of database."""
    store = PeopleStore(people_place)
    for name in ("amina", "bob"):
        store.add_account(name, "")
    yield store
    store.close()


def person(people: PeopleStore, name: str) -> str:
    """Return somebody's id."""
    return people.names.ids([name])[name]


def test_the_hours_of_a_month_are_those_of_a_person_a_class_or_everybody(people: PeopleStore) -> None:
    """Since the first of it, by the clock of the world; what quotas ask for."""
    amina, bob = person(people, "amina"), person(people, "bob")
    people.hours.add(date(2026, 10, 31), {(amina, "python"): 99_999})
    people.hours.add(date(2026, 11, 1), {(amina, "python"): 100, (amina, "class-stats222"): 20})
    people.hours.add(date(2026, 11, 28), {(amina, "python"): 1, (bob, "class-stats222"): 3})
    month = MonthHours(lambda: people, lambda: datetime(2026, 12, 1, 0, 30, tzinfo=ZoneInfo("Europe/Paris")))

    assert month.of("person", amina) == 121
    assert month.of("class", "class-stats222") == 23
    assert month.of("place", "") == 124
    assert month.of("person", "nobody") == 0


async def test_the_time_that_servers_run_adds_up(people: PeopleStore) -> None:
    """By day, person and profile; one that starts does not run, and nobody here is nobody."""
    hub, ticks, now = FakeHub(), [0.0], [TODAY]
    hub.running = {"amina": "running", "bob": "starting", "gone": "running"}
    hub.profiles = {"amina": "class-stats222"}
    accounting = Accounting(people, hub, lambda: now[0], lambda: ticks[0])  # type: ignore[arg-type]  # as much as is asked of it

    for _minute in range(3):
        ticks[0] += 60
        await accounting.look()
    now[0] += timedelta(days=1)
    ticks[0] += 60
    await accounting.look()

    amina = person(people, "amina")
    assert people.hours.since(TODAY.date()) == [Use(amina, "class-stats222", 240)]
    assert people.hours.since(TODAY.date() + timedelta(days=1)) == [Use(amina, "class-stats222", 60)]


async def test_a_server_of_which_nobody_knows_since_when_it_runs_counts_for_little(people: PeopleStore) -> None:
    """For three minutes of a gap; a hub that is away for a moment loses nothing."""
    hub, ticks = FakeHub(), [0.0]
    hub.running = {"amina": "running"}
    accounting = Accounting(people, hub, lambda: TODAY + timedelta(seconds=ticks[0]), lambda: ticks[0])  # type: ignore[arg-type]  # as much as is asked of it
    hub.is_away = True
    ticks[0] = 60
    with pytest.raises(AwayError):
        await accounting.look()
    hub.is_away = False
    ticks[0] = 120
    await accounting.look()
    assert [use.seconds for use in people.hours.since(TODAY.date())] == [120]

    ticks[0] = 7200
    await accounting.look()

    assert [use.seconds for use in people.hours.since(TODAY.date())] == [300]


class Counted:
    """A place whose service of classes comes and goes, with a hub that goes on, and two clocks."""

    def __init__(self, people: PeopleStore) -> None:
        self.people, self.hub, self.now, self.ticks = people, FakeHub(), TODAY, 1000.0
        self.begin()

    def begin(self) -> None:
        """Start the service anew."""
        self.accounting = Accounting(self.people, self.hub, lambda: self.now, lambda: self.ticks)  # type: ignore[arg-type]  # as much as is asked of it

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        self.ticks += seconds

    def start(self, name: str) -> None:
        """Start somebody's server now."""
        self.hub.running[name], self.hub.since[name] = "running", self.now

    async def look(self, after: float = 0) -> dict[str, int]:
        """Look after some seconds; return the seconds of each person by now, on all days."""
        self.pass_by(after)
        await self.accounting.look()
        names = self.people.names.shown()
        return {names[use.person]: use.seconds for use in self.people.hours.since(date(2000, 1, 1))}


@pytest.fixture
def counted(people: PeopleStore) -> Counted:
    """Two minutes after Amina has started a server."""
    place = Counted(people)
    place.start("amina")
    return place


async def test_servers_that_run_on_while_the_service_is_away_are_counted(counted: Counted) -> None:
    """Each from its own beginning; what ran before is not counted once more."""
    assert await counted.look(60) == {"amina": 60}
    counted.pass_by(3600)
    counted.start("bob")
    counted.pass_by(600)
    counted.begin()

    assert await counted.look() == {"amina": 60 + 4200, "bob": 600}
    counted.begin()
    assert await counted.look() == {"amina": 60 + 4200, "bob": 600}
    assert await counted.look(60) == {"amina": 60 + 4260, "bob": 660}


async def test_a_server_that_ended_meanwhile_and_was_started_again_counts_from_then(counted: Counted) -> None:
    """When it ended, nobody knows; so it is with a hub that was away, too."""
    await counted.look(60)
    counted.pass_by(3600)
    counted.start("amina")

    assert await counted.look(120) == {"amina": 60 + 120}
    counted.hub.is_away = True
    counted.pass_by(3600)
    with pytest.raises(AwayError):
        await counted.accounting.look()
    counted.hub.is_away = False
    assert await counted.look(60) == {"amina": 60 + 120 + 3660}


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(hours=-5)], ids=["forward", "back"])
async def test_a_clock_that_jumps_changes_nothing_while_the_service_runs(counted: Counted, jump: timedelta) -> None:
    """Whichever way; nor does one that is set right again."""
    await counted.look(60)
    counted.now += jump
    assert sum((await counted.look(60)).values()) == 120
    counted.now -= jump

    assert sum((await counted.look(60)).values()) == 180


async def test_a_clock_that_was_set_back_while_the_service_was_away_counts_nothing_twice(counted: Counted) -> None:
    """What passed meanwhile is lost then; one that was set forward makes three days at most."""
    await counted.look(60)
    counted.pass_by(600)
    counted.now -= timedelta(hours=5)
    counted.begin()
    assert await counted.look() == {"amina": 60}
    assert await counted.look(60) == {"amina": 120}

    counted.now += timedelta(days=90)
    counted.begin()
    assert await counted.look() == {"amina": 120 + 3 * 24 * 3600}


async def test_two_services_at_once_count_once(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as for a moment while one follows the other; also where both looked in the same moment."""
    await counted.look(60)
    other = Accounting(counted.people, counted.hub, lambda: counted.now, lambda: counted.ticks)  # type: ignore[arg-type]  # as much as is asked of it
    counted.pass_by(60)
    await other.look()
    assert await counted.look(30) == {"amina": 150}
    before = counted.people.hours.counted_until()
    counted.pass_by(60)
    await other.look()
    assert await counted.look(30) == {"amina": 240}

    monkeypatch.setattr(counted.people.hours, "counted_until", lambda: before)
    assert await counted.look(60) == {"amina": 240}
    monkeypatch.undo()
    assert await counted.look(60) == {"amina": 360}


def test_what_ran_over_midnight_is_of_both_days() -> None:
    """In UTC, whichever zone the clock is in: quotas are by months of it."""
    end = datetime(2026, 12, 1, 1, 0, 30, tzinfo=ZoneInfo("Europe/Paris"))

    assert on_days(end, 90) == {date(2026, 12, 1): 30, date(2026, 11, 30): 60}
    assert on_days(end, 86_430 + 10) == {date(2026, 12, 1): 30, date(2026, 11, 30): 86_400, date(2026, 11, 29): 10}
    assert on_days(end, 30) == {date(2026, 12, 1): 30}
    assert on_days(end, 0) == {}


def test_hours_are_kept_for_a_year_and_some_weeks(people: PeopleStore) -> None:
    """Older ones are deleted."""
    amina = person(people, "amina")
    for day in (date(2025, 10, 20), date(2025, 10, 25)):
        people.hours.add(day, {(amina, "python"): 60})

    people.hours.forget_old(TODAY.date())

    assert people.hours.since(date(2000, 1, 1)) == [Use(amina, "python", 60)]


def test_what_is_wrong_comes_first_then_what_is_large() -> None:
    """With the title of the class whose server it is."""
    lines = server_lines(
        [
            server("small"),
            server("large", memory=2 * GB, profile="class-stats222"),
            server("full", memory=39 * GB // 10),
            server("dead", "failed", said="It ran out of memory."),
            server("new", "starting"),
        ],
        {"class-stats222": "Statistics"},
    )

    assert [(line.server.name, line.what, line.problem) for line in lines] == [
        ("dead", "python", "It ran out of memory."),
        ("full", "python", "Almost out of memory."),
        ("large", "Statistics", ""),
        ("small", "python", ""),
        ("new", "python", ""),
    ]
    sums = figures(7, lines)
    assert (sums.people, sums.here, sums.running, sums.problems) == (7, 4, 4, 2)


def test_classes_are_counted_by_their_profile() -> None:
    """A class of which nothing runs has nothing, and no other's."""
    uses = [Use("a", "class-one", 60), Use("b", "class-one", 30), Use("a", "python", 600), Use("a", "event-one", 5)]
    lines = group_lines("class", ["one", "two"], {"one": 3}, [server("a", profile="class-one")], uses)

    assert [(line.people, line.running, line.seconds) for line in lines.values()] == [(3, 1, 90), (0, 0, 0)]
    assert by_person(uses) == [("a", 665), ("b", 30)]


class FakeStoreUse:
    """What the keys service says of the data store; None = it does not answer."""

    is_limited = True

    def __init__(self) -> None:
        self.amounts: dict[str, Amount] | None = {}

    async def all(self) -> dict[str, Amount] | None:
        """Return it."""
        return self.amounts


@pytest.fixture
def stored() -> FakeStoreUse:
    """Nothing is stored."""
    return FakeStoreUse()


@pytest.fixture
def hub() -> FakeHub:
    """A hub in which both have a server."""
    found = FakeHub()
    found.running = {"amina": "running", "bob": "running"}
    return found


@pytest.fixture
def operation(people: PeopleStore, hub: FakeHub, stored: FakeStoreUse) -> Operation:
    """What is tried."""
    desk = Desk(people, JoinLinks(b"secret"), ())
    events = EventDesk(people, NewSeats(people, SeatCodes(b"secret"), 9), (), EventRules())
    look = GroupLook(people, hub, (desk, events), stored, profiles=(), clock=lambda: TODAY)  # type: ignore[arg-type]  # as much as is asked of it
    return Operation(people, hub, look, stored, clock=lambda: TODAY)  # type: ignore[arg-type]  # as much as is asked of it


async def test_servers_of_many_are_stopped_at_once_and_written_down(
    people: PeopleStore, hub: FakeHub, operation: Operation
) -> None:
    """One that is not there, or a name that is none, changes nothing."""
    root = Caller("r", "root", is_admin=True)

    await operation.stop(root, ["amina/", "bob/other", "nobody/", "amina"])

    assert hub.running == {"bob": "running"}
    assert [(each.what, each.whom) for each in operation.log(root, "amina", ALL)] == [("stop", person(people, "amina"))]
    assert operation.log(root, "bob", ALL) == operation.log(root, "nobody", ALL) == []


async def test_only_administrators_see_and_do_that(hub: FakeHub, operation: Operation) -> None:
    """An instructor of everything does not."""
    tia = Caller("t", "tia", may_make=True, may_make_events=True)
    for act in (operation.place(tia), operation.stop(tia, ["amina/"])):
        with pytest.raises(NotOpenError, match="This is for administrators of this place. Ask one of them."):
            await act
    for ask in (lambda: operation.log(tia, "", ALL), lambda: operation.hours(tia)):
        with pytest.raises(NotOpenError):
            ask()
    assert len(hub.running) == 2


async def test_the_place_is_there_with_its_classes_and_hours(people: PeopleStore, operation: Operation) -> None:
    """And the table of hours has no cell that is a formula."""
    made = people.groups.add("class", "Statistics")
    for name in ("amina", "bob"):
        people.groups.join(made, person(people, name), "student")
    people.remove("bob")
    people.hours.add(TODAY.date(), {(person(people, "amina"), f"class-{made}"): 5400})
    root = Caller("r", "root", is_admin=True)

    at = await operation.place(root)

    [found] = at.classes.groups
    assert (found.title, found.people, found.seconds) == ("Statistics", 1, 5400)
    assert at.hours == [("amina", 5400)]
    assert operation.hours(root).decode().split() == ['"name","profile","hours"', f'"amina","class-{made}","1.50"']


async def test_what_is_full_or_nearly_is_shown_the_fullest_first(
    people: PeopleStore, operation: Operation, stored: FakeStoreUse
) -> None:
    """Not what has room, is not counted yet, or is of nobody who is here; a team leads to its event."""
    course = people.groups.add("class", "Statistics")
    event = people.events.add("Hackathon", EventDetails(begins=TODAY, ends=TODAY + timedelta(days=1)))
    people.seats.add(event, 0, str, most=9, teams=[("Blue", 1)])
    [team] = people.seats.teams(event)
    people.remove("bob")
    stored.amounts = {
        f"home/{person(people, 'amina')}/": Amount(80, 100),
        "home/d6my4m4v5pjzf9ru/": Amount(100, 100),
        f"class/{course}/": Amount(95, 100),
        f"event/{event}/": Amount(79, 100),
        f"team/{team.id}/": Amount(100, 100),
        f"event/{course}/": Amount(100, 100),
        "class/7mw2kfqd/": Amount(None, 100),
    }

    at = await operation.place(Caller("r", "root", is_admin=True))

    assert at.stored is not None
    assert [(line.kind, line.title, line.id, line.amount.is_full) for line in at.stored] == [
        ("team", "Blue", event, True),
        ("class", "Statistics", course, False),
        ("home", "amina", "", False),
    ]


async def test_the_place_is_shown_while_nobody_can_say_what_is_stored(
    operation: Operation, stored: FakeStoreUse
) -> None:
    """With everything else."""
    stored.amounts = None

    at = await operation.place(Caller("r", "root", is_admin=True))

    assert (at.stored, len(at.servers)) == (None, 2)


async def test_what_nobody_leads_is_shown_to_administrators(people: PeopleStore, operation: Operation) -> None:
    """As long as nobody does."""
    made = people.groups.add("class", "Statistics")
    people.groups.join(made, person(people, "bob"), "instructor")
    root = Caller("r", "root", is_admin=True)
    assert (await operation.place(root)).leaderless == []
    people.remove("bob")

    assert [group.title for group in (await operation.place(root)).leaderless] == ["Statistics"]

    with pytest.raises(NotOpenError, match="This is for administrators of this place. Ask one of them."):
        operation.leaderless(Caller("a", "amina", may_make=True))
