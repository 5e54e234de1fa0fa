"""New tokens from forges for those that end, once for all who ask at the same time."""

import asyncio
import time
from collections.abc import Mapping

import httpx

from sardonyx_services.credentials.errors import UnavailableError
from sardonyx_services.credentials.git.oauth import GitProvider
from sardonyx_services.credentials.under_way import UnderWay
from sardonyx_services.people.git_accounts import GitAccounts, GitSecret
from sardonyx_spawner.language import _

LEAST_LEFT_S = 120.0
"""A clone may take its time; it asks for a token at its beginning."""
PATIENCE_S = 10.0
WHOLE_S = 20.0
"""For an answer that comes in drops."""


class Renewal:
    """Renews tokens of people.

    Args:
        providers: by slug.
    """

    def __init__(self, accounts: GitAccounts, providers: Mapping[str, GitProvider], client: httpx.AsyncClient) -> None:
        self._accounts, self._providers, self._client = accounts, providers, client
        self._under_way: UnderWay[tuple[str, str], GitSecret] = UnderWay()

    async def fresh(self, person: str, address: str, secret: GitSecret) -> GitSecret:
        """Return a token that is good for a while.

        Raises:
            EndedError: the forge gives none any more.
            PeopleError: it answers something else.
            UnavailableError: it does not answer, and the token is over.
        """
        provider = self._providers.get(secret.provider)
        if provider is None or not secret.refresh_token or _left_s(secret) > LEAST_LEFT_S:
            return secret
        try:
            return await self._under_way.once((person, address), lambda: self._renew(person, address, secret, provider))
        except UnavailableError:
            if _left_s(secret) > 0:
                return secret
            raise

    async def _renew(self, person: str, address: str, read: GitSecret, provider: GitProvider) -> GitSecret:
        # Somebody else's renewal may have ended since this was read, and what it was renewed with is good once.
        secret = await asyncio.to_thread(self._accounts.secret, person, address) or read
        if secret.token != read.token and _left_s(secret) > LEAST_LEFT_S:
            return secret
        try:
            async with asyncio.timeout(WHOLE_S):
                answer = await self._client.post(
                    provider.token_url,
                    data=provider.for_refresh(secret),
                    headers={"Accept": "application/json"},
                    timeout=PATIENCE_S,
                    follow_redirects=False,
                )
            said = answer.json()
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise UnavailableError(
                _("{site} does not answer now. Try again in a minute.").format(site=provider.title)
            ) from error
        new = provider.read(said if isinstance(said, dict) else {}, time.time(), secret)
        # A refresh token is good once: whoever comes later needs the new one.
        await asyncio.to_thread(self._accounts.renew, person, address, secret, new)
        return new


def _left_s(secret: GitSecret) -> float:
    return float("inf") if secret.ends_at is None else secret.ends_at - time.time()
