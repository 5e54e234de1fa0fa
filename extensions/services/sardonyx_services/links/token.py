"""What makes the address of a link: who makes links and who opens them have to mean the same by it."""

import hashlib
import re
import secrets

TOKEN_BYTES = 24
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
"""192 random bits."""


def new_token() -> str:
    """Return what makes the address of a new link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return what is kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()
