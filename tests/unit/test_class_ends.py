"""How classes come to their end: told in time, stopped, closed, and deleted only where and when that is wanted."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from support.ends import FakeHub, FakeStore

from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.models import GroupRow
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.ends import ClassEnds
from sardonyx_services.people.web.clearer import Clearer
from sardonyx_services.people.web.hub import Server
from sardonyx_services.people.web.volumes import VolumeStaysError

LAST_DAY = date(2027, 10, 31)
OVER = datetime(2027, 10, 31, 23, 0, tzinfo=UTC)
"""Midnight in Paris after the last day, which has 25 hours."""
CLOSES = datetime(2027, 12, 14, 23, 0, tzinfo=UTC)
AUTUMN = ClassDetails(
    profile="python", last_day=LAST_DAY, zone="Europe/Paris", kept_days=44, after_end="delete", exporting=False
)
"""What is copied before that is tried in test_exports.py."""


class Course:
    """A place with a class in which Amina and Bob have a server, and Cem one of his own."""

    def __init__(self, people: PeopleStore) -> None:
        self.people, self.hub, self.store, self.now = people, FakeHub(), FakeStore(), OVER - timedelta(days=1)
        self.id = people.groups.add("class", "Statistics")
        people.classes.change(self.id, AUTUMN)
        for name in ("amina", "bob", "cem"):
            people.groups.join(self.id, people.add_account(name, "").id, "student")
        people.languages.choose("bob", "fr")
        self.hub.running = {"amina": "running", "bob": "starting", "cem": "running"}
        self.hub.profiles = {"amina": f"class-{self.id}", "bob": f"class-{self.id}", "cem": "python"}
        self.clearer = Clearer(self.store)  # type: ignore[arg-type]  # as it is
        self.ends = ClassEnds(people, self.hub, self.clearer, "en", lambda: self.now)  # type: ignore[arg-type]  # the same

    async def look(self) -> None:
        """Do what it is time for."""
        await self.ends.look()

    @property
    def is_open(self) -> bool:
        """Whether its people reach its data."""
        return self.people.groups.get("class", self.id).ended is None

    def end(self) -> None:
        """End it by hand, and let two days pass, by its own clock."""
        self.people.groups.end(self.id)
        self.now = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture
def place(people_place: Place) -> Iterator[Course]:
    """What is tried, in both kinds of database."""
    store = PeopleStore(people_place)
    yield Course(store)
    store.close()


async def test_who_is_there_is_told_in_time_and_once(place: Course) -> None:
    """An hour before and ten minutes before, in their language; who has another server is not."""
    place.hub.running["bob"] = "running"
    for before in (61, 60, 59, 11, 10, 9, 1):
        place.now = OVER - timedelta(minutes=before)
        await place.look()

    stays = "and this server stops then. What is saved in your home stays yours."
    reste = "et ce serveur s’arrête alors. Ce qui est enregistré dans votre dossier personnel reste à vous."
    assert sorted(place.hub.said) == [
        ("amina", f"Statistics: The class is over in 10 minutes, {stays}"),
        ("amina", f"Statistics: The class is over in 60 minutes, {stays}"),
        ("bob", f"Statistics: Le cours se termine dans 10 minutes, {reste}"),
        ("bob", f"Statistics: Le cours se termine dans 60 minutes, {reste}"),
    ]
    assert len(place.hub.running) == 3


async def test_a_last_day_that_was_moved_is_told_anew(place: Course) -> None:
    """For the day that counts now."""
    place.now = OVER - timedelta(minutes=5)
    await place.look()
    details = place.people.classes.details(place.id)
    place.people.classes.change(place.id, replace(details, last_day=LAST_DAY + timedelta(days=1)))
    await place.look()
    assert len(place.hub.said) == 1

    place.now += timedelta(days=1)
    await place.look()

    assert [name for name, _said in place.hub.said] == ["amina", "amina"]


async def test_at_the_end_of_the_last_day_its_servers_stop_and_others_run_on(place: Course) -> None:
    """Also one that starts just then. Its data is still read."""
    place.now = OVER
    await place.look()

    assert place.hub.running == {"cem": "running"}
    assert place.is_open


async def test_a_class_that_was_ended_by_hand_has_no_servers_either(place: Course) -> None:
    """Whatever its days are."""
    place.people.groups.end(place.id)
    await place.look()

    assert place.hub.running == {"cem": "running"}


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        pytest.param(CLOSES - timedelta(seconds=1), True, id="the last second of 44 days"),
        pytest.param(CLOSES, False, id="midnight in Paris after them"),
    ],
)
async def test_a_class_ends_by_itself_some_days_after_its_last_one(
    place: Course,
    now: datetime,
    is_open: bool,  # noqa: FBT001 - pytest passes by name
) -> None:
    """As many as were wanted; that is written down, and nothing is ended twice."""
    forever = place.people.groups.add("class", "For ever")
    place.people.class_removal.decide(place.id, "keep")
    place.now = now

    await place.look()
    await place.look()

    assert place.is_open is is_open
    assert [action.what for action in place.people.actions.of(place.id)] == ["close"] * (not is_open)
    assert place.people.groups.get("class", forever).ended is None


async def test_its_data_is_deleted_a_day_later_and_nothing_else(place: Course) -> None:
    """It is said how much that was, and when."""
    other = place.people.groups.add("class", "Other")
    person = place.people.by_name("amina")
    assert person is not None
    theirs = {f"class/{other}/shared/a": 1, f"home/{person.id}/a": 1, f"class/{place.id}x/a": 1}
    of_it = {f"class/{place.id}/hand-in/{person.id}/{n}": 10 for n in range(5)} | {f"class/{place.id}/shared/a": 7}
    place.store.objects = {**theirs, **of_it}
    place.people.groups.end(place.id)
    place.now = datetime.now(UTC) + timedelta(hours=23)
    await place.look()
    assert place.store.objects == {**theirs, **of_it}

    place.now += timedelta(hours=2)
    await place.look()
    await place.look()

    assert place.store.objects == theirs
    details = place.people.classes.details(place.id)
    assert (details.report, details.deleted is not None) == ({"objects": 6, "bytes": 57}, True)
    assert [each.what for each in place.people.actions.of(place.id) if each.who == OPERATOR] == ["class-delete"]
    counts_and_deletes = 2
    assert place.store.asked == [{"group": place.id, "prefix": f"class/{place.id}/"}] * counts_and_deletes


async def test_nothing_is_deleted_of_a_class_whose_data_is_kept(place: Course) -> None:
    """Also when that was decided after its end."""
    place.store.objects = {f"class/{place.id}/shared/a": 7}
    place.end()
    place.people.class_removal.decide(place.id, "keep")

    await place.look()

    assert place.store.objects
    assert place.store.asked == []


async def test_who_decides_long_after_the_end_has_a_day_to_change_their_mind(place: Course) -> None:
    """As of a class that was kept for a year."""
    place.store.objects = {f"class/{place.id}/shared/a": 7}
    place.people.class_removal.decide(place.id, "keep")
    place.people.groups.end(place.id)
    with place.people._session() as session:
        session.get(GroupRow, place.id).ended = datetime(2026, 1, 1)  # type: ignore[union-attr]  # noqa: DTZ001 - as the tables have it
    place.people.class_removal.decide(place.id, "delete")
    place.now = datetime.now(UTC) + timedelta(hours=23)
    await place.look()
    assert place.store.objects

    place.now += timedelta(hours=2)
    await place.look()

    assert place.store.objects == {}


async def test_a_class_that_got_more_days_meanwhile_goes_on(place: Course) -> None:
    """What was read of it before does not count."""
    place.now = CLOSES
    later = replace(place.people.classes.details(place.id), last_day=LAST_DAY + timedelta(days=99))
    read = place.people.classes.of_many

    def of_many(groups: Sequence[str]) -> dict[str, ClassDetails]:
        found = read(groups)
        place.people.classes.change(place.id, later)
        return found

    place.people.classes.of_many = of_many  # type: ignore[method-assign]
    await place.ends.end_what_is_over()

    assert place.is_open


async def test_a_server_of_ones_own_is_not_stopped_for_that_of_a_class_before_it(place: Course) -> None:
    """The list of servers may be old when somebody's turn comes."""
    place.now, looked = OVER, []
    servers = place.hub.servers

    async def changing() -> list[Server]:
        looked.append(1)
        if len(looked) > 1:
            place.hub.profiles["bob"] = "python"
        return await servers()

    place.hub.servers = changing  # type: ignore[method-assign]
    await place.look()

    assert place.hub.running == {"bob": "starting", "cem": "running"}


