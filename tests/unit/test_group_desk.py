"""What administrators do to many classes and events at once: to each, with a line for each, and written down for each."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from support.ends import FakeHub

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import Kind
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.seat_codes import SeatCodes
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.classroom import Classroom
from sardonyx_services.people.web.classes.desk import Desk
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.errors import NotOpenError, RefusedError
from sardonyx_services.people.web.events.desk import EventDesk
from sardonyx_services.people.web.events.new_seats import NewSeats
from sardonyx_services.people.web.live.rooms import EventRooms
from sardonyx_services.people.web.live.servers import GroupServers
from sardonyx_services.people.web.operation.group_desk import Chosen, Deed, GroupDesk, Outcome
from sardonyx_services.people.web.operation.group_list import Act, Wish
from sardonyx_services.people.web.operation.group_look import GroupLook
from sardonyx_services.people.web.operation.moved_end import Move
from sardonyx_services.people.web.store_use import Amount
from sardonyx_spawner.profiles import Profile

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
PROFILES = (Profile("python", "Python"),)
ROOT = Caller("r", "root", "Rudi Root", is_admin=True)
CHANGED = "Somebody else has changed this class meanwhile, and nothing of yours was kept."


class FakeStoreUse:
    """A store of which something is nearly full."""

    is_limited = True

    def __init__(self) -> None:
        self.amounts: dict[str, Amount] = {}

    async def all(self) -> dict[str, Amount]:
        """Return it."""
        return self.amounts


class Whole:
    """A place with two classes and an event, whose servers are those of a fake hub."""

    def __init__(self, people: PeopleStore) -> None:
        self.people, self.hub, self.stored = people, FakeHub(), FakeStoreUse()
        for name in ("amina", "bob", "tia"):
            people.add_account(name, "")
        seats = NewSeats(people, SeatCodes(b"secret"), 9)
        desk = Desk(people, JoinLinks(b"secret"), PROFILES, clock=lambda: NOW)
        events = EventDesk(people, seats, PROFILES, EventRules(), clock=lambda: NOW)
        self.one, self.two = (self.course(title) for title in ("Statistics", "Geography"))
        self.event = people.events.add(
            "Hackathon",
            EventDetails(
                begins=datetime(2026, 3, 27, 8, 0, tzinfo=UTC),
                ends=datetime(2026, 11, 29, 17, 30, tzinfo=UTC),
                zone="Europe/Paris",
                profile="python",
            ),
        )
        self.look = GroupLook(people, self.hub, (desk, events), self.stored, profiles=PROFILES, clock=lambda: NOW)  # type: ignore[arg-type]  # as much as is asked of them
        self.classroom = Classroom(desk, people, self.hub, "http://place/")  # type: ignore[arg-type]  # as above
        servers = GroupServers(EventRooms(events, people), people, self.hub)  # type: ignore[arg-type]  # as above
        self.desk = GroupDesk(people, self.look, (desk, events), (self.classroom, servers), clock=lambda: NOW)

    def course(self, title: str) -> str:
        """Make a class with Amina and Bob in it; return its id."""
        made = self.people.groups.add("class", title)
        self.people.classes.change(made, ClassDetails(profile="python", last_day=date(2026, 12, 18)))
        for name in ("amina", "bob"):
            self.people.groups.join(made, self.id_of(name), "student")
        return made

    def id_of(self, name: str) -> str:
        """Return somebody's id."""
        return self.people.names.ids([name])[name]

    def key(self, group: str) -> Chosen:
        """Return a class as it was read just now."""
        return Chosen(group, self.people.classes.details(group).changed)

    async def act(self, do: Act, *groups: str | Chosen, kind: Kind = "class", **said: object) -> list[Outcome]:
        """Do something to many."""
        chosen = [Chosen(each) if isinstance(each, str) else each for each in groups]
        return await self.desk.act(ROOT, kind, Deed(do, **said), chosen)  # type: ignore[arg-type]  # as each test writes it

    def log(self, group: str) -> list[tuple[str, str, str]]:
        """Return what was done, the latest first: by whom, what, and more."""
        return [(each.who, each.what, each.detail) for each in self.people.actions.of(group)]


@pytest.fixture
def whole(people_place: Place) -> Iterator[Whole]:
    """What is tried, in both kinds of database."""
    store = PeopleStore(people_place)
    yield Whole(store)
    store.close()


