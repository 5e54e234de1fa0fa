"""The cards of an event as a PDF, eight on a sheet of A4: as their page prints them, without a browser."""

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import pydyf
import segno

from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_services.people.web.events.seat_desk import Card
from sardonyx_services.people.web.events.typed_address import TypedAddress
from sardonyx_services.people.web.events.words import EventWords
from sardonyx_spawner.language import _

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, TOP = 15 * MM, 20.5 * MM
CARD_WIDTH, CARD_HEIGHT, PADDING, QR = 90 * MM, 64 * MM, 6 * MM, 28 * MM
ON_A_SHEET, COLUMNS = 8, 2
QUIET = 2
"""Modules around a QR code, as on the page."""
CODED = "cp1252"
"""What the fonts have that every reader of PDF has: the signs of western Europe."""
PLAIN, BOLD, EVEN = "Plain", "Bold", "Even"
FONTS = {PLAIN: "Helvetica", BOLD: "Helvetica-Bold", EVEN: "Courier-Bold"}
TITLE_SIGNS, LINES = 38, 2
ADDRESS_SIGNS, ADDRESS_LINES = 24, 4
"""What fits into a line; no sign of the font of the address is wider than another one."""
PLACE_SIGNS, FOOT_LINE = 48, 10
FOOT_WIDTH = 0.55
"""Of a sign at the foot, of its height, about."""


@dataclass(frozen=True)
class _Said:
    """What stands on all cards."""

    title: str
    address: TypedAddress
    when: str
    place: str


def cards_pdf(seen: EventSeen, cards: Sequence[Card], address: str) -> bytes:
    """Return the cards as a PDF.

    Args:
        address: where a code is typed in, as people type that.

    Raises:
        RefusedError: a title has signs that such a PDF cannot show.
    """
    check_signs(
        [seen.group.title, seen.details.place, *(card.of.team.title for card in cards if card.of.team is not None)]
    )
    pdf = pydyf.PDF()
    fonts = pydyf.Dictionary({name: _font(pdf, base) for name, base in FONTS.items()})
    words, zone = EventWords(), seen.details.zone
    when = f"{words.moment(seen.details.begins, zone)} \N{EN DASH} {words.moment(seen.details.ends, zone)}"
    said = _Said(seen.group.title, TypedAddress(address), when, seen.details.place)
    for first in range(0, len(cards), ON_A_SHEET):
        drawn = pydyf.Stream(compress=True)
        for place, card in enumerate(cards[first : first + ON_A_SHEET]):
            row, column = divmod(place, COLUMNS)
            x, y = LEFT + column * CARD_WIDTH, HEIGHT - TOP - (row + 1) * CARD_HEIGHT
            _draw(drawn, (x, y), said, card)
        pdf.add_object(drawn)
        pdf.add_page(
            pydyf.Dictionary(
                {
                    "Type": "/Page",
                    "Parent": pdf.pages.reference,
                    "MediaBox": pydyf.Array([0, 0, WIDTH, HEIGHT]),
                    "Contents": drawn.reference,
                    "Resources": pydyf.Dictionary({"Font": fonts}),
                }
            )
        )
    found = io.BytesIO()
    pdf.write(found)
    return found.getvalue()


def check_signs(texts: Sequence[str]) -> None:
    """Make sure that texts can be shown.

    Raises:
        RefusedError: one cannot.
    """
    for text in texts:
        try:
            text.encode(CODED)
        except UnicodeEncodeError as error:
            said = _(
                "This PDF cannot show the signs of “{text}”. Print the cards from their page, or print it into a PDF."
            )
            raise RefusedError(said.format(text=text[:80])) from error


def _font(pdf: pydyf.PDF, base: str) -> bytes:
    font = pydyf.Dictionary(
        {"Type": "/Font", "Subtype": "/Type1", "BaseFont": f"/{base}", "Encoding": "/WinAnsiEncoding"}
    )
    pdf.add_object(font)
    reference: bytes = font.reference
    return reference


def _draw(to: pydyf.Stream, at: tuple[float, float], said: _Said, card: Card) -> None:
    x, y = at
    to.push_state()
    to.rectangle(x, y, CARD_WIDTH, CARD_HEIGHT)
    # What is longer than a card ends at its edge, and not on the next one.
    to.clip()
    to.set_line_width(0.3)
    to.set_dash([2, 2], 0)
    to.stroke()
    to.set_dash([], 0)
    left, line = x + PADDING, y + CARD_HEIGHT - PADDING - 9.5
    for part in _lines(said.title, TITLE_SIGNS):
        _write(to, (BOLD, 9.5), (left, line), part)
        line -= 11.5
    if card.of.team is not None:
        _write(to, (PLAIN, 9.5), (left, line), _shortened(card.of.team.title, TITLE_SIGNS))
    foot = y + PADDING + (9 + FOOT_LINE if said.place else 9)
    how, middle = foot + 12, foot + 12 + QR / 2
    line = middle + 34
    _write(to, (PLAIN, 9), (left, line), _("Go to"))
    signs = said.address.width(ADDRESS_SIGNS, ADDRESS_LINES)
    share = ADDRESS_SIGNS / signs
    for part in said.address.lines(signs):
        line -= 11.5 * share
        _write(to, (EVEN, 9 * share), (left, line), part)
    _write(to, (PLAIN, 9), (left, line - 13), _("and enter this code"))
    _write(to, (EVEN, 17), (left, line - 30.5), card.code)
    _draw_code(to, x + CARD_WIDTH - PADDING - QR, how, card.link)
    to.rectangle(left, foot + 3, CARD_WIDTH - 2 * PADDING, 0.8)
    to.fill()
    _write(to, (PLAIN, 8.5), (left, foot - 8), said.when)
    if said.place:
        _write(to, (PLAIN, 8.5), (left, foot - 8 - FOOT_LINE), _shortened(said.place, PLACE_SIGNS))
    place = _("{place} of {places}").format(place=card.of.place, places=card.of.places)
    _write(to, (PLAIN, 8.5), (x + CARD_WIDTH - PADDING - len(place) * 8.5 * FOOT_WIDTH, foot - 8), place)
    to.pop_state()


def _write(to: pydyf.Stream, font: tuple[str, float], at: tuple[float, float], text: str) -> None:
    to.begin_text()
    to.set_font_size(*font)
    to.set_text_matrix(1, 0, 0, 1, *at)
    to.show_text(f"<{text.encode(CODED, 'replace').hex()}>")
    to.end_text()


def _draw_code(to: pydyf.Stream, x: float, y: float, link: str) -> None:
    rows = segno.make(link, error="m").matrix
    module = QR / (len(rows) + 2 * QUIET)
    for place, row in enumerate(rows):
        begin = 0
        for column, is_dark in enumerate((*row, 0)):
            if is_dark:
                continue
            if column > begin:
                above = y + QR - (QUIET + place + 1) * module
                to.rectangle(x + (QUIET + begin) * module, above, (column - begin) * module, module)
            begin = column + 1
    to.fill()


def _lines(text: str, signs: int) -> list[str]:
    return [_shortened(part, signs) for part in textwrap.wrap(text, signs, max_lines=LINES, placeholder=" …")]


def _shortened(text: str, signs: int) -> str:
    return text if len(text) <= signs else f"{text[: signs - 1]}…"