async def test_one_server_that_does_not_stop_keeps_no_other(place: Course, caplog: pytest.LogCaptureFixture) -> None:
    """Nor those from a word who have to be told of another class."""
    other = place.people.groups.add("class", "Other")
    place.people.classes.change(other, replace(AUTUMN, last_day=LAST_DAY + timedelta(days=1)))
    place.now = OVER + timedelta(hours=23, minutes=30)
    place.hub.running["dora"], place.hub.profiles["dora"] = "running", f"class-{other}"
    place.hub.stuck.add("amina")

    await place.look()

    assert place.hub.running == {"amina": "running", "cem": "running", "dora": "running"}
    assert [name for name, _said in place.hub.said] == ["dora"]
    assert "Classes cannot be brought to their end just now: The hub does not answer now." in caplog.text


async def test_its_servers_stop_beside_each_other(place: Course) -> None:
    """Each takes its seconds: in a row those of a large class would be there for many minutes after its end."""
    both = asyncio.Barrier(2)

    async def stop(name: str, _why: object, _server: str) -> None:
        await asyncio.wait_for(both.wait(), 5)
        del place.hub.running[name]

    place.hub.stop = stop  # type: ignore[method-assign,assignment]  # as much as is asked of it
    place.now = OVER

    await place.look()

    assert place.hub.running == {"cem": "running"}


