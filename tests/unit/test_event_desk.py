"""What organisers cannot do, and how an event is said and filled in where clocks or its end are odd."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.datastructures import FormData

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.faults import FaultsError
from sardonyx_services.people.moments import moment_of
from sardonyx_services.people.seat_codes import SeatCodes
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.events.desk import EventDesk
from sardonyx_services.people.web.events.form import SEE, EventForm, read_event_form
from sardonyx_services.people.web.events.new_seats import NewSeats, Wanted
from sardonyx_services.people.web.events.words import EventWords
from sardonyx_services.people.web.markdown import rendered
from sardonyx_services.people.web.material_form import MaterialRow
from sardonyx_spawner.language import SaidError
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


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("title", " "),
        ("place", "x" * 201),
        ("welcome", "x" * 20_001),
        ("begins", ""),
        ("begins", "1999-01-01T09:00"),
        ("ends", ""),
        ("ends", "tomorrow"),
        ("ends", "2001-01-01T09:00"),
        ("zone", "Mars"),
        ("read_hours", "0"),
        ("read_hours", "a day"),
        ("sign_ins", "999"),
        ("storage", "plenty"),
        ("storage", "1G"),
        ("teams", "many"),
        ("teams", "999"),
        ("team_size", "0"),
        ("accounts", "some"),
        ("profile", "none"),
        ("team_servers", "yes"),
        ("lifetime", "long"),
        ("idle_stop", "1s"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(people: PeopleStore, desk: EventDesk, field: str, written: str) -> None:
    """Whichever part of the place finds it."""
    begins, ends = (f"{NOW + timedelta(hours=hours):%Y-%m-%dT%H:%M}" for hours in (1, 3))
    right = EventForm("Data days", begins=begins, ends=ends, zone="UTC", profile="python", teams="2", team_size="2")
    olga, form = caller(people, "olga"), replace(right, **{field: written})  # type: ignore[arg-type]  # a field of text

    with pytest.raises(SaidError) as found:
        make(desk, olga, form)

    assert form.places_of(found.value) == {field: found.value.message}
    make(desk, olga, right)


def make(desk: EventDesk, olga: Caller, form: EventForm) -> str:
    """Make an event of what stands in a form; return its id."""
    read = form.read()
    return desk.make(olga, form.title, read.details, read.wanted, unread=read.faults)


def test_all_that_is_wrong_with_a_form_is_said_at_once(people: PeopleStore, desk: EventDesk) -> None:
    """What cannot be read beside what cannot be, and nothing that is wrong only because of another; for one that there is, too."""
    olga, ends = caller(people, "olga"), f"{NOW + timedelta(hours=3):%Y-%m-%dT%H:%M}"
    repositories = (MaterialRow("ftp://nothing"),)
    numbers = {"read_hours": "a day", "teams": "many", "team_size": "0", "sign_ins": "999"}
    amounts = {"storage": "plenty", "lifetime": "long", "team_servers": "yes"}
    form = EventForm(" ", "x" * 201, "Hello", "soon", ends, "UTC", profile="python", repositories=repositories)
    form = replace(form, **numbers, **amounts)  # type: ignore[arg-type]  # fields of text

    with pytest.raises(FaultsError) as found:
        make(desk, olga, form)

    wrong = {"title", "place", "begins", "read_hours", "teams", "team_size", "sign_ins", "storage", "lifetime"}
    said = form.places_of(found.value)
    assert said.keys() == {*wrong, "team_servers", "material"}
    assert said["begins"] == "“soon” is no day and time. Write it as 2026-12-11T18:00."
    assert said["read_hours"] == "“a day” is no number."
    assert all(message in found.value.message for message in said.values())
    assert people.groups.all("event") == []

    event = desk.make(olga, "Data days", DETAILS, Wanted(accounts=1))
    before = desk.seen(olga, event, Level.INSTRUCTOR).details
    read = form.read(before)
    with pytest.raises(FaultsError) as found:
        desk.change(olga, event, form.title, read.details, unread=read.faults)

    assert {"title", "place", "begins", "read_hours", "storage"} <= form.places_of(found.value).keys()
    assert desk.seen(olga, event, Level.INSTRUCTOR).details == before


def test_no_event_is_made_where_its_people_could_start_no_servers(people: PeopleStore, desk: EventDesk) -> None:
    """The cards would be printed already."""
    olga = replace(caller(people, "olga"), could_start=False)

    with pytest.raises(RefusedError, match="^Servers cannot be kept apart on this machine, so people of a class or an"):
        desk.make(olga, "Health data", DETAILS, Wanted(accounts=1))

    assert people.groups.all("event") == []


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
    """It has no length of which a part could be over: the time to read and copy has just begun."""
    olga = caller(people, "olga")
    later = replace(DETAILS, begins=NOW + timedelta(hours=1), ends=NOW + timedelta(hours=2))
    event = desk.make(olga, "Health data", later, Wanted(accounts=1))

    desk.end(olga, event)

    assert EventWords().share(desk.seen(olga, event, Level.INSTRUCTOR)) == 0


def test_a_form_that_was_not_changed_moves_no_end() -> None:
    """Not by its seconds, and not by an hour in the night in which clocks are put back: 2:30 is twice in Paris then."""
    second = datetime(2026, 10, 25, 1, 30, 45, tzinfo=UTC)
    before = replace(DETAILS, begins=second - timedelta(days=1), ends=second, zone="Europe/Paris")
    form: dict[str, Any] = {"begins": "2026-10-24T03:30", "ends": "2026-10-25T02:30", "zone": "Europe/Paris"}

    assert EventForm(**form).read(before).details.ends == second
    assert EventForm(**{**form, "ends": "2026-10-25T02:31"}).read(before).details.ends != second


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


def test_how_a_welcome_looks_is_shown_as_its_people_will_read_it() -> None:
    """With nothing kept, and without HTML of its own, scripts and pictures."""
    text = "# Hello\n<script>alert(1)</script>\n\n[a](javascript:alert(1)) ![b](https://example.org/b.png)"

    form = read_event_form(FormData({"welcome": text, "do": SEE}), [])

    assert (form.is_unfinished, form.sees_welcome, form.welcome) == (True, True, text)
    assert form.seen_welcome == rendered(text)
    assert form.seen_welcome.startswith("<h1>Hello</h1>")
    assert re.findall(r"<script|<img|href=[^>]*", form.seen_welcome) == ['href="https://example.org/b.png"']
    assert not read_event_form(FormData({"welcome": text}), []).is_unfinished


def test_a_box_that_was_ticked_is_kept_and_shown_and_taken_away(people: PeopleStore, desk: EventDesk) -> None:
    """A browser says nothing of a box that is not ticked."""
    olga = caller(people, "olga")
    event = desk.make(olga, "Health data", replace(DETAILS, profile="both", team_servers=True), TEAMS)
    form = EventForm.of(desk.seen(olga, event, Level.INSTRUCTOR))
    assert (form.team_servers, people.events.details(event).team_servers) == ("yes", True)

    desk.change(olga, event, "Health data", replace(form, team_servers="").read(DETAILS).details)

    assert not people.events.details(event).team_servers


def test_codes_let_in_as_often_as_the_organiser_says_within_what_the_operator_says(people: PeopleStore) -> None:
    """In a new event and one that there is."""
    seats = NewSeats(people, SeatCodes(b"k" * 32), 200)
    desk = EventDesk(people, seats, [Profile("python", "Python")], EventRules(most_sign_ins=5))
    olga, few = caller(people, "olga"), replace(DETAILS, sign_ins=5)
    too_often = "^A code lets people in at least once, and 5 times at most here.$"
    with pytest.raises(RefusedError, match=too_often):
        desk.make(olga, "Health data", DETAILS, Wanted(accounts=1))
    event = desk.make(olga, "Health data", few, Wanted(accounts=1))
    with pytest.raises(RefusedError, match=too_often):
        desk.change(olga, event, "Health data", replace(few, sign_ins=6))
    with pytest.raises(RefusedError, match=too_often):
        desk.change(olga, event, "Health data", replace(few, sign_ins=0))

    desk.change(olga, event, "Health data", replace(few, sign_ins=1))

    assert people.events.details(event).sign_ins == 1


@pytest.mark.parametrize(("most", "usual"), [(3, "3"), (30, "30"), (100, "30")])
def test_the_form_begins_with_what_is_usual_and_allowed(people: PeopleStore, most: int, usual: str) -> None:
    """And says of an event that there is what it has."""
    form = EventForm.new([Profile("python", "Python")], EventRules(most_sign_ins=most))
    assert form.sign_ins == usual
    olga = caller(people, "olga")
    seats = NewSeats(people, SeatCodes(b"k" * 32), 200)
    desk = EventDesk(people, seats, [Profile("python", "Python")], EventRules())

    event = desk.make(olga, "Health data", replace(DETAILS, sign_ins=7), Wanted(accounts=1))

    shown = EventForm.of(desk.seen(olga, event, Level.INSTRUCTOR))
    assert (shown.sign_ins, shown.read(DETAILS).details.sign_ins) == ("7", 7)
    (fault,) = replace(shown, sign_ins="often").read(DETAILS).faults
    assert fault.message == "“often” is no number."


GIB = 1 << 30


def test_an_organiser_says_how_much_an_event_may_store_within_what_the_operator_says(people: PeopleStore) -> None:
    """For one event the operator may say something else; where nothing is limited, there is nothing to choose."""
    seats, olga = NewSeats(people, SeatCodes(b"k" * 32), 200), caller(people, "olga")

    def desk(rules: EventRules) -> EventDesk:
        return EventDesk(people, seats, [Profile("python", "Python")], rules)

    ten = EventRules(most_storage=10 * GIB)
    too_much = "^An event has 10 GB in the data store at most here.$"
    with pytest.raises(RefusedError, match=too_much):
        desk(ten).make(olga, "Health data", replace(DETAILS, storage="10.5G"), Wanted(accounts=1))
    event = desk(ten).make(olga, "Health data", replace(DETAILS, storage="10G"), Wanted(accounts=1))
    with pytest.raises(RefusedError, match=too_much):
        desk(ten).change(olga, event, "Health data", replace(DETAILS, storage="1T"))

    desk(EventRules(most_storage=10 * GIB, storage_of={event: 20 * GIB})).change(
        olga, event, "Health data", replace(DETAILS, storage="15G")
    )
    # What was allowed then keeps nobody from changing something else now, and counts for no more than is allowed.
    desk(ten).change(olga, event, "Health data", replace(DETAILS, storage="15G", place="Here", changed=1))
    with pytest.raises(RefusedError, match="^What events have in the data store is not limited here. Say nothing,"):
        desk(EventRules()).change(olga, event, "Health data", replace(DETAILS, storage="1G", changed=2))
    desk(EventRules()).change(olga, event, "Health data", replace(DETAILS, changed=2))

    assert people.events.details(event).storage == ""
