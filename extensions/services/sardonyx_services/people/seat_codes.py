"""The codes on the cards of an event: made from the seat itself, so that a card can be printed again; only a hash is kept."""

import hashlib
import hmac
from base64 import b32encode

ALPHABET = "bcdfghjkmnpqrstvwxyz23456789"
"""Nothing that looks like something else on paper, and no vowels: no code is a word."""
SIGNS = 8
"""38 bits: with a thousand codes that are good, one guess in three hundred million finds one, and who guesses is made to wait."""

PROOF_SIGNS = 16
"""Of a base of 32: 80 bits, of which nobody guesses one."""


class SeatCodes:
    """Makes codes, and knows them again.

    Args:
        secret: of this place; with another one no code is good any more.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def code(self, event: str, number: int, code_round: int) -> str:
        """Return the code of a seat, as people type it: "7BHC-M49W"."""
        made = int.from_bytes(self._made(f"code:{event}:{number}:{code_round}"))
        signs = []
        for _position in range(SIGNS):
            made, sign = divmod(made, len(ALPHABET))
            signs.append(ALPHABET[sign])
        return f"{''.join(signs[: SIGNS // 2])}-{''.join(signs[SIGNS // 2 :])}".upper()

    def hashed(self, code: str) -> str:
        """Return what is kept of a code. It is so short that a hash without the secret would tell it."""
        return self._made(f"hash:{normal(code)}").hex()

    def proof(self, code: str) -> str:
        """Return what stands beside a code where nobody types it: that it comes from a card, and was not guessed."""
        return b32encode(self._made(f"proof:{normal(code)}")).decode().lower()[:PROOF_SIGNS]

    def is_proven(self, code: str, proof: str) -> bool:
        """Tell whether somebody has the card of a code; whether that is good is not said."""
        return hmac.compare_digest(proof.encode(), self.proof(code).encode())

    def _made(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode(), hashlib.sha256)


def normal(code: str) -> str:
    """Return a code without regard to how it was typed."""
    return "".join(sign for sign in code.lower()[:100] if sign.isalnum())
