"""The broker's own token at Vault: from its own sign-in, never from a file or the settings."""

import asyncio
import time
from collections.abc import Callable

from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.vault.client import Own, Vault

SUBJECT = "broker"
"""Shorter than any person's id."""
AUDIENCE = "vault"
KEPT = 0.5
"""So much of its life is it used."""


class Badge:
    """Signs in once for many calls, and again when half of the token's life is over."""

    def __init__(self, vault: Vault, issuer: Issuer, clock: Callable[[], float] = time.monotonic) -> None:
        self._vault, self._issuer, self._clock = vault, issuer, clock
        self._own: Own | None = None
        self._until = 0.0
        self._signing_in = asyncio.Lock()

    async def token(self) -> str:
        """Return a token that is good for some time.

        Raises:
            CredentialsError: Vault gives none.
        """
        async with self._signing_in:
            if self._own is None or self._clock() >= self._until:
                own = await self._vault.login(self._issuer.token(SUBJECT, AUDIENCE, SUBJECT))
                self._own, self._until = own, self._clock() + own.life_s * KEPT
            return self._own.token

    def forget(self) -> None:
        """Sign in again at the next call: Vault does not take this token."""
        self._own = None
