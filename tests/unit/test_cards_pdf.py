"""The cards of an event as a PDF: drawn, and read as a phone and a person do."""

from datetime import UTC, datetime

import pytest
from support.cards import opened, read_codes, text_of

from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.groups import Group
from sardonyx_services.people.seats import Seat, Team
from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.events.cards_pdf import cards_pdf
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_services.people.web.events.seat_desk import Card, SeatSeen

BEGINS = datetime(2026, 12, 11, 9, tzinfo=UTC)
ADDRESS = "hub.a-rather-long-institute.example/hub/code"


def event(title: str, place: str = "") -> EventSeen:
    """Return an event."""
    group = Group("event", "evnt2345", title, False, BEGINS, None)  # noqa: FBT003 - no exam
    details = EventDetails(BEGINS, BEGINS.replace(hour=18), zone="Europe/Paris", place=place)
    return EventSeen(group, details, "organiser", Level.INSTRUCTOR, "before")


def card(number: int, team: str = "Kite") -> Card:
    """Return a card."""
    seat = Seat("evnt2345", number, "kite2345" if team else "", 1, None, None, 0, is_kept=False)
    seen = SeatSeen(seat, Team("kite2345", team) if team else None, None, number, 9)
    return Card(seen, f"7BHC-M49{number}", f"http://{ADDRESS}#7BHC-M49{number}")


def test_each_card_says_where_and_with_what_to_come_in() -> None:
    """Eight on a sheet of A4; a camera reads what a person types, and no card runs over its edge."""
    cards = [card(number) for number in range(1, 10)]

    pdf = opened(
        cards_pdf(event("Journées de la santé à l’hôpital, avec un titre qui est bien trop long " * 3), cards, ADDRESS)
    )

    assert [tuple(map(round, page.get_size())) for page in pdf] == [(595, 842), (595, 842)]
    found = [read_codes(page) for page in pdf]
    assert [len(codes) for codes in found] == [8, 1]
    assert sorted(found[0] + found[1]) == [each.link for each in cards]
    text = text_of(pdf[1])
    for said in ("Journées de la santé à l’hôpital", "Kite", "Go to", "7BHC-M499", "9 of 9", "11 December 10:00"):
        assert said in text
    address = ["hub.", "a-rather-long-institute.", "example/", "hub/code"]
    assert "\n".join(address) in "\n".join(text.split()), "a line ends behind a dot or a slash, and not within a word"


def test_an_account_of_no_team_has_a_card_too() -> None:
    """With nothing where a team would be."""
    pdf = opened(cards_pdf(event("Days"), [card(1, team="")], ADDRESS))

    assert read_codes(pdf[0]) == [card(1).link]
    assert "Kite" not in text_of(pdf[0])


def test_a_card_says_where_the_event_is() -> None:
    """Below when it is; what is too long is shortened, and the code stays readable."""
    place = "Main building, room 2.01, behind the library and up the stairs"

    pdf = opened(
        cards_pdf(event("A title that takes two lines of its card, and a little of a third", place), [card(1)], ADDRESS)
    )

    assert "Main building, room 2.01, behind the library an…" in text_of(pdf[0])
    assert read_codes(pdf[0]) == [card(1).link]


@pytest.mark.parametrize(("title", "team"), [("Дни данных", "Kite"), ("Days", "凧")])
def test_what_the_fonts_have_not_is_refused_with_another_way(title: str, team: str) -> None:
    """The page prints it: a browser has a font for it."""
    with pytest.raises(RefusedError) as caught:
        cards_pdf(event(title), [card(1, team)], ADDRESS)

    shown = title if team == "Kite" else team
    assert caught.value.message == (
        f"This PDF cannot show the signs of “{shown}”. Print the cards from their page, or print it into a PDF."
    )
