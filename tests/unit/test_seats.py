"""The accounts of an event before, while and after somebody has them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.models import SIGN_OUT
from sardonyx_services.people.records import Owed
from sardonyx_services.people.seat_codes import SeatCodes
from sardonyx_services.people.seats import Seat
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.events.new_seats import Again, NewSeats, Wanted, as_many_again

NOW = datetime.now(UTC)
ON = EventDetails(begins=NOW - timedelta(hours=1), ends=NOW + timedelta(hours=1))


@pytest.fixture
def event(people: PeopleStore) -> str:
    """The id of an event with two teams of two, and one account of no team; the code of each is kept as "1-1"."""
    made = people.events.add("Health data", ON)
    people.seats.add(made, 1, lambda number: f"{number}-1", most=10, teams=[("Blue", 2), ("Red", 2)])
    return made


def test_accounts_of_no_team_come_first_then_each_team(people: PeopleStore, event: str) -> None:
    """By number, as they are on the cards."""
    titles = {team.id: team.title for team in people.seats.teams(event)}

    assert [titles.get(seat.team, "") for seat in people.seats.of(event)] == ["", "Blue", "Blue", "Red", "Red"]
    assert [seat.number for seat in people.seats.of(event)] == [1, 2, 3, 4, 5]


def test_more_are_added_behind_those_that_there_are(people: PeopleStore, event: str) -> None:
    """Cards that are printed already stay good."""
    people.seats.add(event, 2, lambda number: f"{number}-1", most=10)

    assert [seat.number for seat in people.seats.of(event)] == [*range(1, 8)]


@pytest.mark.parametrize("count", [0, 6])
def test_no_more_than_the_operator_allows(people: PeopleStore, event: str, count: int) -> None:
    """None is made then, and it is said how many there are."""
    with pytest.raises(PeopleError) as caught:
        people.seats.add(event, count, lambda number: f"{number}-1", most=10)

    assert caught.value.message == "An event has 1 to 10 accounts here; this one has 5."
    assert len(people.seats.of(event)) == 5


@pytest.mark.parametrize("title", ["", " \t ", "x" * 81, "a\x00b"])
def test_a_team_is_called_something(people: PeopleStore, event: str, title: str) -> None:
    """That fits on a card."""
    team = people.seats.teams(event)[0]

    with pytest.raises(PeopleError, match="A team needs a name, of 80 characters at most."):
        people.seats.rename_team(event, team.id, title)

    people.seats.rename_team(event, team.id, "  The  Owls ")
    assert "The Owls" in {each.title for each in people.seats.teams(event)}


def test_a_team_of_another_event_is_none_of_this_one(people: PeopleStore, event: str) -> None:
    """Whoever leads one event renames nothing in others."""
    other = people.events.add("Other", ON)

    with pytest.raises(PeopleError, match="There is no such team in this event."):
        people.seats.rename_team(other, people.seats.teams(event)[0].id, "Mine")


def test_another_card_makes_the_first_one_worth_nothing(people: PeopleStore, event: str) -> None:
    """Whoever has the account keeps it."""
    came = people.entries.by_code("2-1", "Ada")

    assert people.seats.renew(event, 2, lambda code_round: f"2-{code_round}") == came.person

    with pytest.raises(PeopleError, match="This code is not good, or its event is not on now."):
        people.entries.by_code("2-1", "Eve")
    assert people.entries.by_code("2-2", "") == came


def test_nobody_is_signed_out_by_another_card_for_an_account_that_nobody_has(people: PeopleStore, event: str) -> None:
    """Its card lets them in when they come."""
    assert people.seats.renew(event, 2, lambda code_round: f"2-{code_round}") == ""

    assert people.owed() == []
    assert people.entries.by_code("2-2", "Ada").event == event


def test_there_is_no_card_for_an_account_that_is_none(people: PeopleStore, event: str) -> None:
    """It is said so."""
    with pytest.raises(PeopleError, match="There is no such account in this event."):
        people.seats.renew(event, 99, str)


def test_who_signs_in_with_a_card_that_was_found_is_signed_out(people: PeopleStore, event: str) -> None:
    """When there is another card for its account."""
    came = people.entries.by_code("2-1", "Eve")

    people.seats.renew(event, 2, str)

    assert people.owed() == [Owed(came.person, came.name, SIGN_OUT)]


def test_there_is_no_card_for_who_was_removed(people: PeopleStore, event: str) -> None:
    """It would let nobody in."""
    people.remove(people.entries.by_code("2-1", "Eve").name)

    with pytest.raises(PeopleError, match="This account was removed by the people who run this place."):
        people.seats.renew(event, 2, str)


def test_an_account_that_lasts_is_of_this_place(people: PeopleStore, event: str) -> None:
    """With its name; its card lets nobody in any more, and it writes on in its own place when the event is over."""
    came = people.entries.by_code("1-1", "Ada")
    assert [each.writes_until for each in people.groups.of(came.person)] == [ON.ends]

    assert people.seats.keep(event, 1) == came.person

    with pytest.raises(PeopleError, match="This code is not good, or its event is not on now."):
        people.entries.by_code("1-1", "")
    kept = people.by_id(came.person)
    assert kept is not None
    assert (kept.name, kept.full_name, kept.is_temporary) == ("health-data-1", "Ada", False)
    assert [each.writes_until for each in people.groups.of(came.person)] == [None]


def test_whose_account_lasts_gets_another_link_until_they_have_a_password(people: PeopleStore, event: str) -> None:
    """The first one is good for a day."""
    came = people.entries.by_code("1-1", "Ada")

    assert people.seats.keep(event, 1) == people.seats.keep(event, 1) == came.person
    people.set_password(came.name, "hash")
    with pytest.raises(PeopleError, match="Nobody has this account, or it lasts already."):
        people.seats.keep(event, 1)


@pytest.mark.parametrize("number", [1, 99])
def test_only_an_account_that_somebody_has_can_last(people: PeopleStore, event: str, number: int) -> None:
    """It is said so."""
    with pytest.raises(PeopleError, match="Nobody has this account, or it lasts already."):
        people.seats.keep(event, number)


@pytest.mark.usefixtures("event")
def test_an_account_of_an_event_is_in_nothing_else(people: PeopleStore) -> None:
    """Neither by a link of a class nor by its roster."""
    came = people.entries.by_code("1-1", "Ada")
    course = people.groups.add("class", "Statistics")

    with pytest.raises(PeopleError) as caught:
        people.groups.join(course, came.person, "student")

    assert caught.value.message == "health-data-1 has an account of an event, which is for that event only."


def test_nothing_is_added_to_an_event_that_is_over(people: PeopleStore, event: str) -> None:
    """No accounts, and no cards."""
    people.events.close(event, NOW, early=True)

    for change in (
        lambda: people.seats.add(event, 1, str, most=10),
        lambda: people.seats.renew(event, 1, str),
        lambda: people.seats.rename_team(event, people.seats.teams(event)[0].id, "x"),
    ):
        with pytest.raises(PeopleError, match="There is no such event, or it has ended."):
            change()


def numbered(*teams: str) -> list[Seat]:
    """Return accounts of these teams; "" = of none."""
    return [Seat("e", number, team, 1, None, None, 0, is_kept=False) for number, team in enumerate(teams, start=1)]


@pytest.mark.parametrize(
    ("teams", "room", "again"),
    [
        pytest.param(("", "", "a", "a", "b"), 100, Again(2, (2, 1)), id="all of them"),
        pytest.param(("", "", "a", "a", "b"), 4, Again(1, (2, 1)), id="whole teams first"),
        pytest.param(("a", "a", "a", "b"), 2, Again(0, (1,)), id="no half team"),
        pytest.param(("", ""), 0, Again(), id="no room"),
        pytest.param((), 10, Again(), id="of nothing"),
    ],
)
def test_as_many_again_are_in_teams_of_the_same_sizes(teams: tuple[str, ...], room: int, again: Again) -> None:
    """As far as there is room for them."""
    assert as_many_again(numbered(*teams), room) == again


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        pytest.param(Wanted(team_size=4), "Say how many accounts you want.", id="none"),
        pytest.param(Wanted(accounts=21), "An event has 1 to 20 accounts here.", id="too-many"),
        pytest.param(Wanted(teams=2), "A team has 1 to 100 people.", id="empty-teams"),
        pytest.param(Wanted(accounts=-1), "A team has 1 to 100 people.", id="no-number"),
    ],
)
def test_accounts_that_cannot_be_made_are_refused_with_the_reason(
    people: PeopleStore, wanted: Wanted, said: str
) -> None:
    """Of a new event, and more of one that there is."""
    with pytest.raises(RefusedError) as caught:
        NewSeats(people, SeatCodes(b"secret"), 20).check(wanted)

    assert caught.value.message == said


def test_doubling_makes_as_many_teams_again_and_is_not_done_twice_by_mistake(people: PeopleStore, event: str) -> None:
    """Those that there are stay; a second click on the same page is refused."""
    seats = NewSeats(people, SeatCodes(b"secret"), 20)
    assert seats.double(event, 5) == 5

    sizes = Counter(seat.team for seat in people.seats.of(event))
    assert sorted(sizes.values()) == [2, 2, 2, 2, 2]
    assert sizes[""] == 2
    assert {team.title for team in people.seats.teams(event)} == {"Blue", "Red", "Team 3", "Team 4"}
    with pytest.raises(PeopleError, match="There are 10 accounts by now. Look at them before you make more."):
        seats.double(event, 5)
    assert seats.double(event, None) == 10
    with pytest.raises(PeopleError, match="An event has 1 to 20 accounts here; this one has 20."):
        seats.double(event, None)
