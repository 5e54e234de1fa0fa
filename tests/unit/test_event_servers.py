"""What an organiser does with the servers of an event: who is started, stopped and spoken to, and what their rows say."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.ends import FakeHub

from sardonyx_services.people.database import Place
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.events.desks import event_desks
from sardonyx_services.people.web.live.helping import Helping
from sardonyx_services.people.web.live.live import Row
from sardonyx_services.people.web.live.rooms import EventRooms
from sardonyx_services.people.web.live.servers import GroupServers
from sardonyx_spawner.profiles import Profile
from sardonyx_spawner.repository import Material

NOW = datetime.now(UTC)
ON = EventDetails(
    NOW - timedelta(hours=1),
    NOW + timedelta(hours=5),
    profile="together",
    repositories=(Material("https://x.example/y"),),
)
PROFILES = (
    Profile("together", "Together", collaboration=True),
    Profile("alone", "Alone"),
)
RULES = EventRules(most_accounts=50)


class Days:
    """An event with the teams Kite, of Ada and Ben, and Heron, of Cem; Dee is in none, and nobody has the last account."""

    def __init__(self, people: PeopleStore) -> None:
        self.people, self.hub = people, FakeHub()
        self.id = people.events.add("Days", ON)
        people.seats.add(self.id, 2, str, most=9, teams=[("Kite", 2), ("Heron", 1)])
        numbers = {"Ada": 3, "Ben": 4, "Cem": 5, "Dee": 1}
        self.names = {who: people.entries.by_code(str(number), who).name for who, number in numbers.items()}
        self.teams = {team.title: team.id for team in people.seats.teams(self.id)}
        olga = people.add_account("olga", "")
        people.groups.join(self.id, olga.id, "organiser")
        self.olga = Caller(olga.id, "olga", "Olga")
        desk, _seats = event_desks(people, b"s" * 32, PROFILES, RULES, "http://hub/")
        self.servers = GroupServers(EventRooms(desk, people), people, self.hub)  # type: ignore[arg-type]  # as much as is asked of it

    def change(self, **changed: object) -> None:
        """Change the event."""
        self.people.events.change(self.id, replace(self.people.events.details(self.id), **changed))  # type: ignore[arg-type]

    def run(self, who: str, team: str = "") -> None:
        """Have somebody's server of the event run."""
        name = self.names.get(who, who)
        self.hub.running[name], self.hub.profiles[name] = "running", f"event-{self.id}"
        self.hub.teams[name] = self.teams.get(team, "")

    def who(self, started: list[str]) -> list[str]:
        """Return who these are."""
        return sorted(who for who, name in self.names.items() if name in started)

    def forget(self) -> None:
        """Ask the hub again, whose answer is kept for seconds."""
        self.servers._watch._kept = (0.0, [])

    async def rows(self) -> dict[str, Row]:
        """Return the rows, by what people are called."""
        found, _run = await self.servers.live(self.olga, self.id)
        return {row.shown_name: row for row in found}

    async def settle(self) -> None:
        """Let what goes on beside it come to its end."""
        await asyncio.gather(*self.servers._runs._tasks)


@pytest.fixture
def days(people_place: Place) -> Iterator[Days]:
    """What is tried, in both kinds of database."""
    store = PeopleStore(people_place)
    yield Days(store)
    store.close()


async def test_everybody_who_is_in_and_has_no_server_gets_theirs(days: Days) -> None:
    """Of the event; not its organisers, and nobody who runs something else. It is written down, with each of them."""
    days.hub.running, days.hub.profiles = {days.names["Cem"]: "running"}, {days.names["Cem"]: "python"}
    days.run("Dee")

    await days.servers.start(days.olga, days.id, None)
    await days.settle()

    assert {profile for _name, profile in days.hub.started} == {f"event-{days.id}"}
    assert days.who([name for name, _profile in days.hub.started]) == ["Ada", "Ben"]
    [action] = days.people.actions.of(days.id)
    ids = days.people.names.ids([days.names["Ada"], days.names["Ben"]])
    assert (action.what, sorted(action.people), action.whom) == ("start", sorted(ids.values()), "")


async def test_of_a_team_that_works_in_one_server_one_is_started(days: Days) -> None:
    """None where it has one; who is ticked gets one of their own."""
    days.change(team_servers=True)
    days.run("Cem", team="Heron")

    await days.servers.start(days.olga, days.id, None)
    await days.settle()

    assert days.who([name for name, _profile in days.hub.started]) in (["Ada", "Dee"], ["Ben", "Dee"])
    days.hub.started.clear()
    off = next(who for who in ("Ada", "Ben") if days.names[who] not in days.hub.running)
    await days.servers.start(days.olga, days.id, [days.names[off]])
    await days.settle()
    assert days.who([name for name, _profile in days.hub.started]) == [off]


async def test_rows_say_whose_server_the_team_has(days: Days) -> None:
    """And that the others of the team have it, who are neither running one nor away."""
    days.change(team_servers=True)
    days.run("Ada", team="Kite")

    rows = await days.rows()

    assert {who: (row.state, row.team, row.hosts) for who, row in rows.items()} == {
        "Ada": ("running", "Kite", True),
        "Ben": ("shared", "Kite", False),
        "Cem": ("off", "Heron", False),
        "Dee": ("off", "", False),
    }


