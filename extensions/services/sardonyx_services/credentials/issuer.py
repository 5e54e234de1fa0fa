"""The issuer: signing keys on disk, and the short-lived tokens that they sign."""

import json
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

ALGORITHM = "RS256"
BITS = 2048
TOKEN_LIFE_S = 300
LEEWAY_S = 5


class Issuer:
    """Signs with the newest key of a folder and publishes all of them."""

    def __init__(self, address: str, keys: Path, clock: Callable[[], float] = time.time) -> None:
        self.address = address
        self._clock = clock
        self._keys = load_keys(keys)

    def token(self, subject: str, audience: str, server: str) -> str:
        """Return a token that says who asks, good for five minutes; only this service ever holds it."""
        now = int(self._clock())
        key = self._keys[-1]
        claims = {
            "iss": self.address,
            "sub": subject,
            "aud": audience,
            "server": server,
            "iat": now,
            "nbf": now - LEEWAY_S,
            "exp": now + TOKEN_LIFE_S,
            "jti": secrets.token_hex(16),
        }
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key)

    def key_set(self) -> dict[str, Any]:
        """Return the public keys (RFC 7517)."""
        found: dict[str, Any] = dict(KeySet(list(self._keys)).as_dict(private=False))
        return found

    def discovery(self) -> dict[str, Any]:
        """Return the discovery document (OpenID Connect Discovery 1.0, section 3)."""
        return {
            "issuer": self.address,
            "jwks_uri": f"{self.address}/jwks",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }


def load_keys(folder: Path) -> list[RSAKey]:
    """Return the signing keys, oldest first; the first one is made on the first run.

    A key's id is its thumbprint (RFC 7638), so that no two keys share one: stores keep keys by id.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = sorted(path for path in folder.glob("*.json") if path.stat().st_size > 0)
    if not paths:
        paths = [_new_key(folder)]
    keys = []
    for path in paths:
        key = RSAKey.import_key(json.loads(path.read_text()))
        keys.append(
            RSAKey.import_key({**key.as_dict(private=True), "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM})
        )
    return keys


def _new_key(folder: Path) -> Path:
    key = RSAKey.generate_key(BITS, private=True)
    path = folder / f"{int(time.time())}-{secrets.token_hex(4)}.json"
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(json.dumps(key.as_dict(private=True)))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return path
