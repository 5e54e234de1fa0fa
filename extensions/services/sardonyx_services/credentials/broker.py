"""Keys for each server: fresh when needed, the last good ones while hub or store are away."""

import asyncio
import hashlib
import logging
import random
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sardonyx_services.credentials.errors import CredentialsError, NotAllowedError, UnavailableError
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.policy import session_policy
from sardonyx_services.credentials.sts import Keys

log = logging.getLogger(__name__)
AUDIENCE = "s3"
RENEW_BEFORE = timedelta(minutes=20)
"""SDKs ask again 15 minutes before the end: what they get then has to live longer than that."""
REMEMBERED = 20_000


class KeySource(Protocol):
    """Where keys come from."""

    async def keys(self, token: str, session: str, policy: str) -> Keys:
        """Exchange a token for keys."""
        ...


@dataclass(frozen=True)
class Holder:
    """Whose keys: a person by their immutable id, never by a name that may change hands; and their server's name."""

    person: str
    server: str


class Broker:
    """Hands out keys for a person's own data."""

    def __init__(
        self,
        issuer: Issuer,
        source: KeySource,
        id_of: Callable[[str], str | None],
        bucket: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._issuer, self._source, self._id_of, self._bucket, self._clock = issuer, source, id_of, bucket, clock
        self._given: OrderedDict[Holder, tuple[Keys, datetime]] = OrderedDict()
        self._minting: dict[Holder, asyncio.Task[Keys]] = {}
        self.refusal = "The data store was not looked at yet. Try again in a few seconds."

    async def keys_for(self, caller: Caller) -> Keys:
        """Return keys that live long enough to be worth giving.

        Raises:
            CredentialsError: there are none, and no earlier ones that still live.
        """
        person = await asyncio.to_thread(self._id_of, caller.name)
        if person is None:
            raise NotAllowedError("You are not known here any more. Sign in again.")
        holder = Holder(person, caller.server)
        given = self._given.get(holder)
        if given and given[1] > self._clock():
            return given[0]
        if self.refusal:
            return self._last_good(holder, UnavailableError(self.refusal))
        task = self._minting.get(holder)
        if task is None:
            task = self._minting[holder] = asyncio.create_task(self._mint(holder))
            task.add_done_callback(lambda _: self._minting.pop(holder, None))
        try:
            return await asyncio.shield(task)
        except UnavailableError as error:
            return self._last_good(holder, error)

    async def mint(self, person: str, session: str) -> Keys:
        """Ask the store for keys to a person's own data."""
        token = self._issuer.token(person, AUDIENCE, session)
        return await self._source.keys(token, session, session_policy(self._bucket, person))

    async def _mint(self, holder: Holder) -> Keys:
        keys = await self.mint(holder.person, _session(holder))
        left = keys.expires - self._clock()
        # A little earlier for each in its own way: a class that started together does not ask together.
        renew = keys.expires - min(RENEW_BEFORE, left / 2) * random.uniform(1.0, 1.1)  # noqa: S311 - not a secret
        self._given[holder] = (keys, renew)
        while len(self._given) > REMEMBERED:
            self._given.popitem(last=False)
        log.info("Keys for %s, server %r, until %s", holder.person, holder.server, keys.expires.isoformat())
        return keys

    def _last_good(self, holder: Holder, error: CredentialsError) -> Keys:
        given = self._given.get(holder)
        if given is None or given[0].expires <= self._clock():
            raise error
        return given[0]


def _session(holder: Holder) -> str:
    # A name of its own for each server, so that the store can refuse one and leave the others alone.
    return f"{holder.person}-{hashlib.sha256(holder.server.encode()).hexdigest()[:12]}"
