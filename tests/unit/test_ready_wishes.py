"""How many servers are to wait: by what was asked for, by the calendar, and within what the operator allows."""

import pytest

from sardonyx_spawner.kube.ready_made.wishes import Rules, wishes

NOW = 100_000.0
USUAL = Rules(at_most=20)


def at(kind: str, *seconds_ago: float) -> list[tuple[str, float]]:
    """Return starts."""
    return [(kind, NOW - each) for each in seconds_ago]


def wished(rules: Rules = USUAL, **more: object) -> dict[str, int]:
    """Return what is wished for now."""
    usual = {"offered": {"python"}, "asked_for": (), "expected": {}, "now": NOW}
    return wishes(rules, **{**usual, **more})  # type: ignore[arg-type]  # as the tests say it


def test_one_of_each_kind_waits_at_any_time() -> None:
    """Of those that anybody may ask for."""
    assert wished(offered={"python", "r"}) == {"python": 1, "r": 1}


def test_as_many_wait_as_were_started_in_the_busiest_minute_lately() -> None:
    """Not as many as in half an hour: what is taken is made again."""
    starts = at("python", 1500, 1490, 1480, 1475, 1470, 300, 200, 100, 50)
    assert wished(asked_for=starts) == {"python": 5}


def test_what_was_asked_for_long_ago_is_forgotten() -> None:
    """After half an hour."""
    assert wished(asked_for=at("python", *[1801.0] * 9)) == {"python": 1}


def test_a_kind_that_is_not_offered_to_all_waits_while_it_is_asked_for() -> None:
    """Such as that of a class."""
    assert wished(asked_for=at("class", 100)) == {"python": 1, "class": 1}


def test_the_people_of_a_lesson_are_waited_for() -> None:
    """Before the first of them has come."""
    assert wished(expected={"class": 12}) == {"python": 1, "class": 12}


@pytest.mark.parametrize(
    ("expected", "waiting"),
    [
        ({"class": 100}, {"python": 1, "class": 9}),
        ({"class": 8, "event": 8}, {"python": 1, "class": 4, "event": 5}),
    ],
)
def test_no_more_wait_than_may(expected: dict[str, int], waiting: dict[str, int]) -> None:
    """Of what there is most is given up first, so that a class leaves somebody alone theirs."""
    assert wished(Rules(at_most=10), expected=expected) == waiting


def test_none_wait_where_none_may() -> None:
    """Whatever is asked for."""
    assert wished(Rules(at_most=0), expected={"class": 5}) == {}


def test_a_kind_need_not_wait_at_any_time() -> None:
    """Where the operator wants none that nobody has asked for lately."""
    rules = Rules(at_most=5, at_least=0)
    assert wished(rules) == {}
    assert wished(rules, asked_for=at("python", 20)) == {"python": 1}
