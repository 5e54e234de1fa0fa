"""When lessons are: how they are written, and which come next."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.timetable import MOST, MOST_OFF, timetable_of

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("", "", id="none"),
        pytest.param(" fri 08:00-10:00,MON 10:15-11:45 ,", "mon 10:15-11:45, fri 08:00-10:00", id="in-their-order"),
        pytest.param("mon 10:15-11:45, mon 10:15-11:45", "mon 10:15-11:45", id="twice"),
        pytest.param("mon 10:00-11:00, mon 11:00-12:00", "mon 10:00-11:00, mon 11:00-12:00", id="one-after-the-other"),
        pytest.param("2026-12-04 14:00-16:00, mon 9:05-10:00", "mon 09:05-10:00, 2026-12-04 14:00-16:00", id="single"),
        pytest.param(
            "OFF 2026-12-21/2027-01-03, off 2026-11-11", "off 2026-11-11, off 2026-12-21/2027-01-03", id="off"
        ),
        pytest.param("off 2026-11-11/2026-11-11", "off 2026-11-11", id="one-day"),
        pytest.param(
            "mon 10:00-12:00, 2026-12-21 11:00-13:00, off 2026-12-21",
            "mon 10:00-12:00, 2026-12-21 11:00-13:00, off 2026-12-21",
            id="instead-of-that-of-the-week",
        ),
    ],
)
def test_lessons_are_kept_as_they_are_written(text: str, kept: str) -> None:
    """In the order of a week, then single ones and days off in theirs."""
    assert str(timetable_of(text)) == kept


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("montag 10:15-11:45", "“montag 10:15-11:45” is no lesson. Write its day and its time as in", id="day"),
        pytest.param("mon 25:00-26:00", "“mon 25:00-26:00” is no lesson.", id="hour"),
        pytest.param("mon 10:15", "“mon 10:15” is no lesson.", id="no-end"),
        pytest.param("mon 23:00-01:00", "mon 23:00-01:00 ends before it begins.", id="over-midnight"),
        pytest.param("mon 10:00-10:00", "mon 10:00-10:00 ends before it begins.", id="no-time"),
        pytest.param(
            "mon 10:00-12:00, mon 11:00-13:00", "mon 10:00-12:00 and mon 11:00-13:00 are at the same time.", id="both"
        ),
        pytest.param("mon 10:15Z-11:45", "“mon 10:15z-11:45” is no lesson.", id="with-a-time-zone"),
        pytest.param("2026-02-30 10:00-12:00", "“2026-02-30 10:00-12:00” is no lesson.", id="no-date"),
        pytest.param("9999-12-31 10:00-12:00", "“9999-12-31 10:00-12:00” is no lesson.", id="year"),
        pytest.param("2026-12-04 10:00-09:00", "2026-12-04 10:00-09:00 ends before it begins.", id="single-before"),
        pytest.param(
            "2026-12-04 10:00-12:00, 2026-12-04 11:00-11:30",
            "2026-12-04 10:00-12:00 and 2026-12-04 11:00-11:30 are at the same time.",
            id="both-single",
        ),
        pytest.param(
            "mon 10:00-12:00, 2026-12-21 11:00-13:00",
            "mon 10:00-12:00 and 2026-12-21 11:00-13:00 are at the same time.",
            id="single-in-that-of-the-week",
        ),
        pytest.param("off tomorrow", "“off tomorrow” are no days. Write the first and the last one as in", id="no-day"),
        pytest.param("off 2026-12-21/", "“off 2026-12-21/” are no days.", id="no-last"),
        pytest.param("off 2026-12-21/9999-12-31", "“off 2026-12-21/9999-12-31” are no days.", id="for-ever"),
        pytest.param(
            "off 2027-01-03/2026-12-21",
            "off 2027-01-03/2026-12-21: the last day is before the first one.",
            id="the-wrong-way-round",
        ),
        pytest.param(", ".join(f"off 2026-12-{n:02}" for n in range(1, 17)), "15 times without lessons", id="many-off"),
        pytest.param(", ".join(f"mon {n:02}:00-{n:02}:30, tue {n:02}:00-{n:02}:30" for n in range(11)), "20 lessons", id="many"),
    ],
)  # fmt: skip
def test_what_is_no_lesson_is_refused_with_the_reason(text: str, said: str) -> None:
    """Whoever typed it reads what to write."""
    with pytest.raises(PeopleError) as caught:
        timetable_of(text)

    assert said in caught.value.message


@pytest.mark.parametrize(
    ("text", "today", "days"),
    [
        pytest.param("fri 10:00-12:00, off 2026-12-18/2027-01-03", date(2026, 12, 12), [date(2027, 1, 8)], id="holidays"),
        pytest.param(
            "fri 10:00-12:00, off 2026-12-18/2026-12-27, off 2026-12-28/2027-01-03",
            date(2026, 12, 14),
            [date(2027, 1, 8)],
            id="two-holidays",
        ),
        pytest.param(
            "mon 10:00-12:00, off 2026-12-15/2026-12-31, 2026-12-18 14:00-16:00",
            date(2026, 12, 14),
            [date(2026, 12, 14), date(2026, 12, 18), date(2027, 1, 4)],
            id="one-in-them",
        ),
        pytest.param("2027-06-01 14:00-16:00", date(2026, 12, 14), [date(2027, 6, 1)], id="months-from-now"),
        pytest.param("2026-06-01 14:00-16:00, off 2026-06-02", date(2026, 12, 14), [], id="all-over"),
        pytest.param(
            "mon 14:00-16:00, 2026-12-14 10:00-12:00, 2027-06-01 10:00-12:00",
            date(2026, 12, 14),
            [date(2026, 12, 14), date(2026, 12, 14), date(2026, 12, 21)],
            id="in-the-order-of-time",
        ),
    ],
)  # fmt: skip
def test_what_comes_next_is_found_however_far_it_is(text: str, today: date, days: list[date]) -> None:
    """Single lessons whenever they are; after days off, those of the week once more."""
    found = list(timetable_of(text).hours(PARIS, today, None))

    assert [hour.begins.date() for hour in found][: len(days)] == days
    assert bool(found) == bool(days)
    assert found == sorted(found)


def test_a_lesson_after_the_last_day_is_none() -> None:
    """Of the class; its single lessons as those of each week."""
    found = timetable_of("mon 10:00-12:00, 2026-12-23 10:00-12:00").hours(PARIS, date(2026, 12, 14), date(2026, 12, 22))

    assert [hour.begins for hour in found] == [datetime(2026, 12, day, 9, 0, tzinfo=UTC) for day in (14, 21)]


def test_the_most_that_a_class_can_have_fits_its_column() -> None:
    """PostgreSQL refuses what is longer."""
    begin = date(2026, 12, 1)
    lessons = [f"{begin + n * timedelta(days=1)} 10:00-12:00" for n in range(MOST)]
    off = [f"off {begin + n * timedelta(days=1)}/2027-12-31" for n in range(MOST_OFF)]

    text = str(timetable_of(", ".join(lessons + off)))

    assert len(text.split(", ")) == MOST + MOST_OFF
    assert len(text) <= 1000
