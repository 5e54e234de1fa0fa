"""What the card of a class or an event says of its end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sardonyx_spawner.closing import SOON, Closing, say_closing
from sardonyx_spawner.language import speaking

ENDS = datetime(2027, 12, 18, 23, 0, tzinfo=UTC)
"""Midnight in Paris after the 18th."""
COURSE = Closing("class", ENDS, ENDS + timedelta(days=30), "Europe/Paris", is_deleted=False)
EVENT = Closing("event", ENDS, ENDS + timedelta(hours=24), "Europe/Paris", is_deleted=True)
BEFORE = ENDS - timedelta(days=3)
READ = "Then its servers stop; what is in it can be read until"


@pytest.mark.parametrize(
    ("closing", "now", "said"),
    [
        pytest.param(None, BEFORE, "", id="no end"),
        pytest.param(COURSE, ENDS - SOON - timedelta(seconds=1), "", id="more than two weeks before"),
        pytest.param(COURSE, ENDS, "", id="over"),
        pytest.param(COURSE, ENDS - SOON, f"Class until the end of 18 December. {READ} 17 January 2028.", id="class"),
        pytest.param(
            replace(COURSE, is_deleted=True), BEFORE,
            f"Class until the end of 18 December. {READ} 17 January 2028, then it is deleted.", id="class that is deleted",
        ),
        pytest.param(
            replace(COURSE, closes=ENDS), BEFORE,
            "Class until the end of 18 December. Then its servers stop, and nobody reaches what is in it.", id="not read",
        ),
        pytest.param(
            EVENT, BEFORE, f"Event until 19 December 00:00. {READ} 20 December 00:00, then it is deleted.", id="event",
        ),
    ],
)  # fmt: skip
def test_until_when_it_is_and_what_happens_then_is_said_in_its_last_two_weeks(
    closing: Closing | None, now: datetime, said: str
) -> None:
    """By its own clocks; a class by days, an event by the minute."""
    assert say_closing(closing, now) == said


def test_it_is_said_in_the_language_of_who_reads_it() -> None:
    """The card is drawn for each."""
    with speaking("fr"):
        assert say_closing(COURSE, BEFORE) == (
            "Cours jusqu’à la fin du 18\xa0décembre. Ensuite, ses serveurs s’arrêtent\xa0; son contenu reste lisible"
            " jusqu’au 17\xa0janvier 2028."
        )
