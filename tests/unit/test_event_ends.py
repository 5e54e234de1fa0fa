"""How events come to their end: step by step, gone on with after each interruption, and nothing else is deleted."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from support.ends import FakeHub, FakeStore

from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.models import CLEAR, Base
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.clearer import Clearer
from sardonyx_services.people.web.events.ends import EventEnds
from sardonyx_services.people.web.rounds import again_and_again
from sardonyx_spawner.class_limits import Limits
from sardonyx_spawner.repository import Material

NOW = datetime.now(UTC)


class LongerMeanwhile:
    """The people, of whom an event gets more time just after it was read that it is over."""

    def __init__(self, people: PeopleStore, event: str, longer: EventDetails) -> None:
        self._people, self._event, self._longer = people, event, longer
        self.events = self

    def going_on(self) -> dict[str, EventDetails]:
        """Return what was read."""
        found = self._people.events.going_on()
        self._people.events.change(self._event, self._longer)
        return found

    def close(self, event: str, now: datetime) -> bool:
        """Close it, if it is over."""
        return self._people.events.close(event, now)

    def details(self, event: str) -> EventDetails:
        """Return what it is now."""
        return self._people.events.details(event)


class Hackathon:
    """A place with an event of two teams, of which two people are in."""

    def __init__(self, people: PeopleStore) -> None:
        self.people, self.hub, self.store, self.now = people, FakeHub(), FakeStore(), NOW
        details = EventDetails(begins=NOW - timedelta(hours=1), ends=NOW + timedelta(hours=1), welcome="Hello")
        self.event = people.events.add("Health data", details)
        people.seats.add(self.event, 0, str, most=9, teams=[("Blue", 2), ("Red", 2)])
        self.ada = people.entries.by_code("1", "Ada")
        self.ben = people.entries.by_code("3", "Ben")
        self.teams = [team.id for team in people.seats.teams(self.event)]
        self.ends = EventEnds(people, self.hub, Clearer(self.store), "en", lambda: self.now)  # type: ignore[arg-type]  # as they are

    def settle(self) -> None:
        """Do what the hub does when somebody is removed."""
        for owed in self.people.owed():
            assert owed.what == CLEAR, "with their homes"
            self.people.settle(owed)


@pytest.fixture
def place(people_place: Place) -> Iterator[Hackathon]:
    """What is tried, in both kinds of database."""
    store = PeopleStore(people_place)
    yield Hackathon(store)
    store.close()


async def test_nothing_happens_before_the_end(place: Hackathon) -> None:
    """Servers run, codes are good."""
    place.hub.running = {place.ada.name: "running"}
    place.now = NOW + timedelta(minutes=59)

    await place.ends.look()

    assert place.hub.running
    assert place.people.events.details(place.event).closed is None


async def test_at_the_end_its_servers_stop_and_those_of_others_run_on(place: Hackathon) -> None:
    """Also one that starts just then; it is written down once."""
    place.people.add_account("tia", "")
    place.hub.running = {place.ada.name: "running", place.ben.name: "starting", "tia": "running"}
    place.now = NOW + timedelta(hours=1)

    await place.ends.look()
    await place.ends.look()

    assert place.hub.running == {"tia": "running"}
    assert place.people.events.details(place.event).closed is not None
    assert [each.what for each in place.people.actions.of(place.event) if each.who == OPERATOR] == ["event-close"]


async def test_who_is_there_is_told_before_the_end(place: Hackathon) -> None:
    """An hour before it and ten minutes before it, each once; nobody who runs something else, and nobody too early."""
    of_it = f"event-{place.event}"
    place.people.languages.choose(place.ben.name, "fr")
    place.people.add_account("tia", "")
    place.hub.running = dict.fromkeys((place.ada.name, place.ben.name, "tia"), "running")
    place.hub.profiles = {place.ada.name: of_it, place.ben.name: of_it, "tia": "python"}
    goes = place.people.events.details(place.event).goes
    for left, minutes in ((61, 0), (60, 60), (59, 0), (10, 10), (9, 0), (2, 0)):
        place.hub.said.clear()
        place.now = NOW + timedelta(hours=1) - timedelta(minutes=left)
        await place.ends.look()
        said = dict(place.hub.said)
        assert set(said) == ({place.ada.name, place.ben.name} if minutes else set()), left
        if minutes:
            assert said[place.ada.name].startswith(
                f"Health data: The event is over in {minutes} minutes, and this server stops then."
                " What is saved is read and copied until "
            )
            assert said[place.ada.name].endswith(f"{goes:%H:%M}, then deleted.")

    place.people.events.change(
        place.event, replace(place.people.events.details(place.event), ends=NOW + timedelta(hours=3))
    )
    place.now = NOW + timedelta(hours=2, minutes=30)
    await place.ends.look()
    assert len(place.hub.said) == 2, "of the later end they are told again"


async def test_servers_of_the_event_of_whose_account_lasts_stop_with_it(place: Hackathon) -> None:
    """An organiser's, too; what else they run goes on."""
    of_it = f"event-{place.event}"
    for name in ("olga", "otto"):
        place.people.groups.join(place.event, place.people.add_account(name, "").id, "organiser")
    place.people.seats.keep(place.event, 1)
    place.hub.running = dict.fromkeys((place.ada.name, "olga", "otto"), "running")
    place.hub.profiles = {place.ada.name: of_it, "olga": of_it, "otto": "python"}
    place.now = NOW + timedelta(hours=1)

    await place.ends.look()

    assert place.hub.running == {"otto": "running"}


