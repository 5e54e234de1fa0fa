"""What somebody can reach, and until when with the keys that they have now."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sardonyx_services.credentials.audit import LAPTOP, Issued
from sardonyx_services.credentials.broker import AUDIENCE, LATE, Broker
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.credentials.places import Place, group_places
from sardonyx_services.credentials.revocation import Living, Person
from sardonyx_services.credentials.stored import StoredAmounts
from sardonyx_services.credentials.wish import usual_wish
from sardonyx_services.people.groups import group_name

PATIENCE_S = 2.0
NO_ANSWER = "The data store does not answer now. Nothing can be read or written there; what is in it is kept."


class Access:
    """Answers that question, for a server and for the page “Data”."""

    def __init__(
        self,
        broker: Broker,
        living: Living,
        store: StoreConfiguration,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        longest_link_s: int = 0,
        stored: StoredAmounts | None = None,
    ) -> None:
        self._stored = stored
        self._broker, self._living, self._store, self._clock = broker, living, store, clock
        self._longest_link_s = longest_link_s

    async def of_server(self, caller: Caller, group: str = "") -> dict[str, Any]:
        """Return what a server reaches.

        Args:
            group: name of the class, event or team that it is of; "" = of none.

        Raises:
            NotAllowedError: its token is not one for data, or its owner was removed.
        """
        caller.wants(AUDIENCE)
        person = self._broker.person(caller)
        until = self._broker.until(person, caller, usual_wish(group))
        return {**self._places(caller.name, person), "until": until and utc(until)}

    async def of_person(self, name: str) -> dict[str, Any]:
        """Return what a person reaches, which keys they have, and what is wrong with the store ("" = nothing).

        Raises:
            NotAllowedError: they were removed.
        """
        person = self._broker.person(Caller(name, LAPTOP, LAPTOP, frozenset()))
        trouble = self._broker.refusal or await store_trouble(self._store.endpoint)
        keys = keys_of(person.id, self._living.of(person.id, self._clock()))
        return {**self._places(name, person), **keys, "trouble": trouble}

    def _places(self, name: str, person: Person) -> dict[str, Any]:
        now = self._clock()
        home, public = person.own_places(now)
        return {
            "person": name,
            "home": self._place(home),
            "public": self._place(public),
            "memberships": [
                {
                    "name": group_name(membership),
                    "title": membership.title,
                    "role": membership.role,
                    "places": [self._place(found) for found in group_places(person.id, membership, now)],
                    "folders": list(membership.folders),
                }
                for membership in person.memberships
            ],
            "key_lifetime_s": self._store.key_lifetime_s,
            "longest_link_s": self._longest_link_s,
            "bucket": self._store.bucket,
            "endpoint": self._store.endpoint,
        }

    def _place(self, found: Place) -> dict[str, Any]:
        """Return a place for JSON: with the end of the time to write there, and how much there may be and is, if that is known."""
        known: dict[str, Any] = {"writes_until": utc(found.writes_until)} if found.writes_until else {}
        if self._stored is None:
            return {"prefix": found.prefix, "access": found.access, **known}
        [marked] = self._stored.wanted([found])
        for whole, amount in self._stored.of(found).items():
            said = {"bytes": amount.size, "limit": amount.limit}
            known |= {"event": said} if whole.startswith("event/") else said
        return {"prefix": marked.prefix, "access": marked.access, **known}


def keys_of(person: str, living: Iterable[Issued]) -> dict[str, list[dict[str, Any]]]:
    """Return the usual keys of each server, the newest only, and all those for the person's own computers."""
    servers, laptops = {}, []
    for issued in sorted(living, key=lambda issued: issued.time):
        known = {"given": utc(issued.time), "until": utc(issued.until)}
        if issued.is_of_laptop:
            laptops.append({**known, "places": list(issued.places)})
        elif issued.session.removesuffix(LATE).count("-") == 1 and {f"home/{person}/:{may}" for may in ("rw", "rd")} & {
            *issued.places
        }:
            # Those of a profile for a class or team have its id behind a hyphen in their session, those that were asked to
            # do less have other places.
            servers[issued.server] = {"name": issued.server, **known}
    return {"servers": list(servers.values()), "laptops": laptops}


def utc(moment: datetime) -> str:
    """Return a time for JSON."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


async def store_trouble(endpoint: str) -> str:
    """Say that nothing answers at the store's address; "" = something does."""
    where = urlsplit(endpoint)
    port = where.port or (443 if where.scheme == "https" else 80)
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(where.hostname, port)
    except OSError:
        return NO_ANSWER
    writer.close()
    return ""
