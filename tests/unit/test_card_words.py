"""Accounts are found by what their card says, in the order in which somebody reads it, and by the names of people."""

from datetime import UTC, datetime

import pytest

from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.seats import Seat, Team
from sardonyx_services.people.web.events.card_words import with_card
from sardonyx_services.people.web.events.seat_desk import SeatSeen
from sardonyx_spawner.language import speaking

TEAMS = ("Team 2", "Team 20", "Les 3 sur 4", "")
ADA = PersonRecord(
    "ada-id", "data-days-3", "local", "", is_admin=False, created=datetime.now(UTC), full_name="Ada Lovelace"
)
PLACES = 12


def seats() -> list[SeatSeen]:
    """Return twelve accounts of each of three teams, and twelve of none; Ada has the third one."""
    found: list[SeatSeen] = []
    for team in TEAMS:
        for place in range(1, PLACES + 1):
            number = len(found) + 1
            seat = Seat("event", number, team, 1, None, None, 0, is_kept=False)
            person = ADA if number == 3 else None
            found.append(SeatSeen(seat, Team(team, team) if team else None, person, place, PLACES))
    return found


@pytest.mark.parametrize(
    ("sought", "numbers"),
    [
        pytest.param("", range(1, 49), id="nothing: all"),
        pytest.param("Team 2", range(1, 13), id="a team, and not Team 20"),
        pytest.param("team 20", range(13, 25), id="in small letters"),
        pytest.param("1 of 12", [1, 13, 25, 37], id="a place in every team, and not 11 of 12"),
        pytest.param("Team 2 3 of 12", [3], id="team and place, as from the card's top to its foot"),
        pytest.param(" team 2 ·  3 OF 12", [3], id="as the page shows it"),
        pytest.param("3 of 12, Team 20", [15], id="place and team"),
        pytest.param("lovelace", [3], id="a name"),
        pytest.param("data-days-3", [3], id="the name under which the hub knows them"),
        pytest.param("Team 4", [], id="no such team"),
        pytest.param("5 of 11", [], id="no such place"),
    ],
)
def test_an_account_is_found_by_the_words_of_its_card(sought: str, numbers: list[int]) -> None:
    """Whole words, one after the other."""
    assert [each.seat.number for each in with_card(seats(), sought)] == list(numbers)


def test_it_is_found_by_the_words_of_a_card_in_ones_own_language() -> None:
    """Cards are printed in that of whoever prints them."""
    with speaking("fr"):
        assert [each.seat.number for each in with_card(seats(), "Team 2, 3 sur 12")] == [3]