async def test_organisers_are_listed_only_while_they_have_a_server(days: Days) -> None:
    """And are not stopped with everybody."""
    assert "olga" not in await days.rows()
    days.forget()
    days.run("olga")
    days.run("Ada")

    await days.servers.stop(days.olga, days.id, None)
    await days.settle()

    assert days.hub.running == {"olga": "running"}


async def test_a_server_of_the_event_counts_whatever_its_name_is(days: Days) -> None:
    """Nobody gets a second one beside it; it is told, and stops with the others, but not one of something else."""
    ada, cem = days.names["Ada"], days.names["Cem"]
    for key, profile in ((f"{ada}/own", f"event-{days.id}"), (cem, f"event-{days.id}"), (f"{cem}/own", "python")):
        days.hub.running[key], days.hub.profiles[key] = "running", profile

    assert {who: (row.state, row.server) for who, row in (await days.rows()).items()} == {
        "Ada": ("running", "own"),
        "Ben": ("off", ""),
        "Cem": ("running", ""),
        "Dee": ("off", ""),
    }
    await days.servers.start(days.olga, days.id, None)
    await days.settle()
    assert days.who([name for name, _profile in days.hub.started]) == ["Ben", "Dee"]
    await days.servers.say(days.olga, days.id, "Lunch is here")
    await days.settle()
    assert [key for key, _text in days.hub.said] == [f"{ada}/own", cem]
    helping = Helping(days.servers, days.people, days.hub, "en")  # type: ignore[arg-type]  # as much as is asked of it
    assert not await helping.ask(days.olga, days.id, ada)
    assert days.hub.said[-1][0] == f"{ada}/own"
    days.forget()
    await days.servers.stop(days.olga, days.id, [ada, cem])
    await days.settle()
    assert days.hub.stopped.keys() == {f"{ada}/own", cem}


@pytest.mark.parametrize(("begins", "ends"), [(1, 5), (-5, -1)], ids=["before", "after"])
async def test_nobody_is_started_but_while_it_is_on(days: Days, begins: int, ends: int) -> None:
    """And it is said why."""
    days.change(begins=NOW + timedelta(hours=begins), ends=NOW + timedelta(hours=ends))

    with pytest.raises(RefusedError, match="The servers of an event are started while it is on"):
        await days.servers.start(days.olga, days.id, None)
    assert days.hub.started == []


async def test_who_is_not_in_it_is_not_touched(days: Days) -> None:
    """Also a name that the hub knows."""
    with pytest.raises(RefusedError, match="eve is not in this event. Nothing was done."):
        await days.servers.stop(days.olga, days.id, ["eve"])


async def test_who_takes_part_does_nothing_with_the_servers_of_others(days: Days) -> None:
    """Neither looks."""
    ada = days.people.by_name(days.names["Ada"])
    assert ada is not None
    caller = Caller(ada.id, ada.name)
    for act in (days.servers.live(caller, days.id), days.servers.bring(caller, days.id)):
        with pytest.raises(RefusedError, match="This is for the organisers of the event. Ask one of them."):
            await act
    for act in (days.servers.start(caller, days.id, None), days.servers.stop(caller, days.id, None)):
        with pytest.raises(RefusedError, match="This is for the organisers of the event. Ask one of them."):
            await act
    with pytest.raises(RefusedError, match="This is for the organisers of the event. Ask one of them."):
        await days.servers.say(caller, days.id, "Hello")


async def test_everybody_who_is_here_is_told(days: Days) -> None:
    """And nobody who runs something else; it is written down with what was said."""
    days.run("Ada")
    days.hub.running[days.names["Ben"]], days.hub.profiles[days.names["Ben"]] = "running", "python"

    await days.servers.say(days.olga, days.id, "Lunch  is here")
    await days.settle()

    assert days.hub.said == [(days.names["Ada"], "Olga: Lunch is here")]
    assert [(each.what, each.detail) for each in days.people.actions.of(days.id)] == [("message", "Lunch is here")]


async def test_what_cannot_be_brought_is_said(days: Days) -> None:
    """An event without material has none to bring."""
    days.change(repositories=())

    with pytest.raises(RefusedError, match="This event has no material. Name a repository in its settings."):
        await days.servers.bring(days.olga, days.id)


async def test_an_organiser_asks_to_be_let_in(days: Days) -> None:
    """Where the profile is for working together, and their server runs; it is written down."""
    helping = Helping(days.servers, days.people, days.hub, "en")  # type: ignore[arg-type]  # as much as is asked of it
    with pytest.raises(RefusedError, match="days-3 has no server of this event that runs now."):
        await helping.ask(days.olga, days.id, "days-3")
    days.forget()
    days.run("Ada")

    assert not await helping.ask(days.olga, days.id, days.names["Ada"])

    assert days.hub.said == [(days.names["Ada"], "Olga: I would like to come into your server, to help you.")]
    assert [each.what for each in days.people.actions.of(days.id)] == ["help"]
    days.change(profile="alone")
    with pytest.raises(RefusedError, match="The servers of this event let nobody in"):
        await helping.ask(days.olga, days.id, days.names["Ada"])
