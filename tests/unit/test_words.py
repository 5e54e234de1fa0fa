"""Times and faults as people say them."""

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest

from sardonyx_hub_config.pages.words import Words, steps
from sardonyx_spawner.dates import say_ago
from sardonyx_spawner.language import speaking

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        pytest.param(timedelta(seconds=59), "now", id="seconds"),
        pytest.param(timedelta(minutes=6), "6 min ago", id="minutes"),
        pytest.param(timedelta(hours=23, minutes=59), "23 h ago", id="hours"),
        pytest.param(timedelta(days=3), "on 21 November", id="days"),
        pytest.param(timedelta(days=400), "on 20 October 2025", id="another-year"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_unit_that_fits(passed: timedelta, said: str) -> None:
    """The hub's own times have no zone and are UTC."""
    assert say_ago(NOW - passed, NOW) == said
    assert say_ago((NOW - passed).replace(tzinfo=None), NOW) == said


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        pytest.param(timedelta(seconds=59), "à l’instant", id="seconds"),
        pytest.param(timedelta(minutes=6), "il y a 6\xa0min", id="minutes"),
        pytest.param(timedelta(hours=3), "il y a 3\xa0h", id="hours"),
        pytest.param(timedelta(days=23), "le 1er\xa0novembre", id="first-of-a-month"),
        pytest.param(timedelta(days=400), "le 20\xa0octobre 2025", id="another-year"),
    ],
)
def test_times_are_said_as_french_says_them(passed: timedelta, said: str) -> None:
    """Months too: the machine's own language does not matter."""
    with speaking("fr"):
        assert say_ago(NOW - passed, NOW) == said
        assert Words().day_and_hour(NOW) == "24\xa0novembre à 12:00\xa0UTC"


def test_what_was_never_is_said_so() -> None:
    """A server that nobody has used."""
    assert Words().ago(None) == "never"
    assert Words().iso(None) == ""


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 418, 422, 424, 429, 500, 502, 503, 504, 599])
def test_every_status_has_words_without_a_word_of_ours(status: int) -> None:
    """What happened and what to do; never a number, a name of a part, or a programmer's word."""
    said = f"{Words().happened(status)}. {Words().to_do(status)}"

    assert len(said) > 40
    assert not re.search(r"\d|spawn|proxy|hub|token|HTTP|exception|null", said, re.IGNORECASE)


def test_the_number_that_a_person_quotes_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Beside its cause: the operator looks for the number and finds what happened."""
    with caplog.at_level(logging.ERROR):
        number = Words().number(503, ValueError("the disk is full"))

    assert re.fullmatch(r"\d-\d\d-\d\d", number)
    assert f"{number}: status 503, ValueError('the disk is full')" in caplog.text


@pytest.mark.parametrize(
    ("most", "said"),
    [
        pytest.param(
            1,
            "You have one server beside “My server”, which is as many as you may have. Remove one to start another.",
            id="one",
        ),
        pytest.param(
            3,
            "You have 3 servers beside “My server”, which is as many as you may have. Remove one to start another.",
            id="some",
        ),
    ],
)
def test_who_has_as_many_servers_as_they_may_is_told_what_to_do(most: int, said: str) -> None:
    """Whether they run or not."""
    assert Words().no_more_servers(most) == said


@pytest.mark.parametrize(
    ("most", "found"),
    [
        pytest.param(0, [], id="none"),
        pytest.param(59, [], id="less than a minute"),
        pytest.param(1800, [1800], id="less than an hour"),
        pytest.param(5 * 3600, [3600, 4 * 3600], id="some"),
    ],
)
def test_a_server_is_kept_longer_by_steps_that_fit(most: int, found: list[int]) -> None:
    """And where none does, by all there is."""
    assert steps(most) == found
