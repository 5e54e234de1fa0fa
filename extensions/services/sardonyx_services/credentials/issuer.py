"""The issuer: short-lived tokens that say who asks, and the public keys by which others check them."""

import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from joserfc import jwt

from sardonyx_services.credentials import signing_keys
from sardonyx_services.credentials.key_certificate import certificate_of
from sardonyx_services.credentials.signing_keys import ALGORITHM, TOKEN_LIFE_S

LEEWAY_S = 5


class Issuer:
    """Signs with one key of a folder, publishes all of them, and renews them."""

    def __init__(self, address: str, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.address = address
        self._folder, self._clock = folder, clock
        self.renew()

    def renew(self) -> int:
        """Make, begin and end keys as it is time to; return the seconds until it is time again."""
        now = int(self._clock())
        keys = signing_keys.load(self._folder)
        found = signing_keys.schedule([key.made for key in keys], now)
        if found.needs_new:
            signing_keys.make(self._folder, now)
            keys = signing_keys.load(self._folder)
            found = signing_keys.schedule([key.made for key in keys], now)
        for number in found.over:
            keys[number].path.unlink(missing_ok=True)
        left = [key for number, key in enumerate(keys) if number not in found.over]
        # Each in one step: this runs in a thread of its own, and what is made there is always whole.
        self._published = [{**key.key.as_dict(private=False), **certificate_of(key.key)} for key in left]
        self._signing = keys[found.signing or 0].key
        return found.next_s

    def token(self, subject: str, audience: str, session: str, groups: Sequence[str] = ()) -> str:
        """Return a token that says who asks, good for five minutes; only this service ever holds it."""
        now = int(self._clock())
        key = self._signing
        claims = {
            "iss": self.address,
            "sub": subject,
            "aud": audience,
            "session": session,
            "groups": list(groups),
            "iat": now,
            "nbf": now - LEEWAY_S,
            "exp": now + TOKEN_LIFE_S,
            "jti": secrets.token_hex(16),
        }
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key)

    def key_set(self) -> dict[str, Any]:
        """Return the public keys (RFC 7517), each with its certificate."""
        return {"keys": self._published}

    def discovery(self) -> dict[str, Any]:
        """Return the discovery document (OpenID Connect Discovery 1.0, section 3)."""
        return {
            "issuer": self.address,
            "jwks_uri": f"{self.address}/jwks",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }
