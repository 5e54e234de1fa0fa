"""Which classes and events an operator finds, in which order, and what the address of the page says."""

from datetime import UTC, datetime

import pytest

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.groups import Group
from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.operation import group_list
from sardonyx_services.people.web.operation.group_faults import Fault, Matter
from sardonyx_services.people.web.operation.group_list import Found, GroupSeen, Show, Wish, found

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def course(title: str, *matters: Matter, is_over: bool = False, leader: str = "Tia Tester") -> GroupSeen:
    """Return a class."""
    group = Group("class", f"id-{title.lower()}", title, is_exam=False, created=NOW, ended=NOW if is_over else None)
    seen = Seen(group, ClassDetails(changed=3), None, Level.INSTRUCTOR, is_over)
    return GroupSeen(seen, (leader,), f"tia {leader}", 0, 0, 0, tuple(Fault(each, f"{each}.") for each in matters))


ALL = [
    course("New"),
    course("Old", is_over=True),
    course("Stuck", "stuck", is_over=True),
    course("Alone", "leader", "soon", leader="Élodie Ö"),
    course("Soon", "soon"),
]


def titles(at: Found) -> list[str]:
    """Return what was found."""
    return [group.title for group in at.groups]


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("all", ["Alone", "Stuck", "New", "Soon", "Old"]),
        ("on", ["Alone", "New", "Soon"]),
        ("over", ["Stuck", "Old"]),
        ("wrong", ["Alone", "Stuck"]),
        ("leader", ["Alone"]),
        ("stuck", ["Stuck"]),
        ("soon", ["Alone", "Soon"]),
        ("servers", []),
    ],
)
def test_what_is_wrong_comes_first_then_what_goes_on(show: Show, expected: list[str]) -> None:
    """And each with its own fault only where that is asked for; how many there are is said of all."""
    at = found(ALL, Wish(show))

    assert titles(at) == expected
    assert at.counts[show] == len(expected)
    assert at.counts["wrong"] == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [("NEW", ["New"]), ("id-old", ["Old"]), ("élodie", ["Alone"]), ("soon tia", ["Soon"]), ("%", [])],
)
def test_all_words_are_in_the_title_the_id_or_a_name_of_who_leads_it(text: str, expected: list[str]) -> None:
    """In letters of any size, and counted like that."""
    at = found(ALL, Wish(text=text))

    assert titles(at) == expected
    assert at.counts["all"] == len(titles(at))


def test_a_long_list_goes_on_a_page_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last page has nothing after it; a page after that is empty."""
    monkeypatch.setattr(group_list, "AT_ONCE", 2)
    pages = [found(ALL, Wish(page=page)) for page in (1, 2, 3, 4)]

    assert [titles(at) for at in pages] == [["Alone", "Stuck"], ["New", "Soon"], ["Old"], []]
    assert [at.has_more for at in pages] == [True, True, False, False]


def test_an_address_says_what_is_looked_for_and_nothing_that_is_usual() -> None:
    """Another filter begins with its first page; what an address says wrong is as usual."""
    wish = Wish.of({"show": "soon", "text": " tia ", "days": "30", "page": "2"})
    assert wish == Wish("soon", "tia", 30, 2)
    assert wish.said(show="wrong") == {"show": "wrong", "text": "tia", "days": 30}
    assert wish.said(page=3) == {"show": "soon", "text": "tia", "days": 30, "page": 3}
    assert Wish().said() == {}

    assert Wish.of({"show": "what", "days": "-1", "page": "x"}) == Wish()
    assert Wish.of({"days": "99999", "page": "0", "text": "x" * 300}) == Wish(text="x" * 200, days=366)


def test_a_row_of_a_form_says_as_what_it_was_seen() -> None:
    """So that nobody ends what somebody else has changed meanwhile."""
    assert ALL[0].key == "id-new.3"