async def soon(is_so: Callable[[], bool]) -> None:
    """Wait until something is so that is done in the background."""
    for _turn in range(1000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    pytest.fail("It is not so after 10 s.")


def texts(outcomes: list[Outcome]) -> list[tuple[str, bool, str]]:
    """Return what became of each."""
    return [(each.title, each.is_done, each.text) for each in outcomes]


async def test_many_get_somebody_who_leads_them(whole: Whole) -> None:
    """Whoever leads one already is said to; one that has ended is left alone, and keeps no other from it."""
    whole.people.groups.join(whole.two, whole.id_of("tia"), "instructor")
    gone = whole.course("Gone")
    whole.people.groups.end(gone)

    done = await whole.act("leader", whole.one, whole.two, gone, name="tia")

    assert texts(done) == [
        ("Statistics", True, "tia leads it now."),
        ("Geography", True, "tia leads it already."),
        ("Gone", False, "There is no such class, or it has ended."),
    ]
    assert whole.people.groups.role(whole.one, whole.id_of("tia")) == "instructor"
    assert whole.people.groups.role(gone, whole.id_of("tia")) is None
    assert whole.log(whole.one) == [("r", "role", "instructor")]
    assert whole.log(whole.two) == []
    led = await whole.act("leader", whole.event, kind="event", name="tia")
    assert texts(led) == [("Hackathon", True, "tia leads it now.")]
    assert whole.log(whole.event) == [("r", "role", "organiser")]


async def test_ends_are_moved_by_days_or_to_a_day(whole: Whole) -> None:
    """Of a class its last day; of an event the day, at the same time by its own clocks."""
    open_end = whole.people.groups.add("class", "Always")
    by = Move(days=7)

    assert texts(await whole.act("move", whole.one, open_end, move=by)) == [
        ("Statistics", True, "Its last day is 25 December now."),
        ("Always", False, "It has no last day that could be moved. Choose a day for it."),
    ]
    assert texts(await whole.act("move", whole.one, open_end, move=Move(day=date(2027, 1, 8)))) == [
        ("Statistics", True, "Its last day is 8 January 2027 now."),
        ("Always", True, "Its last day is 8 January 2027 now."),
    ]
    assert whole.log(whole.one) == [("r", "move", "2027-01-08"), ("r", "move", "2026-12-25")]
    past = Move(day=date(2026, 9, 1))
    assert texts(await whole.act("move", whole.one, move=past)) == [
        (
            "Statistics",
            False,
            "With that last day the class would end at once, for good. Write a later one, or end it with “End the class”.",
        )
    ]


async def test_the_end_of_an_event_stays_at_its_time_of_day(whole: Whole) -> None:
    """Also over a change of clocks; and not longer than events are here."""
    rules = "An event lasts 14 days at most here."
    assert texts(await whole.act("move", whole.event, kind="event", move=Move(days=1))) == [("Hackathon", False, rules)]
    details = whole.people.events.details(whole.event)
    whole.people.events.change(whole.event, replace(details, begins=datetime(2026, 11, 27, tzinfo=UTC)))

    done = await whole.act("move", whole.event, kind="event", move=Move(days=2))

    assert texts(done) == [("Hackathon", True, "It ends on 1 December 18:30 now.")]
    assert whole.people.events.details(whole.event).ends == datetime(2026, 12, 1, 17, 30, tzinfo=UTC)
    assert whole.log(whole.event) == [("r", "move", "2026-12-01 17:30 UTC")]


async def test_what_somebody_else_has_changed_meanwhile_is_neither_moved_nor_ended(whole: Whole) -> None:
    """The others are; and it is said of which."""
    before = [whole.key(whole.one), whole.key(whole.two)]
    details = whole.people.classes.details(whole.one)
    whole.people.classes.change(whole.one, replace(details, last_day=date(2027, 6, 30)), title="Statistics II")

    assert texts(await whole.act("move", *before, move=Move(days=-7))) == [
        ("Statistics II", False, CHANGED),
        ("Geography", True, "Its last day is 11 December now."),
    ]
    assert texts(await whole.act("end", *before)) == [
        ("Statistics II", False, CHANGED),
        ("Geography", False, CHANGED),
    ]
    assert whole.people.groups.get("class", whole.one).ended is None
    assert whole.log(whole.one) == []

    assert texts(await whole.act("end", whole.key(whole.one), whole.two)) == [
        ("Statistics II", True, "It has ended."),
        ("Geography", True, "It has ended."),
    ]
    assert whole.log(whole.one) == [("r", "end", "Statistics II")]


async def test_events_are_ended_as_they_were_read(whole: Whole) -> None:
    """Once; then there is nothing to end."""
    old = Chosen(whole.event, 0)
    details = whole.people.events.details(whole.event)
    whole.people.events.change(whole.event, replace(details, begins=datetime(2026, 11, 27, tzinfo=UTC)))
    said = "Somebody else has changed this event meanwhile, and nothing of yours was kept."
    assert texts(await whole.act("end", old, kind="event")) == [("Hackathon", False, said)]

    assert texts(await whole.act("end", whole.event, kind="event")) == [("Hackathon", True, "It has ended.")]

    assert whole.people.events.details(whole.event).closed == NOW
    assert whole.log(whole.event) == [("r", "event-end", "Hackathon")]
    assert texts(await whole.act("end", whole.event, kind="event")) == [
        ("Hackathon", False, "There is no such event, or it has ended.")
    ]


async def test_all_servers_of_many_are_stopped(whole: Whole) -> None:
    """Also of who leads them, or is in them no more; nobody's other servers; and in the background."""
    hub = whole.hub
    whole.people.groups.join(whole.one, whole.id_of("tia"), "instructor")
    whole.people.groups.leave(whole.one, whole.id_of("bob"))
    hub.running = dict.fromkeys(("amina", "bob", "tia", "cem"), "running")
    hub.profiles = {
        "amina": f"class-{whole.two}",
        "bob": f"class-{whole.one}",
        "tia": f"class-{whole.one}",
        "cem": "python",
    }

    done = await whole.act("stop", whole.one, whole.two, whole.course("Empty"))

    assert texts(done) == [
        ("Statistics", True, "2 servers are stopped now."),
        ("Geography", True, "1 server is stopped now."),
        ("Empty", True, "None of its servers runs."),
    ]
    await soon(lambda: list(hub.running) == ["cem"])
    assert whole.log(whole.one) == [("r", "stop", "")]
    assert whole.log(whole.two) == [("r", "stop", "")]


async def test_something_is_said_to_everybody_in_many(whole: Whole) -> None:
    """With the name of who says it."""
    whole.hub.running = {"amina": "running", "bob": "starting"}
    whole.hub.profiles = dict.fromkeys(("amina", "bob"), f"class-{whole.one}")

    done = await whole.act("say", whole.one, whole.two, text="The  place is\nclosed at 18:00.")

    assert texts(done) == [
        ("Statistics", True, "It is said in 1 server now."),
        ("Geography", True, "None of its servers runs."),
    ]
    await soon(lambda: bool(whole.hub.said))
    assert whole.hub.said == [("amina", "Rudi Root: The place is closed at 18:00.")]
    assert whole.log(whole.one) == [("r", "message", "The place is closed at 18:00.")]


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (Deed("leader", name="nobody"), "There is nobody called “nobody” here who could lead them."),
        (Deed("move"), "Say by how many days, or to which day. Nothing was changed."),
        (Deed("move", move=Move(1, date(2026, 12, 1))), "Say by how many days, or to which day. Nothing was changed."),
        (Deed("move", move=Move(4000)), "An end is moved by 3,660 days at most. Nothing was changed."),
        (Deed("say", text=" \n"), "Write what you want to say, in 1000 characters at most."),
        (Deed("what"), "Choose what is to be done. Nothing was changed."),  # type: ignore[arg-type]  # as a program may send it
    ],
)
async def test_what_cannot_be_done_at_all_is_done_to_none(whole: Whole, deed: Deed, said: str) -> None:
    """And written down nowhere."""
    with pytest.raises(RefusedError, match=said):
        await whole.desk.act(ROOT, "class", deed, [Chosen(whole.one), Chosen(whole.two)])

    assert whole.log(whole.one) == whole.log(whole.two) == []


