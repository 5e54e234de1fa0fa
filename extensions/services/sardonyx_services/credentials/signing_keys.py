"""The keys that sign our tokens: on disk, changed from time to time without anybody noticing.

A key is published before it signs, so that who checks tokens has it by then, and stays published until the last token
that it signed is over.
"""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from joserfc.jwk import RSAKey

ALGORITHM = "RS256"
BITS = 2048
TOKEN_LIFE_S = 300
DAY_S = 86_400
RENEWED_AFTER_S = 30 * DAY_S
PUBLISHED_BEFORE_S = DAY_S
"""Stores keep the published keys for a while: SeaweedFS an hour, AWS up to a day."""
KEPT_AFTER_S = 2 * TOKEN_LIFE_S


@dataclass(frozen=True)
class SigningKey:
    """A key and when it was made, in seconds since 1970."""

    made: int
    key: RSAKey
    path: Path


@dataclass(frozen=True)
class Schedule:
    """What is to be done with the keys now.

    Args:
        signing: which of them signs; None = there is none yet.
        over: those whose last token is over.
        needs_new: whether the next one has to be made.
        next_s: seconds until this changes.
    """

    signing: int | None
    over: tuple[int, ...]
    needs_new: bool
    next_s: int


def schedule(made: Sequence[int], now: int) -> Schedule:
    """Decide from the times at which the keys were made, oldest first.

    The first key signs at once: before it nobody has seen any. Each later one waits for its day.
    """
    if not made:
        return Schedule(None, (), needs_new=True, next_s=0)
    signs_from = [made[0], *(at + PUBLISHED_BEFORE_S for at in made[1:])]
    signing = max(number for number, at in enumerate(signs_from) if number == 0 or at <= now)
    over = tuple(number for number in range(signing) if signs_from[number + 1] + KEPT_AFTER_S <= now)
    renewed_at = made[-1] + RENEWED_AFTER_S
    ends = [signs_from[number + 1] + KEPT_AFTER_S for number in range(signing) if number not in over]
    begins = signs_from[signing + 1 :]
    moments = [at for at in (*ends, *begins, renewed_at) if at > now]
    return Schedule(signing, over, needs_new=renewed_at <= now, next_s=min(moments, default=now + 1) - now)


def load(folder: Path) -> list[SigningKey]:
    """Return the keys of a folder, oldest first.

    A key's id is its thumbprint (RFC 7638), so that no two keys share one: stores keep keys by id.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = []
    for path in folder.glob("*.json"):
        # A power cut may leave an empty file of a key that never signed.
        if path.stat().st_size == 0:
            continue
        found.append(SigningKey(int(path.name.partition("-")[0]), _key(path.read_text()), path))
    return sorted(found, key=lambda found: (found.made, found.path.name))


@lru_cache(maxsize=16)
def _key(text: str) -> RSAKey:
    """Return a key; reading it costs a twentieth of a second, because its numbers are checked."""
    key = RSAKey.import_key(json.loads(text))
    return RSAKey.import_key({**key.as_dict(private=True), "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM})


def make(folder: Path, now: int) -> None:
    """Make another key, for its owner only."""
    key = RSAKey.generate_key(BITS, private=True)
    path = folder / f"{now}-{secrets.token_hex(4)}.json"
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(json.dumps(key.as_dict(private=True)))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
