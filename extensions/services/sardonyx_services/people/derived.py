"""Secrets made from one of this place, so that what is made with one says nothing of another."""

import hmac

SEATS, EVENT_LINKS, JOIN_LINKS, SESSIONS, TEAM_LINKS = "seats", "event", "join", "sessions", "team"
"""What there are secrets for."""


def derived(secret: bytes, purpose: str) -> bytes:
    """Return the secret for a purpose; 32 bytes."""
    return hmac.digest(secret, purpose.encode(), "sha256")
