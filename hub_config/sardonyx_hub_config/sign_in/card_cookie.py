"""Which card let somebody in, kept in their browser: who is signed out because it was replaced is told so, and nobody else.

The hub signs it, so it proves that this browser was in with that card. It lets nobody in.
"""

from jupyterhub.handlers.base import BaseHandler

from sardonyx_services.people.seats import Seat

COOKIE = "sardonyx-card"
DAYS = 7
"""Nobody comes back to a card after that."""


def remember(handler: BaseHandler, seat: Seat | None) -> None:
    """Keep with which card somebody has come in."""
    if seat is not None:
        said = f"{seat.event}/{seat.number}/{seat.code_round}"
        handler._set_cookie(COOKIE, said, path=handler.hub.base_url, samesite="Lax", expires_days=DAYS)  # noqa: SLF001 - has no other name


def forget(handler: BaseHandler) -> None:
    """Forget it: they leave by themselves."""
    handler.clear_cookie(COOKIE, path=handler.hub.base_url)


def is_replaced(handler: BaseHandler) -> bool:
    """Tell whether whoever is at this browser came in with a card in the place of which there is another one by now."""
    said = handler.get_secure_cookie(COOKIE, max_age_days=DAYS)
    event, _, rest = (said or b"").decode().partition("/")
    number, _, code_round = rest.partition("/")
    if not (event and number.isdecimal() and code_round.isdecimal()):
        return False
    seat = handler.authenticator.people.seats.one(event, int(number))
    return seat is not None and not seat.is_kept and seat.code_round > int(code_round)