async def test_a_class_without_a_profile_by_now_has_no_servers_after_its_end_either(place: Course) -> None:
    """They were started when it had one."""
    place.people.classes.change(place.id, replace(place.people.classes.details(place.id), profile=""))
    place.now = OVER
    await place.look()

    assert place.hub.running == {"cem": "running"}


async def test_what_is_being_deleted_cannot_be_kept_any_more(place: Course) -> None:
    """Half of it would be gone; that is said."""
    place.store.objects = {f"class/{place.id}/shared/{n}": 7 for n in range(5)}
    place.store.fails_after = 3
    place.end()
    await place.look()
    assert len(place.store.objects) in range(1, 5)

    with pytest.raises(PeopleError, match="The data of this class is being deleted, or is gone"):
        place.people.class_removal.decide(place.id, "keep")


@pytest.mark.parametrize("after", range(5))
async def test_a_deletion_that_breaks_off_goes_on(place: Course, after: int) -> None:
    """Wherever that is; what was deleted before is counted, and it is through only when all of it is gone."""
    place.store.objects = {f"class/{place.id}/shared/{n}": 10 for n in range(5)}
    place.store.fails_after = after
    place.end()
    await place.look()
    assert place.people.classes.details(place.id).deleted is None

    place.store.fails_after = None
    await place.look()

    assert place.store.objects == {}
    assert place.people.classes.details(place.id).report == {"objects": 5, "bytes": 50}


async def test_a_store_that_refuses_again_and_again_is_asked_ever_more_rarely(people_place: Place) -> None:
    """Each time keys are made and written down; the first tries follow closely, and a class that goes is asked no more."""
    people, now = PeopleStore(people_place), [0.0]
    place = Course(people)
    place.clearer = Clearer(place.store, lambda: now[0])  # type: ignore[arg-type]  # as it is
    place.ends = ClassEnds(people, place.hub, place.clearer, "en", lambda: place.now)  # type: ignore[arg-type]  # the same
    place.store.objects, place.store.lies = {f"class/{place.id}/shared/a": 10}, True
    place.end()

    for _minute in range(24 * 60):
        await place.ends.delete()
        now[0] += 60

    assert 25 <= len(place.store.asked) <= 40
    place.store.lies = False
    now[0] += 3600
    await place.ends.delete()
    assert place.store.objects == {}
    assert not place.clearer.is_resting(place.id)
    people.close()


async def test_its_volume_goes_with_its_data_and_all_is_tried_again_while_the_cluster_is_away(place: Course) -> None:
    """It is said to be deleted when the volume is, too; a class whose data is kept keeps its volume."""
    kept, deleted, is_away = place.people.groups.add("class", "Kept"), list[tuple[str, str]](), True
    place.people.classes.change(kept, replace(AUTUMN, after_end="keep"))
    place.people.groups.end(kept)

    def remove(kind: str, group: str) -> None:
        if is_away:
            raise VolumeStaysError
        deleted.append((kind, group))

    place.clearer = Clearer(place.store, lambda: 0.0, remove)  # type: ignore[arg-type]  # as it is
    place.ends = ClassEnds(place.people, place.hub, place.clearer, "en", lambda: place.now)  # type: ignore[arg-type]  # the same
    place.store.objects = {f"class/{place.id}/shared/a": 10}
    await place.look()
    place.end()
    await place.look()
    assert (place.store.objects, place.people.classes.details(place.id).deleted) == ({}, None)

    is_away = False
    await place.look()
    await place.look()

    assert deleted == [("class", place.id)]
    assert place.people.classes.details(place.id).deleted is not None


async def test_one_class_that_fails_lets_the_others_go_on(place: Course, caplog: pytest.LogCaptureFixture) -> None:
    """As where the store keeps what is of one."""
    place.store.objects, place.store.lies = {f"class/{place.id}/shared/a": 10}, True
    other = place.people.groups.add("class", "Other")
    place.people.classes.change(other, AUTUMN)
    place.end()
    place.people.groups.end(other)
    place.now += timedelta(minutes=1)

    await place.look()

    assert place.people.classes.details(place.id).deleted is None
    assert place.people.classes.details(other).deleted is not None
    assert "Classes cannot be brought to their end just now: The data store does not answer now" in caplog.text