async def test_a_server_that_does_not_stop_keeps_no_other(place: Hackathon) -> None:
    """It is asked again at the next look."""
    place.hub.running = {place.ada.name: "running", place.ben.name: "running"}
    place.hub.stuck = {place.ada.name}
    place.now = NOW + timedelta(hours=1)

    await place.ends.look()

    assert place.hub.running == {place.ada.name: "running"}
    place.hub.stuck.clear()
    await place.ends.look()
    assert place.hub.running == {}


async def test_servers_stop_beside_each_other(place: Hackathon) -> None:
    """Each takes its seconds: in a row those of a hackathon would be there for minutes after its end."""
    both = asyncio.Barrier(2)

    async def stop(name: str, _why: object, _server: str) -> None:
        await asyncio.wait_for(both.wait(), 5)
        del place.hub.running[name]

    place.hub.stop = stop  # type: ignore[method-assign,assignment]  # as much as is asked of it
    place.hub.running = {place.ada.name: "running", place.ben.name: "running"}
    place.now = NOW + timedelta(hours=1)

    await place.ends.look()

    assert place.hub.running == {}


async def test_what_ends_between_two_rounds_is_looked_at_then(place: Hackathon) -> None:
    """Not at the next round: who looks at its page just after the end sees that all of it is over."""
    now = datetime.now(UTC)
    place.people.events.change(
        place.event, replace(place.people.events.details(place.event), ends=now + timedelta(seconds=0.5))
    )
    place.ends = EventEnds(place.people, place.hub, Clearer(place.store), "en")  # type: ignore[arg-type]  # as they are
    place.hub.running, is_stopped = {place.ada.name: "running"}, asyncio.Event()

    async def stop(_name: str, _why: object, _server: str) -> None:
        is_stopped.set()

    place.hub.stop = stop  # type: ignore[method-assign,assignment]  # as much as is asked of it
    rounds = asyncio.create_task(again_and_again(place.ends.look, 3600, "It fails", place.ends.sooner))

    await asyncio.wait_for(is_stopped.wait(), 30)

    rounds.cancel()
    assert place.people.events.details(place.event).closed is not None


async def test_then_it_is_read_until_its_time_is_over(place: Hackathon) -> None:
    """Nothing is deleted before."""
    place.store.objects = {f"team/{place.teams[0]}/plan.txt": 4}
    place.now = NOW + timedelta(hours=1 + 23)

    await place.ends.look()

    assert place.store.objects
    assert place.people.by_name(place.ada.name) is not None


async def test_the_volumes_of_its_teams_go_with_all_that_is_the_events(place: Hackathon) -> None:
    """When its data does, and not before."""
    deleted: list[tuple[str, str]] = []
    clearer = Clearer(place.store, remove_volume=lambda *team: deleted.append(team))  # type: ignore[arg-type]  # as they are
    place.ends = EventEnds(place.people, place.hub, clearer, "en", lambda: place.now)  # type: ignore[arg-type]  # the same
    for hours in (1, 1 + 23):
        place.now = NOW + timedelta(hours=hours)
        await place.ends.look()
    assert deleted == []

    await delete(place)

    assert deleted == [("team", team) for team in place.teams]


