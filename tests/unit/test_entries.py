"""Who comes into an event, and when: by the code of a card, or by the one link."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sardonyx_services.people.entries import Entries, FullError, NoEntryError
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_details import USUAL_SIGN_INS, EventDetails
from sardonyx_services.people.store import PeopleStore

BEGINS = datetime(2026, 10, 24, 9, 0, tzinfo=UTC)
TWO_DAYS = EventDetails(begins=BEGINS, ends=BEGINS + timedelta(days=2), sharing=True)


@pytest.fixture
def event(people: PeopleStore) -> str:
    """The id of an event with a team of two, and two accounts of no team; the code of each is kept as its number."""
    made = people.events.add("Health data", TWO_DAYS)
    people.seats.add(made, 2, str, most=10, teams=[("Blue", 2)])
    return made


def new_code(number: int, code_round: int) -> str:
    """Return what is kept of another code for an account."""
    return f"{number}-{code_round}"


def entries(people: PeopleStore, moment: datetime = BEGINS + timedelta(hours=1)) -> Entries:
    """Return the ways in, as they are at a moment."""
    return Entries(people._session, lambda: moment)


def test_a_code_leads_into_the_same_account_each_time(people: PeopleStore, event: str) -> None:
    """The first time it is made; who comes again and says nothing is called as before."""
    first = entries(people).by_code("3", "Ada")
    again = entries(people).by_code("3", "")

    assert first == again
    assert (first.event, first.name) == (event, "health-data-3")
    person = people.by_id(first.person)
    assert person is not None
    assert (person.full_name, person.is_temporary) == ("Ada", True)
    team = people.seats.teams(event)[0].id
    assert {each.group for each in people.groups.of(first.person)} == {event, team}


@pytest.mark.parametrize(
    "moment",
    [BEGINS - timedelta(microseconds=1), BEGINS + timedelta(days=2), BEGINS + timedelta(days=400)],
    ids=["before", "at its end", "a year later"],
)
def test_a_code_is_good_in_its_window_only(people: PeopleStore, event: str, moment: datetime) -> None:
    """So is the link; nobody has an account after that."""
    with pytest.raises(NoEntryError):
        entries(people, moment).by_code("1", "")
    with pytest.raises(NoEntryError):
        entries(people, moment).by_link(event, 1, "", new_code)

    assert [seat.person for seat in people.seats.of(event)] == [None] * 4


def test_the_end_of_summer_time_makes_an_event_no_longer(people: PeopleStore) -> None:
    """From Saturday 18:00 to Sunday 18:00 in Paris these are 25 hours, in that night."""
    begins, ends = (
        datetime.fromisoformat(f"2026-10-{day}T18:00{zone}") for day, zone in ((24, "+02:00"), (25, "+01:00"))
    )
    event = people.events.add("One night", EventDetails(begins=begins, ends=ends, zone="Europe/Paris"))
    people.seats.add(event, 1, str, most=10)

    assert entries(people, datetime(2026, 10, 25, 16, 59, tzinfo=UTC)).by_code("1", "").event == event
    with pytest.raises(NoEntryError):
        entries(people, datetime(2026, 10, 25, 17, 0, tzinfo=UTC)).by_code("1", "")


def test_an_event_that_was_ended_lets_nobody_in(people: PeopleStore, event: str) -> None:
    """Also before the time at which it would have ended."""
    people.events.close(event, BEGINS, early=True)

    with pytest.raises(NoEntryError):
        entries(people).by_code("1", "")


def test_a_code_that_is_passed_around_ends(people: PeopleStore, event: str) -> None:
    """Another card lets its owner in again."""
    for _time in range(USUAL_SIGN_INS):
        entries(people).by_code("1", "")

    with pytest.raises(NoEntryError):
        entries(people).by_code("1", "")
    people.seats.renew(event, 1, lambda _round: "new")
    assert entries(people).by_code("new", "").name == "health-data-1"


def test_an_event_says_how_often_a_code_lets_somebody_in(people: PeopleStore, event: str) -> None:
    """The first time counts; what is said later holds at once, for cards that are printed, too."""
    details = people.events.change(event, replace(people.events.details(event), sign_ins=1))
    came = entries(people).by_code("1", "Ada")
    with pytest.raises(NoEntryError):
        entries(people).by_code("1", "")

    people.events.change(event, replace(details, sign_ins=2))

    assert entries(people).by_code("1", "") == came
    with pytest.raises(NoEntryError):
        entries(people).by_code("1", "")


def test_no_event_says_more_than_the_operator(people: PeopleStore, event: str) -> None:
    """Also one that said it when that was allowed."""
    people.events.change(event, replace(people.events.details(event), sign_ins=5))
    entries(people).by_code("1", "", most=2)
    entries(people).by_code("1", "", most=2)

    with pytest.raises(NoEntryError):
        entries(people).by_code("1", "", most=2)


@pytest.mark.usefixtures("event")
def test_why_a_code_is_not_good_is_not_said(people: PeopleStore) -> None:
    """Nobody learns by guessing which codes there are."""
    said = set()
    for code, moment in (("nothing", BEGINS), ("1", BEGINS - timedelta(days=1)), ("1", BEGINS + timedelta(days=9))):
        with pytest.raises(PeopleError) as caught:
            entries(people, moment).by_code(code, "")
        said.add(caught.value.message)

    assert len(said) == 1


def test_the_link_leads_each_into_another_account_until_none_is_left(people: PeopleStore, event: str) -> None:
    """Those with cards keep theirs; then it is said that it is full."""
    entries(people).by_code("1", "")
    names = [entries(people).by_link(event, 1, "", new_code).name for _time in range(3)]

    assert names == ["health-data-4", "health-data-3", "health-data-2"]
    with pytest.raises(FullError, match="All accounts of this event are taken. Ask its organisers for more."):
        entries(people).by_link(event, 1, "", new_code)


def test_the_card_of_an_account_that_the_link_gave_away_is_good_no_more(people: PeopleStore, event: str) -> None:
    """Or its owner would be in a stranger's home; who has it now has another code to come back."""
    came = entries(people).by_link(event, 1, "Ada", new_code)

    with pytest.raises(NoEntryError):
        entries(people).by_code("4", "")
    assert entries(people).by_code("4-2", "") == came


