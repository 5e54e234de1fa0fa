"""Codes on cards: nothing in them is mistaken, they are known however they are typed, and only a hash is kept."""

import pytest

from sardonyx_services.people.seat_codes import ALPHABET, SeatCodes

CODES = SeatCodes(b"k" * 32)


def test_a_code_has_no_signs_that_look_alike() -> None:
    """Four and four, without vowels: no code is a word."""
    for number in range(300):
        first, second = CODES.code("event", number, 1).split("-")
        assert len(first) == len(second) == 4
        assert set(f"{first}{second}") <= set(ALPHABET.upper())
    assert not set(ALPHABET) & set("aeiou01l")


def test_each_account_event_round_and_place_has_another_code() -> None:
    """The same card can be printed again."""
    made = {CODES.code("event", number, code_round) for number in range(1000) for code_round in (1, 2)}

    assert len(made) == 2000
    assert CODES.code("event", 1, 1) == CODES.code("event", 1, 1)
    assert CODES.code("event", 1, 1) not in {CODES.code("other", 1, 1), SeatCodes(b"x" * 32).code("event", 1, 1)}


@pytest.mark.parametrize("typed", ["7bhc-m49w", " 7BHC M49W ", "7bhcm49w", "7BHC\u2013M49W", "7-B-H-C-M-4-9-W"])
def test_a_code_is_known_however_it_is_typed(typed: str) -> None:
    """Large or small, with a line or without."""
    assert CODES.hashed(typed) == CODES.hashed("7BHC-M49W")


def test_what_is_kept_says_nothing_without_the_secret_of_the_place() -> None:
    """All codes are tried in hours: a hash alone would tell them."""
    assert SeatCodes(b"x" * 32).hashed("7BHC-M49W") != CODES.hashed("7BHC-M49W")