async def delete(place: Hackathon) -> None:
    """Look as often as it takes after the end of all."""
    place.now = NOW + timedelta(hours=1)
    await place.ends.look()
    place.now += timedelta(hours=24, seconds=1)
    for _look in range(3):
        await place.ends.look()
        place.settle()


async def test_then_all_of_it_is_deleted_and_nothing_else(place: Hackathon) -> None:
    """It is said what that was, and nobody who had an account is known any more."""
    tia = place.people.add_account("tia", "")
    theirs = {f"home/{tia.id}/a": 1, "event/other/a": 1, f"team/{place.teams[0]}x/a": 1}
    own = [f"home/{place.ada.person}", f"home/{place.ben.person}", f"event/{place.event}"]
    of_it = {f"{at}/{n}": 10 for at in (*own, *(f"team/{each}" for each in place.teams)) for n in range(3)}
    place.store.objects = {**theirs, **of_it}

    await delete(place)

    assert place.store.objects == theirs
    assert [place.people.by_id(each.person) for each in (place.ada, place.ben)] == [None, None]
    assert place.people.seats.of(place.event) == []
    details = place.people.events.details(place.event)
    assert details.report == {"objects": 15, "bytes": 150, "accounts": 2, "teams": 2}
    assert (details.deleted is not None, details.welcome) == (True, "")


def all_that_is_known(people: PeopleStore) -> str:
    """Return all rows of all tables as text, in either kind of database."""
    tables = Base.metadata.sorted_tables
    with people._engine.connect() as connection:
        return "\n".join(str(tuple(row)) for table in tables for row in connection.execute(select(table)))


async def test_nothing_that_anybody_wrote_is_left_in_the_database(place: Hackathon) -> None:
    """Neither how people and teams are called, nor what was said, where it was, or what it was about; but for its title."""
    details = place.people.events.details(place.event)
    material = Material("https://git.example/ours", branch="secret")
    of_servers = {"repositories": (material,), "answers": {"size": "huge"}, "limits": Limits(("pluto",))}
    wrote = replace(details, place="Room 2.01", welcome="Wifi: tulip", **of_servers)  # type: ignore[arg-type]
    place.people.events.change(place.event, wrote)
    place.people.seats.rename_team(place.event, place.teams[0], "The Owls of Kestrel Road")
    for what, detail in (("message", "Ben, come to the desk"), ("hand-out", "rules.txt"), ("put-back", "a/task.ipynb")):
        place.people.actions.add("olga", what, place.event, whom=[place.ada.person], detail=detail)
    place.people.actions.add("olga", "team-take", place.event, detail="The Owls of Kestrel Road")
    place.people.actions.add("olga", "event-make", place.event, detail="Health data")
    words = (
        wrote.place,
        wrote.welcome,
        material.url,
        material.branch,
        "huge",
        "pluto",
        "Owls",
        "Red",
        "Ada",
        "Ben",
        place.ada.name,
        "rules.txt",
        "task.ipynb",
    )
    assert not [word for word in words if word not in all_that_is_known(place.people)]

    await delete(place)

    known = all_that_is_known(place.people)
    assert not [word for word in words if word in known]
    assert known.count("Health data") == 2, "in the list, and in what was done"
    assert [each.what for each in place.people.actions.of(place.event) if each.detail] == ["event-make"]


async def test_an_account_that_was_made_to_last_loses_nothing(place: Hackathon) -> None:
    """Neither its person nor their place."""
    place.people.seats.keep(place.event, 1)
    place.store.objects = {f"home/{place.ada.person}/a": 1, f"home/{place.ben.person}/a": 1}
    place.hub.running = {place.ada.name: "running"}

    await delete(place)

    assert place.store.objects == {f"home/{place.ada.person}/a": 1}
    assert place.people.by_name(place.ada.name) is not None
    assert place.hub.running == {place.ada.name: "running"}


