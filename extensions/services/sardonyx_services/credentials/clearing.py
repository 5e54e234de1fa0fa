"""Keys with which the service of classes deletes what is of an event, a class or a person, when the time for that has come."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter, Request

from sardonyx_services.credentials.audit import CLEAR, Issued
from sardonyx_services.credentials.broker import AUDIENCE, KeySource
from sardonyx_services.credentials.errors import NotAllowedError
from sardonyx_services.credentials.event_places import prefixes_of_event
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.own_service import told_by
from sardonyx_services.credentials.places import class_prefix
from sardonyx_services.credentials.policy import clearing_policy
from sardonyx_services.credentials.sts import Keys
from sardonyx_services.credentials.wish import SHORTEST_S
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.language import _


class Clearing:
    """Makes them: each deletes in one place of what is over, and nowhere else."""

    def __init__(
        self,
        issuer: Issuer,
        source: KeySource,
        people: PeopleStore,
        *,
        bucket: str,
        issued: Callable[[Issued], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._issuer, self._source, self._people, self._clock = issuer, source, people, clock
        self._bucket, self._issued = bucket, issued

    async def keys(self, group: str, prefix: str) -> Keys:
        """Return new keys for one place of an event, a class or a person who is erased.

        Args:
            group: the id of it.

        Raises:
            CredentialsError: it is none of that, it is not over, its data is to be kept, or there are no keys now.
        """
        if prefix not in await asyncio.to_thread(self._prefixes, group):
            raise NotAllowedError(_("That is no place whose data is to be deleted now."))
        session = f"{group}-{CLEAR}-{secrets.token_hex(6)}"
        policy = clearing_policy(self._bucket, prefix)
        keys = await self._source.keys(self._issuer.token(group, AUDIENCE, session), session, policy, SHORTEST_S)
        places = (f"{prefix}:rw",)
        self._issued(Issued(self._clock(), CLEAR, group, "", CLEAR, session, places, keys.expires))
        return keys

    def _prefixes(self, group: str) -> tuple[str, ...]:
        now = self._clock()
        if group in self._people.class_removal.due(now):
            return (class_prefix(group),)
        if group in self._people.erasure.due(now):
            return self._people.erasure.prefixes(group)
        return self._of_event(group)

    def _of_event(self, event: str) -> tuple[str, ...]:
        try:
            details = self._people.events.details(event)
        except PeopleError:
            return ()
        if details.closed is None or details.goes > self._clock():
            return ()
        return prefixes_of_event(self._people, event)


def clearing_routes(clearing: Clearing, own_token: str, token_of: Callable[[Request], str]) -> APIRouter:
    """Return the one route, which is for the service of classes alone.

    Args:
        own_token: that service's.
        token_of: returns the token of a request, or refuses it.
    """
    router = APIRouter()
    asked = told_by(own_token, token_of)

    @router.post("/clear")
    async def clear(request: Request) -> dict[str, str]:
        group, prefix = await asked(request, "group", "prefix")
        return (await clearing.keys(group, prefix)).to_json()

    return router
