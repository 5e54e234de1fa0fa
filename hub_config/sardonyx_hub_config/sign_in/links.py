"""One-time links: for the first administrator, and for somebody who chooses a password."""

import hashlib
import secrets
import time

from sardonyx_services.people.store import PeopleStore

FIRST_ADMINISTRATOR = "first-administrator"
PASSWORD = "password:"  # noqa: S105 - the name of a purpose
LIFE_S = 24 * 3600.0
PATH = "welcome"


def new_link(people: PeopleStore, purpose: str, hub_url: str) -> str:
    """Return a new link; earlier ones for the same purpose end.

    Args:
        hub_url: the hub's public address, ending in "/hub/".
    """
    token = secrets.token_urlsafe(32)
    people.replace_link(purpose, hashed(token), time.time() + LIFE_S)
    return f"{hub_url}{PATH}?token={token}"


def hashed(token: str) -> str:
    """Return what is kept of a token: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def invited(purpose: str) -> str:
    """Return the name that a link is for; "" = the person chooses one."""
    return purpose.removeprefix(PASSWORD) if purpose.startswith(PASSWORD) else ""
