"""The way into an event at the sign-in: good codes and links, and slower and slower for who guesses."""

from datetime import UTC, datetime, timedelta

import pytest

from sardonyx_hub_config.sign_in.door import Door, network_of
from sardonyx_hub_config.sign_in.local import SignInRefusedError
from sardonyx_hub_config.sign_in.throttle import FREE_PER_ADDRESS
from sardonyx_services.people.derived import EVENT_LINKS, SEATS, derived
from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.join_link import JoinLinks
from sardonyx_services.people.seat_codes import SeatCodes
from sardonyx_services.people.store import PeopleStore

SECRET = b"k" * 32
CODES, LINKS = SeatCodes(derived(SECRET, SEATS)), JoinLinks(derived(SECRET, EVENT_LINKS))
NOW = datetime.now(UTC)
HERE = "192.0.2.7"


@pytest.fixture
def now() -> list[float]:
    """The moment that it is, in seconds."""
    return [1000.0]


@pytest.fixture
def door(people: PeopleStore, now: list[float]) -> Door:
    """What is tried."""
    return Door(people, SECRET, lambda: now[0])


@pytest.fixture
def event(people: PeopleStore) -> str:
    """The id of an event with two accounts and a link."""
    details = EventDetails(begins=NOW - timedelta(hours=1), ends=NOW + timedelta(hours=1), sharing=True)
    made = people.events.add("Health data", details)
    people.seats.add(made, 2, lambda number: CODES.hashed(CODES.code(made, number, 1)), most=2)
    return made


def refused(door: Door, code: str, address: str = HERE, proof: str = "") -> SignInRefusedError:
    """Return how a code is refused."""
    with pytest.raises(SignInRefusedError) as caught:
        door.enter(code, "", address, proof)
    return caught.value


def test_a_code_and_a_link_lead_in(door: Door, event: str) -> None:
    """Each into an account of its own."""
    assert door.enter(f" {CODES.code(event, 2, 1).lower()} ", "Ada", HERE).name == "health-data-2"
    assert door.enter(LINKS.code(event, 1), "Ben", HERE).name == "health-data-1"
    assert door.enter(CODES.code(event, 1, 2), "", HERE).name == "health-data-1"
    assert refused(door, LINKS.code(event, 1)).message == (
        "All accounts of this event are taken. Ask its organisers for more."
    )


def test_a_code_lets_in_no_more_often_than_the_operator_allows(people: PeopleStore, event: str) -> None:
    """Whatever its event says; it is not said that it once was good."""
    door = Door(people, SECRET, most_sign_ins=1)
    door.enter(CODES.code(event, 1, 1), "Ada", HERE)

    assert refused(door, CODES.code(event, 1, 1)).message == refused(door, "nothing").message


@pytest.mark.parametrize("kind", ["nothing", "a code", "another link", "the link of another event", "long"])
def test_what_is_not_good_is_refused_with_the_same_words(door: Door, event: str, kind: str) -> None:
    """Nobody learns what there is."""
    tried = {
        "nothing": "",
        "a code": "7BHC-M49W",
        "another link": LINKS.code(event, 2),
        "the link of another event": LINKS.code("zzzzzzzz", 1),
        "long": "x-" * 5000,
    }

    assert refused(door, tried[kind]).message == (
        "This code is not good, or its event is not on now. The card says when it is; compare the code with it, too. The people at its"
        " desk can give you another one."
    )


def test_who_guesses_waits_longer_and_longer(door: Door, event: str, now: list[float]) -> None:
    """Also with a good code, or it would tell which one is; others at other addresses do not wait."""
    for _try in range(FREE_PER_ADDRESS + 1):
        refused(door, "7BHC-M49W")

    good = CODES.code(event, 1, 1)
    assert refused(door, good).message == "Too many tries. Wait 2 seconds, then try again."
    assert door.enter(good, "", "192.0.2.8").name == "health-data-1"
    now[0] += 2.1
    refused(door, "7BHC-M49W")
    assert refused(door, good).wait_s == pytest.approx(4.0)
    now[0] += 4.1
    assert door.enter(good, "", HERE).name == "health-data-1"


def test_who_has_a_card_or_the_link_does_not_wait_for_who_guesses_beside_them(
    door: Door, event: str, now: list[float]
) -> None:
    """Neither is guessed; where they lead nobody in, that counts as no guess."""
    for _try in range(FREE_PER_ADDRESS + 3):
        now[0] += refused(door, "7BHC-M49W").wait_s
    good = CODES.code(event, 1, 1)
    other = CODES.code(event, 1, 2)
    refused(door, "7BHC-M49W")

    assert refused(door, good).wait_s > 0
    assert refused(door, good, proof=CODES.proof(other)).wait_s > 0
    assert refused(door, other, proof=CODES.proof(other)).wait_s == 0
    assert door.enter(good, "", HERE, CODES.proof(good)).name == "health-data-1"
    assert door.enter(LINKS.code(event, 1), "", HERE).name == "health-data-2"


def test_somebody_who_plays_keeps_nobody_out_for_long(door: Door, event: str, now: list[float]) -> None:
    """All of an event are at one address."""
    for _try in range(200):
        if (wait := refused(door, "7BHC-M49W").wait_s) > 0:
            now[0] += wait

    now[0] += 60.1
    assert door.enter(CODES.code(event, 1, 1), "", HERE).name == "health-data-1"


def test_who_may_guess_is_counted_by_their_network(door: Door, event: str) -> None:
    """Of IPv6 addresses everybody has as many as they like."""
    for number in range(FREE_PER_ADDRESS + 1):
        refused(door, "7BHC-M49W", f"2001:db8::{number:x}")

    assert refused(door, CODES.code(event, 1, 1), "2001:db8::ffff").wait_s > 0
    assert (network_of("192.0.2.7"), network_of("2001:db8:1:2:3::4")) == ("192.0.2.7", "2001:db8:1:2::/64")
    assert network_of("::ffff:192.0.2.7") == "192.0.2.7"


def test_a_place_without_events_asks_for_no_codes(door: Door, people: PeopleStore) -> None:
    """So nobody wonders what that is."""
    assert not door.is_open
    people.events.add("Health data", EventDetails(begins=NOW, ends=NOW + timedelta(hours=1)))
    assert door.is_open