def test_many_at_once_get_one_account_each(people: PeopleStore, event: str) -> None:
    """Nobody is in another's."""

    def come(_number: int) -> str:
        try:
            return entries(people).by_link(event, 1, "", new_code).person
        except FullError:
            return ""

    with ThreadPoolExecutor(8) as pool:
        found = [person for person in pool.map(come, range(12)) if person]

    assert len(found) == len(set(found)) == 4


def test_one_code_in_two_phones_at_once_is_one_account(people: PeopleStore, event: str) -> None:
    """Made once."""
    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(lambda _number: entries(people).by_code("2", "").person, range(6)))

    assert len(found) == 1
    assert people.seats.of(event)[1].sign_ins == 6


def test_an_old_link_lets_nobody_in(people: PeopleStore, event: str) -> None:
    """Nor one of an event whose link is closed."""
    with pytest.raises(NoEntryError):
        entries(people).by_link(event, 2, "", new_code)
    assert entries(people).round_of(event) == 1

    details = people.events.details(event)
    people.events.change(event, EventDetails(begins=details.begins, ends=details.ends, changed=details.changed))

    assert entries(people).round_of(event) == 0
    with pytest.raises(NoEntryError):
        entries(people).by_link(event, 1, "", new_code)


def test_whose_name_somebody_has_already_is_called_otherwise(people: PeopleStore, event: str) -> None:
    """They are let in; nobody gets another's name."""
    people.add_account("health-data-1", "hash")

    assert entries(people).by_code("1", "").name == f"health-data-{event}-1"


@pytest.mark.usefixtures("event")
@pytest.mark.parametrize(
    ("said", "kept"), [("  Ada   Lovelace ", "Ada Lovelace"), ("x" * 200, "x" * 80), ("a\x07b", ""), ("<b>", "<b>")]
)
def test_a_name_is_kept_as_one_line(people: PeopleStore, said: str, kept: str) -> None:
    """Or not at all, if it cannot be shown."""
    person = people.by_id(entries(people).by_code("1", said).person)

    assert person is not None
    assert person.full_name == kept


@pytest.mark.usefixtures("event")
def test_who_was_removed_does_not_come_back_with_their_card(people: PeopleStore) -> None:
    """The organisers have another one for them."""
    people.remove(entries(people).by_code("1", "").name)

    with pytest.raises(NoEntryError):
        entries(people).by_code("1", "")


def test_codes_are_asked_for_as_long_as_one_could_be_good(people: PeopleStore, event: str) -> None:
    """Also before an event, since people look at their card early."""
    assert entries(people, BEGINS - timedelta(days=1)).is_any_on()
    assert not entries(people, BEGINS + timedelta(days=2)).is_any_on()
    people.events.close(event, BEGINS, early=True)
    assert not entries(people, BEGINS - timedelta(days=1)).is_any_on()
