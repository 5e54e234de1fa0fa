"""Which places are of an event, for its limit of storage and for its end."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from sardonyx_services.credentials.event_places import chosen_limit, prefixes_of
from sardonyx_services.credentials.revocation import Person
from sardonyx_services.people.errors import AwayError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.store import PeopleStore

NOW = datetime.now(UTC)


@pytest.fixture
def event(people: PeopleStore) -> str:
    """The id of an event with teams of two and one, and a third account without a team."""
    made = people.events.add(
        "Health data", EventDetails(begins=NOW - timedelta(hours=1), ends=NOW + timedelta(hours=1))
    )
    people.seats.add(made, 1, lambda number: f"code-{number}", most=10, teams=[("Blue", 2), ("Red", 1)])
    return made


def came_in(people: PeopleStore, number: int) -> str:
    """Let somebody take an account; return their id."""
    entry = people.entries.by_code(f"code-{number}", "")
    return entry.person


def reached(people: PeopleStore, person: str, *, is_temporary: bool) -> dict[str, str]:
    """Return somebody's places, with the event that each is of."""
    who = Person(person, memberships=people.groups.of(person), is_temporary=is_temporary)
    return {place.prefix: place.event for place in who.places(NOW)}


def test_an_event_is_its_own_place_its_teams_and_the_accounts_that_end_with_it(people: PeopleStore, event: str) -> None:
    """Not an account that was made a lasting one, nor one that nobody has taken."""
    ada, ben = came_in(people, 1), came_in(people, 2)
    people.seats.keep(event, 2)

    teams = [f"team/{team.id}/" for team in people.seats.teams(event)]
    assert set(prefixes_of(people, f"event/{event}/")) == {f"event/{event}/", *teams, f"home/{ada}/"}
    assert len(teams) == 2
    assert f"home/{ben}/" not in prefixes_of(people, f"event/{event}/")


def test_whatever_is_no_event_is_its_own_place_alone(people: PeopleStore, event: str) -> None:
    """A team of an event, too; and of an event that is not there, nothing else is found."""
    team = people.seats.teams(event)[0].id

    for whole in (f"team/{team}/", "home/d6my4m4v5pjzf9ru/", "class/7mw2kfqd/", "event/zzzz2345/"):
        assert prefixes_of(people, whole) == (whole,)


def test_whose_account_ends_with_an_event_has_all_of_their_data_in_it(people: PeopleStore, event: str) -> None:
    """Their own and that of their team."""
    ben = came_in(people, 2)
    team = people.seats.of(event)[1].team

    assert reached(people, ben, is_temporary=True) == {
        f"home/{ben}/": event,
        f"team/{team}/": event,
        f"event/{event}/shared/": "",
        "public/": "",
    }


def test_whose_account_lasts_has_only_that_of_their_team_in_it(people: PeopleStore, event: str) -> None:
    """What is their own is not the event's to limit."""
    team = people.seats.of(event)[1].team
    kim = people.signed_in("test", "kim", "kim").id
    people.groups.join(event, kim, "participant")
    people.groups.join(team, kim, "member")

    places = reached(people, kim, is_temporary=False)
    assert (places[f"home/{kim}/"], places[f"team/{team}/"]) == ("", event)


async def test_the_limit_that_organisers_chose_is_looked_up_for_events_alone(people: PeopleStore) -> None:
    """Nobody chooses one for a class, a team or a person."""
    event = people.events.add("Hackathon", EventDetails(NOW, NOW + timedelta(days=1), storage="1G"))

    assert await chosen_limit(people, f"event/{event}/") == 1 << 30
    for whole in (f"class/{event}/", f"team/{event}/", f"home/{event}/", "event/nothing2/"):
        assert await chosen_limit(people, whole) is None


async def test_a_database_that_is_away_is_said_as_a_store_that_is(
    people: PeopleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at again, and what was chosen stays."""

    def away(_event: str) -> int:
        raise AwayError

    monkeypatch.setattr(people.events, "storage_bytes", away)

    with pytest.raises(OSError, match=re.escape(AwayError().message)):
        await chosen_limit(people, "event/abcd2345/")