async def test_nothing_is_done_where_one_of_them_is_not_known(whole: Whole) -> None:
    """An event is no class, either."""
    for wrong in ("xyz", whole.event):
        with pytest.raises(RefusedError, match="^One of these is not known here any more. Nothing was done; load the"):
            await whole.act("end", whole.one, wrong)
    with pytest.raises(RefusedError, match="^Choose at least one of them. Nothing was done.$"):
        await whole.act("end")
    assert whole.people.groups.get("class", whole.one).ended is None


async def test_only_administrators_find_and_act(whole: Whole) -> None:
    """An instructor of all of them does not."""
    tia = Caller(whole.id_of("tia"), "tia", may_make=True, may_make_events=True)
    said = "This is for administrators of this place. Ask one of them."
    for ask in (
        whole.look.find(tia, "class", Wish()),
        whole.desk.act(tia, "class", Deed("end"), [Chosen(whole.one)]),
        whole.desk.chosen(tia, "event", [Chosen(whole.event)]),
    ):
        with pytest.raises(NotOpenError, match=said):
            await ask


async def test_what_is_wrong_is_found_with_who_leads_it(whole: Whole) -> None:
    """From who is there, what servers do and what is stored; a team's place is its event's."""
    people = whole.people
    people.groups.join(whole.one, whole.id_of("tia"), "instructor")
    people.groups.join(whole.event, whole.id_of("tia"), "organiser")
    people.seats.add(whole.event, 0, str, most=9, teams=[("Blue", 1)])
    [team] = people.seats.teams(whole.event)
    whole.stored.amounts = {
        f"class/{whole.one}/": Amount(9, 10),
        f"class/{whole.two}/": Amount(None, 10),
        f"team/{team.id}/": Amount(2 << 30, 2 << 30),
    }

    at = await whole.look.find(ROOT, "class", Wish())
    assert [(group.title, group.leaders, [fault.what for fault in group.faults]) for group in at.groups] == [
        ("Geography", (), ["leader"]),
        ("Statistics", ("tia",), ["stored"]),
    ]
    assert (at.counts["wrong"], at.counts["stored"], at.counts["leader"]) == (2, 1, 1)
    [event] = (await whole.look.find(ROOT, "event", Wish("stored"))).groups
    assert [fault.text for fault in event.faults if fault.is_wrong] == ["Team Blue: 2 GB of 2 GB are stored."]
    people.remove("tia")
    assert [group.title for group in (await whole.look.find(ROOT, "class", Wish("leader"))).groups] == [
        "Geography",
        "Statistics",
    ]
