"""The link by which people join a class or an event: made from it, so that nothing is kept and it can be shown again."""

import hashlib
import hmac
from base64 import b32encode

SIGNS = 16
"""Of a base of 32: 80 bits, of which nobody guesses one."""


class JoinLinks:
    """Makes the links, and knows them again.

    Args:
        secret: of this place; with another one no link is good any more.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def code(self, group: str, join_round: int) -> str:
        """Return what makes the link of a class: its id, and what only this place can make of it."""
        made = hmac.new(self._secret, f"join:{group}:{join_round}".encode(), hashlib.sha256).digest()
        return f"{group}-{b32encode(made).decode().lower()[:SIGNS]}"

    def is_of(self, code: str, group: str, join_round: int) -> bool:
        """Tell whether a code is the one of this class now."""
        return hmac.compare_digest(code.encode(), self.code(group, join_round).encode())


def group_of(code: str) -> str:
    """Return the id of the class that a code names, whether it is good or not."""
    return code.partition("-")[0]
