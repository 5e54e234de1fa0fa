"""The codes of an event as a table, for letters and mails."""

from collections.abc import Sequence

from sardonyx_services.people.sheet import write_csv
from sardonyx_services.people.web.events.seat_desk import Card


def codes_table(cards: Sequence[Card]) -> bytes:
    """Return the codes of an event as CSV, in which no cell is a formula."""
    rows = [
        (
            str(card.of.seat.number),
            card.of.team.title if card.of.team is not None else "",
            card.of.shown_name,
            card.code,
            card.link,
        )
        for card in cards
    ]
    return write_csv([("number", "team", "name", "code", "link"), *rows]).encode()