@pytest.mark.parametrize("after", range(6))
async def test_a_deletion_that_breaks_off_goes_on(place: Hackathon, after: int) -> None:
    """Wherever that is; what was deleted before is counted, and the event is over only when all of it is."""
    place.store.objects = {f"home/{each.person}/{n}": 10 for each in (place.ada, place.ben) for n in range(3)}
    place.store.fails_after = after
    await delete(place)
    assert place.people.events.details(place.event).deleted is None
    assert place.people.seats.of(place.event)

    place.store.fails_after = None
    await delete(place)

    assert place.store.objects == {}
    assert place.people.events.details(place.event).report == {"objects": 6, "bytes": 60, "accounts": 2, "teams": 2}


async def test_who_was_removed_before_leaves_nothing_either(place: Hackathon) -> None:
    """Their home is deleted with the others."""
    place.people.remove(place.ada.name)
    for owed in place.people.owed():
        place.people.settle(owed)
    place.store.objects = {f"home/{place.ada.person}/a": 1}

    await delete(place)

    assert place.store.objects == {}
    assert place.people.events.details(place.event).report["accounts"] == 2


async def test_no_account_is_kept_once_all_are_going(place: Hackathon) -> None:
    """It would be kept without what is in it."""
    for place.now in (NOW + timedelta(hours=1), NOW + timedelta(days=3)):
        await place.ends.look()

    with pytest.raises(PeopleError, match="Nobody has this account, or it lasts already."):
        place.people.seats.keep(place.event, 1)


async def test_what_is_written_while_it_is_deleted_is_deleted_too(place: Hackathon) -> None:
    """With keys from before."""
    place.store.objects = {f"team/{place.teams[0]}/a": 1}
    place.store.written_at_the_end = f"event/{place.event}/late"

    await delete(place)

    assert place.store.objects == {}


async def test_what_the_store_only_says_to_delete_is_not_deleted(place: Hackathon) -> None:
    """It is tried again, and the event does not say that all is gone."""
    place.store.objects = {f"team/{place.teams[0]}/a": 1}
    place.store.lies = True

    await delete(place)

    assert place.people.events.details(place.event).deleted is None


async def test_an_event_that_got_more_time_meanwhile_goes_on(place: Hackathon) -> None:
    """What was read of it before does not count."""
    other = place.people.events.add("Other", EventDetails(begins=NOW - timedelta(hours=2), ends=NOW))
    place.now = NOW + timedelta(minutes=30)
    details = place.people.events.details(other)
    place.ends._people = LongerMeanwhile(place.people, other, replace(details, ends=NOW + timedelta(days=1)))  # type: ignore[assignment]

    await place.ends.look()

    assert place.people.events.details(other).closed is None


async def test_one_event_that_fails_lets_the_others_go_on(place: Hackathon, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever it is."""
    other = place.people.events.add("Other", EventDetails(begins=NOW - timedelta(hours=2), ends=NOW))
    place.hub.fault = KeyError("somebody")
    place.now = NOW + timedelta(hours=2)

    await place.ends.look()

    assert place.people.events.details(other).closed is not None
    assert "cannot be ended now; the others go on" in caplog.text


async def test_nothing_is_deleted_as_long_as_the_hub_has_something_to_do(place: Hackathon) -> None:
    """A server that still runs would write it again."""
    place.store.objects = {f"home/{place.ada.person}/a": 1}
    for place.now in (NOW + timedelta(days=1), NOW + timedelta(days=3)):
        await place.ends.look()

    assert place.store.objects
    assert {owed.name for owed in place.people.owed()} == {place.ada.name, place.ben.name}
    place.settle()
    await place.ends.look()
    assert place.store.objects == {}


async def test_a_hub_that_is_away_lets_the_other_events_go_on(place: Hackathon) -> None:
    """An event without people needs no hub; the first is ended at the next look."""
    other = place.people.events.add("Other", EventDetails(begins=NOW - timedelta(hours=2), ends=NOW))
    place.hub.is_away = True
    place.now = NOW + timedelta(hours=2)

    await place.ends.look()

    assert place.people.events.details(other).closed is not None
    place.hub.is_away = False
    place.hub.running = {place.ada.name: "running"}
    await place.ends.look()
    assert place.hub.running == {}
