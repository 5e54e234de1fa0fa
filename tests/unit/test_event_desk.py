"""What organisers cannot do, and how an event is said and filled in where clocks or its end are odd."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.events import EventDetails
from sardonyx_services.people.moments import moment_of
from sardonyx_services.people.seat_codes import SeatCodes
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.event_desk import EventDesk
from sardonyx_services.people.web.event_form import EventForm
from sardonyx_services.people.web.event_words import EventWords
from sardonyx_services.people.web.new_seats import NewSeats, Wanted
from sardonyx_services.people.web.seat import Caller, Level
from sardonyx_spawner.profiles import Profile

NOW = datetime.now(UTC)
DETAILS = EventDetails(begins=NOW - timedelta(hours=2), ends=NOW + timedelta(hours=1), profile="python")


@pytest.fixture
def desk(people: PeopleStore) -> EventDesk:
    """What is tried."""
    seats = NewSeats(people, SeatCodes(b"k" * 32), 200)
    profiles = [Profile("python", "Python"), Profile("both", "Both", collaboration=True)]
    return EventDesk(people, seats, profiles, EventRules())


def caller(people: PeopleStore, name: str) -> Caller:
    """Return a new organiser."""
    return Caller(people.add_account(name, "").id, name, may_make_events=True)


def test_an_event_does_not_end_in_the_past(people: PeopleStore, desk: EventDesk) -> None:
    """All of it would be deleted at once, for a mistyped day; neither a new one nor one that there is."""
    olga = caller(people, "olga")
    past = replace(DETAILS, ends=NOW - timedelta(minutes=1))
    with pytest.raises(RefusedError, match="The end of the event is over already. Look at its day and time."):
        desk.make(olga, "Health data", past, Wanted(accounts=1))
    event = desk.make(olga, "Health data", DETAILS, Wanted(accounts=1))

    with pytest.raises(RefusedError, match="The end of the event is over already. Look at its day and time."):
        desk.change(olga, event, "Health data", past)

    assert people.events.details(event).ends == DETAILS.ends


def test_of_two_organisers_who_take_each_other_out_one_is_left(people: PeopleStore, desk: EventDesk) -> None:
    """However close that is."""
    pair = [caller(people, "olga"), caller(people, "otto")]
    for _time in range(5):
        event = desk.make(pair[0], "Health data", DETAILS, Wanted(accounts=1))
        desk.set_organiser(pair[0], event, "otto", is_organiser=True)

        def take_out(of: tuple[Caller, str], event: str = event) -> str:
            try:
                desk.set_organiser(of[0], event, of[1], is_organiser=False)
            except RefusedError as error:
                return error.message
            return ""

        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(take_out, [(pair[0], "otto"), (pair[1], "olga")]))

        assert sum(not each for each in said) == 1, said
        assert len(people.groups.members(event)) == 1


def test_an_event_that_was_ended_before_its_beginning_is_shown(people: PeopleStore, desk: EventDesk) -> None:
    """It has no length of which a part could be over."""
    olga = caller(people, "olga")
    later = replace(DETAILS, begins=NOW + timedelta(hours=1), ends=NOW + timedelta(hours=2))
    event = desk.make(olga, "Health data", later, Wanted(accounts=1))

    desk.end(olga, event)

    assert EventWords().share(desk.seen(olga, event, Level.INSTRUCTOR)) == 100


def test_a_form_that_was_not_changed_moves_no_end() -> None:
    """Not by its seconds, and not by an hour in the night in which clocks are put back: 2:30 is twice in Paris then."""
    second = datetime(2026, 10, 25, 1, 30, 45, tzinfo=UTC)
    before = replace(DETAILS, begins=second - timedelta(days=1), ends=second, zone="Europe/Paris")
    form: dict[str, Any] = {"begins": "2026-10-24T03:30", "ends": "2026-10-25T02:30", "zone": "Europe/Paris"}

    assert EventForm(**form).details(before).ends == second
    assert EventForm(**{**form, "ends": "2026-10-25T02:31"}).details(before).ends != second


def test_an_hour_that_clocks_leave_out_is_refused() -> None:
    """It would be another one without a word."""
    with pytest.raises(PeopleError) as caught:
        moment_of("2026-03-29T02:30", "Europe/Paris")

    assert caught.value.message == "Clocks are put forward over 2026-03-29T02:30. Write an hour later."
    assert moment_of("2026-03-29T03:30", "Europe/Paris") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


TEAMS = Wanted(teams=1, team_size=2)


@pytest.mark.parametrize(
    ("profile", "wanted", "said"),
    [
        pytest.param("python", TEAMS, "In servers of “Python” nobody can work together", id="profile"),
        pytest.param("both", Wanted(accounts=2), "This event has no teams that could work in one server.", id="teams"),
    ],
)
def test_teams_work_in_one_server_where_that_can_be(
    people: PeopleStore, desk: EventDesk, profile: str, wanted: Wanted, said: str
) -> None:
    """Neither a new event nor one that there is says more than its profile and its accounts hold."""
    olga, details = caller(people, "olga"), replace(DETAILS, profile=profile)
    together = replace(details, team_servers=True)
    with pytest.raises(RefusedError, match=said):
        desk.make(olga, "Health data", together, wanted)
    event = desk.make(olga, "Health data", details, wanted)

    with pytest.raises(RefusedError, match=said):
        desk.change(olga, event, "Health data", together)

    assert not people.events.details(event).team_servers


def test_a_box_that_was_ticked_is_kept_and_shown_and_taken_away(people: PeopleStore, desk: EventDesk) -> None:
    """A browser says nothing of a box that is not ticked."""
    olga = caller(people, "olga")
    event = desk.make(olga, "Health data", replace(DETAILS, profile="both", team_servers=True), TEAMS)
    form = EventForm.of(desk.seen(olga, event, Level.INSTRUCTOR))
    assert (form.team_servers, people.events.details(event).team_servers) == ("yes", True)

    desk.change(olga, event, "Health data", replace(form, team_servers="").details(DETAILS))

    assert not people.events.details(event).team_servers
