"""Who wants nothing to be kept of them: removed at once, erased a day later, and nobody else loses anything."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from support.ends import FakeStore

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.database import Place
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.invitations import Invitation
from sardonyx_services.people.models import HOME, LET_GO
from sardonyx_services.people.records import Owed
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.clearer import Clearer
from sardonyx_services.people.web.kept.erasures import Erasures


class School:
    """A place with a class, in which Amina and Bob have handed in something."""

    def __init__(self, people: PeopleStore) -> None:
        self.people, self.store, self.now = people, FakeStore(), datetime.now(UTC)
        self.amina = people.signed_in("university", "subject-1", "amina", full_name="Amina B.", mail="a@example.org").id
        self.bob = people.add_account("bob", "").id
        self.course = people.groups.add("class", "Statistics")
        for person in (self.amina, self.bob):
            people.groups.join(self.course, person, "student")
        people.actions.add(self.bob, "help", self.course, whom=(self.amina,))
        self.hers = {f"home/{self.amina}/a": 1, f"class/{self.course}/hand-in/{self.amina}/a": 1}
        self.others = {
            f"home/{self.bob}/a": 1,
            f"class/{self.course}/hand-in/{self.bob}/a": 1,
            f"home/{self.amina}x/a": 1,
        }
        self.store.objects = {**self.hers, **self.others}
        self.erasures = Erasures(people, Clearer(self.store), lambda: self.now)  # type: ignore[arg-type]  # as it is

    async def look(self, times: int = 3) -> None:
        """Look, and let the hub do what it owes after each look."""
        for _time in range(times):
            await self.erasures.look()
            for owed in self.people.owed():
                self.people.settle(owed)


@pytest.fixture
def place(people_place: Place) -> Iterator[School]:
    """What is tried, in both kinds of database."""
    store = PeopleStore(people_place)
    yield School(store)
    store.close()


async def test_somebody_is_removed_at_once_and_erased_a_day_later(place: School) -> None:
    """Their home before the store; what is left says nothing of who they were."""
    when = place.people.erasure.want("amina")
    assert timedelta(hours=23) < when - place.now < timedelta(hours=25)
    assert place.people.by_name("amina") is None
    assert place.people.owed() == [Owed(place.amina, "amina", LET_GO)]
    await place.look()
    assert place.store.objects == {**place.hers, **place.others}

    place.now += timedelta(days=1, minutes=1)
    await place.erasures.look()
    assert place.people.owed() == [Owed(place.amina, "amina", HOME)]
    assert place.store.asked == []
    await place.look()

    assert place.store.objects == place.others
    known = place.people.personal.of(place.amina)
    assert known["name"] == f"erased-{place.amina}"
    assert "amina" not in json.dumps(known).replace(place.amina, "").lower()
    assert (known["memberships"], known["subject"], known["mail"]) == ([], "", "")
    assert place.people.actions.of("")[0].what == "erase"


async def test_who_was_meant_to_be_somebody_else_comes_back_within_the_day(place: School) -> None:
    """With all that is theirs."""
    place.people.erasure.want("amina")
    await place.look()
    assert place.people.readmit("amina").id == place.amina

    place.now += timedelta(days=2)
    await place.look()

    assert place.store.objects == {**place.hers, **place.others}
    assert place.people.by_name("amina") is not None


async def test_who_is_half_erased_does_not_come_back(place: School) -> None:
    """They would have lost their home."""
    place.people.erasure.want("amina")
    await place.look()
    place.now += timedelta(days=2)
    await place.erasures.look()

    with pytest.raises(PeopleError, match="All that “amina” had here is being deleted. Make a new account."):
        place.people.readmit("amina")


async def test_who_comes_back_while_it_begins_keeps_their_home(place: School) -> None:
    """Whichever comes first: somebody who lives here owes no home."""
    place.people.erasure.want("amina")
    await place.look()
    place.now += timedelta(days=2)
    assert place.people.readmit(place.amina).name == "amina"

    assert not place.people.erasure.begin(place.amina, place.now)

    assert place.people.owed() == []
    place.people.erasure.want("amina")
    for owed in place.people.owed():
        place.people.settle(owed)
    place.people.erasure.begin(place.amina, place.now)
    with pytest.raises(PeopleError, match="All that “amina” had here is being deleted"):
        place.people.readmit(place.amina)
    assert place.people.by_name("amina") is None


async def test_an_erasure_is_taken_back_also_where_the_name_is_somebody_elses_by_now(place: School) -> None:
    """They stay removed, and nothing is deleted."""
    place.people.erasure.want("amina")
    await place.look()
    place.people.add_account("amina", "")

    with pytest.raises(PeopleError, match="There is another “amina” here by now. .* What the first had is kept."):
        place.people.readmit(place.amina)

    place.now += timedelta(days=2)
    await place.look()
    assert place.store.objects == {**place.hers, **place.others}


async def test_nothing_is_deleted_as_long_as_the_hub_has_something_to_do(place: School) -> None:
    """A server that still runs would write it again."""
    place.people.erasure.want("amina")
    place.now += timedelta(days=2)

    await place.erasures.look()
    await place.erasures.look()

    assert place.people.owed() == [Owed(place.amina, "amina", LET_GO)]
    assert place.store.objects == {**place.hers, **place.others}


@pytest.mark.parametrize("after", range(3))
async def test_an_erasure_that_breaks_off_goes_on(place: School, after: int) -> None:
    """Wherever that is; they are not called erased before all of it is gone."""
    place.store.fails_after = after
    place.people.erasure.want("amina")
    await place.look()
    place.now += timedelta(days=2)
    await place.look()
    is_done = place.people.personal.of(place.amina)["name"] != "amina"
    assert is_done is (after == 2)

    place.store.fails_after = None
    await place.look()

    assert place.store.objects == place.others
    assert place.people.personal.of(place.amina)["name"] == f"erased-{place.amina}"


async def test_what_is_of_a_class_whose_data_is_gone_is_not_asked_for(place: School) -> None:
    """There is nothing there any more."""
    place.people.classes.change(place.course, ClassDetails(after_end="delete", exporting=False))
    place.people.groups.end(place.course)
    assert place.people.class_removal.begin(place.course, place.now + timedelta(days=2))
    place.people.class_removal.finish(place.course)

    assert place.people.erasure.prefixes(place.amina) == (f"home/{place.amina}/",)


def test_who_was_removed_before_is_erased_by_their_id(place: School) -> None:
    """Their name may be somebody else's by now."""
    place.people.remove("bob")
    other = place.people.add_account("bob", "").id

    place.people.erasure.want(place.bob)

    assert place.people.by_id(other) is not None
    assert place.people.erasure.due(place.now + timedelta(days=2)) == [place.bob]


