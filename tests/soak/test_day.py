"""A day of a minute's keys: nothing that works with the store fails, but while the store itself is away.

`make soak` has as many refreshes as a day has minutes, and kills a part each 40 seconds; `make test` has a short form.
"""

import os
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import pytest
from support.day import HUB, SERVICE, SOONER, WORDS, Day
from support.stack import running_stack

REFRESHES = int(os.environ.get("SOAK_REFRESHES", "60"))
IS_LONG = REFRESHES > 100
LIFE_S, PEOPLE, PROGRAMS_EACH = (60.0, 8, 6) if IS_LONG else (40.0, 4, 6)
SECONDS = REFRESHES / (PEOPLE * PROGRAMS_EACH) * LIFE_S * (1 - 1 / SOONER)
KILLED_EVERY_S = 40.0 if IS_LONG else SECONDS / 4
SETTINGS = """
storage: {{kind: embedded}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles: {{python: {{title: Python, environment: python}}}}
"""


@pytest.fixture
def day(tmp_path: Path, prefix: Path) -> Iterator[Day]:
    """A running Sardonyx, and a front before its store."""
    settings = tmp_path / "settings.yaml"
    settings.write_text(SETTINGS.format(prefix=prefix))
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "day.py").write_text(SERVICE)
    with running_stack(tmp_path / "data", settings) as stack:
        found = Day(stack, LIFE_S)
        yield found
        found.close()


def test_no_call_fails_while_parts_are_killed_and_keys_die(day: Day) -> None:
    """Hub, keys service and store are killed again and again; each call of each program does what it should."""
    tokens = [day.server(f"p{number}") for number in range(PEOPLE)]
    kills = list(islice(cycle([*WORDS, HUB]), max(4, int(SECONDS / KILLED_EVERY_S) - 1)))

    day.live(tokens, PROGRAMS_EACH, SECONDS, kills)

    print(f"{day.refreshes} refreshes, {day.calls} calls, {len(day.failed)} failed, {day.killed}, store away: "  # noqa: T201
          f"{[round(back - gone, 1) for gone, back in day.away.times]}")  # fmt: skip
    assert day.unexplained == []
    assert day.killed == kills
    assert day.refreshes >= REFRESHES
    assert day.calls > day.refreshes
