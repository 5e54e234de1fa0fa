"""One-time links: for the first administrator, and for somebody who chooses a password."""

import hashlib
import secrets
import time

from sardonyx_services.people.store import PeopleStore

FIRST_ADMINISTRATOR = "first-administrator"
LIFE_S = 24 * 3600.0
HAND_OUT_DAYS = 14
"""A link to a new account is good for so long: it is handed out before it is used."""
HAND_OUT_S = HAND_OUT_DAYS * 24 * 3600.0
TITLES = ("name", "mail", "link")
"""Of a table of links to new accounts."""
PATH = "welcome"


def new_link(people: PeopleStore, purpose: str, hub_url: str, life_s: float = LIFE_S) -> str:
    """Return a new link; earlier ones for the same purpose end.

    Args:
        purpose: `FIRST_ADMINISTRATOR`, or the id of the person who chooses a password: a name may change hands.
        hub_url: the hub's public address, ending in "/hub/".
        life_s: seconds for which it is good.
    """
    token = secrets.token_urlsafe(32)
    people.one_time_links.replace(purpose, hashed(token), time.time() + life_s)
    return f"{hub_url}{PATH}?token={token}"


def hashed(token: str) -> str:
    """Return what is kept of a token: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