def test_who_cannot_be_erased_is_said(place: School) -> None:
    """Nobody, somebody twice, and accounts that end with their event."""
    now = datetime.now(UTC)
    event = place.people.events.add("Day", EventDetails(begins=now - timedelta(hours=1), ends=now + timedelta(hours=1)))
    place.people.seats.add(event, 1, str, most=9, teams=[])
    seat = place.people.entries.by_code("1", "Ada")
    place.people.erasure.want("amina")

    for who, said in (
        ("nobody", "There is nobody called “nobody” here, and nobody with that id."),
        (place.amina, f"{place.amina} is being erased already."),
        (seat.name, f"“{seat.name}” is an account of an event: it is erased with the event."),
    ):
        with pytest.raises(PeopleError) as caught:
            place.people.erasure.want(who)
        assert caught.value.message == said


async def test_invitations_of_somebody_go_with_them(place: School) -> None:
    """By the name that they had, and by an address that is theirs; not those of whoever is called so later."""
    people = place.people
    people.signed_in("university", "subject-1", "amina", mail="a@example.org", mail_is_verified=True)
    course = people.groups.add("class", "Geometry")
    people.invitations.invite(course, [Invitation(who, "student") for who in ("amina", "a@example.org", "bob", "cem")])
    known = people.personal.of(place.amina)
    assert known["mail_is_verified"]
    assert [(each["class"], each["name"]) for each in known["invitations"]] == [
        (course, "a@example.org"),
        (course, "amina"),
    ]

    people.erasure.want("amina")
    later = people.groups.add("class", "Algebra")
    people.invitations.invite(later, [Invitation(who, "student") for who in ("amina", "a@example.org")])
    place.now += timedelta(days=2)
    await place.look()

    assert [each.who for each in people.invitations.of(course)] == ["bob", "cem"]
    assert [each.who for each in people.invitations.of(later)] == ["amina"]
    assert people.personal.of(place.amina)["invitations"] == []


def test_what_is_known_of_somebody_is_all_there_and_nothing_of_others(place: School) -> None:
    """No secret either."""
    place.people.one_time_links.replace(place.amina, "a" * 64, 60)

    known = place.people.personal.of(place.amina)

    assert known["full_name"] == "Amina B."
    assert [(each["title"], each["role"]) for each in known["memberships"]] == [("Statistics", "student")]
    assert [(each["what"], each["by_them"], each["to_them"]) for each in known["actions"]] == [("help", False, True)]
    said = json.dumps(known)
    assert place.bob not in said
    assert "a" * 64 not in said
    assert place.people.personal.of("zzzzzzzz") == {}
