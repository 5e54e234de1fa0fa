"""How many servers are to wait, and of which kind: what was asked for lately, and what the calendar says. Pure."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sardonyx_spawner.plan import ServerPlan

REMEMBERED_S = 1800.0
"""The busiest minute of the last half hour says how many may come in the next one."""
MINUTE_S = 60.0


@dataclass(frozen=True)
class Rules:
    """What the operator allows.

    Args:
        at_most: servers that wait, all together; 0 = none ever do.
        at_least: of each kind that is always offered.
    """

    at_most: int = 0
    at_least: int = 1


@dataclass(frozen=True)
class Expected:
    """People who will want a server soon, by the calendar.

    Args:
        plan: of one of their servers; nothing of a person is in it.
        count: of them, whether they have a server or not.
        in_teams: so many of them are in a team, whose volume their servers have where teams have one.
    """

    plan: ServerPlan
    count: int
    in_teams: int = 0


def wishes(
    rules: Rules,
    *,
    offered: Collection[str],
    asked_for: Iterable[tuple[str, float]],
    expected: Mapping[str, int],
    now: float,
) -> dict[str, int]:
    """Return how many of each kind are to wait.

    Args:
        offered: kinds that anybody may ask for at any time.
        asked_for: kind and moment of each start, of at least the last half hour.
        expected: kind -> people who will want one soon, and have none.
        now: in seconds, on the same clock as the starts.
    """
    busiest = _busiest_minutes(asked_for, now)
    found = {
        kind: max(rules.at_least if kind in offered else 0, busiest.get(kind, 0), expected.get(kind, 0))
        for kind in {*offered, *busiest, *expected}
    }
    # Of what there is most is given up first: a class of hundred has no use for the last ones as somebody alone has for one.
    while sum(found.values()) > rules.at_most:
        most = max(sorted(found), key=lambda kind: found[kind])
        found[most] -= 1
    return {kind: count for kind, count in found.items() if count}


def _busiest_minutes(asked_for: Iterable[tuple[str, float]], now: float) -> dict[str, int]:
    moments: dict[str, list[float]] = {}
    for kind, moment in asked_for:
        if now - moment < REMEMBERED_S:
            moments.setdefault(kind, []).append(moment)
    return {kind: _busiest_minute(sorted(found)) for kind, found in moments.items()}


def _busiest_minute(moments: list[float]) -> int:
    """Return the most starts within any minute, wherever that begins: by the clock's it would change with the clock."""
    return max(bisect_left(moments, moment + MINUTE_S) - index for index, moment in enumerate(moments))
