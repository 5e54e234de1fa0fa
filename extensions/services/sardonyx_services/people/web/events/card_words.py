"""Accounts by what their card says, for whoever stands at the desk with one in their hand. Pure."""

from collections.abc import Sequence

from sardonyx_services.people.web.events.seat_desk import SeatSeen
from sardonyx_spawner.language import _


def place_said(seen: SeatSeen) -> str:
    """Say which of its team an account is, as its card does: "3 of 4"."""
    return _("{place} of {places}").format(place=seen.place, places=seen.places)


def with_card(seats: Sequence[SeatSeen], sought: str) -> list[SeatSeen]:
    """Return the accounts whose card has words one after the other, or whose person is called so; all, where none are given.

    Whole words count: "Team 2" is not "Team 20", and "1 of 4" is not "11 of 40". A card has its team at its top and its
    place at its foot; people type them in either order, with or without what stands between them here.
    """
    wanted = _words(sought)
    return [each for each in seats if not wanted or _is_on(wanted, each)]


def _is_on(wanted: list[str], seen: SeatSeen) -> bool:
    team, place = _words(seen.team.title if seen.team is not None else ""), _words(place_said(seen))
    if any(_has(said, wanted) for said in (team + place, place + team)):
        return True
    names = {seen.shown_name, seen.person.name} if seen.person is not None else set()
    return any(" ".join(wanted) in " ".join(_words(name)) for name in names)


def _has(said: list[str], wanted: list[str]) -> bool:
    return any(said[begin : begin + len(wanted)] == wanted for begin in range(len(said) - len(wanted) + 1))


def _words(text: str) -> list[str]:
    for between in "·,;/":
        text = text.replace(between, " ")
    return text.casefold().split()
