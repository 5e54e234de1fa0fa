"""Who asks: the hub says whose server a token belongs to; nothing in the request does."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from sardonyx_services.credentials.errors import NotAllowedError, UnavailableError
from sardonyx_services.credentials.turns import Turns
from sardonyx_services.credentials.under_way import UnderWay
from sardonyx_spawner.language import _

SCOPE = "custom:credentials:"
SERVICES = ("s3", "vault", "git")
"""What a server's token may be good for; each is a scope of its own, filtered to one server."""
PAGE_SCOPE = f"{SCOPE}laptop"
"""What the hub's page “Data” may do in a person's name, with a token that it makes for one call."""
ONLY_THE_PAGE = _("This is for the page “Data”: sign in, and open it in your browser.")
KEPT_S = 10.0
REMEMBERED = 10_000
PATIENCE_S = 5.0
WHOLE_S = 10.0
"""For an answer that comes in drops."""
AT_ONCE, WAITING = 32, 2_000
AWAY = _("The hub does not answer now. Keys that you have go on working; try again in a minute.")


@dataclass(frozen=True)
class Caller:
    """A running server.

    Args:
        name: how its owner is called.
        server: its name; "" = the default one.
        run: which run of it: another one after each start.
        services: what it may ask for, of `SERVICES`.
    """

    name: str
    server: str
    run: str
    services: frozenset[str]

    def wants(self, service: str) -> None:
        """Make sure that the caller may ask for this.

        Raises:
            NotAllowedError: the token is not one for it.
        """
        if service not in self.services:
            raise NotAllowedError


def fingerprint(token: str) -> str:
    """Return what stands for a token wherever the token itself must not be."""
    return hashlib.sha256(token.encode()).hexdigest()


def caller_of(model: Mapping[str, Any], run: str) -> Caller:
    """Return the caller from the hub's answer about a token.

    Raises:
        NotAllowedError: the token is not that of a server, or may not get keys.
    """
    name = model.get("name")
    scopes = model.get("scopes", [])
    if model.get("kind") != "user" or not isinstance(name, str) or not isinstance(scopes, list):
        raise NotAllowedError
    found: dict[str, set[str]] = {}
    for scope in scopes:
        for service in SERVICES:
            prefix = f"{SCOPE}{service}!server="
            owner, slash, server = str(scope).removeprefix(prefix).partition("/")
            if str(scope).startswith(prefix) and slash and owner == name:
                found.setdefault(server, set()).add(service)
    # A server's token names that server alone; one that names several is something else.
    if len(found) != 1:
        raise NotAllowedError
    ((server, services),) = found.items()
    return Caller(name, server, run, frozenset(services))


def person_of(model: Mapping[str, Any]) -> str:
    """Return who sits at the page “Data”, from the hub's answer about the token of one call.

    Raises:
        NotAllowedError: the token is that of a server or of a program, whatever else it may do.
    """
    name, scopes = model.get("name"), model.get("scopes")
    if model.get("kind") != "user" or not isinstance(name, str) or not isinstance(scopes, list):
        raise NotAllowedError(ONLY_THE_PAGE)
    # JupyterHub lets every token say whose it is.
    says_whose = {f"read:users:{field}!user={name}" for field in ("name", "groups")}
    if set(map(str, scopes)) - says_whose != {f"{PAGE_SCOPE}!user={name}"}:
        raise NotAllowedError(ONLY_THE_PAGE)
    return name


class Identity:
    """Asks the hub, at most once at a time for each token, and remembers the answer for seconds.

    Args:
        whole_s: for all of an answer.
    """

    def __init__(
        self,
        hub_api: str,
        client: httpx.AsyncClient,
        clock: Callable[[], float] = time.monotonic,
        whole_s: float = WHOLE_S,
    ) -> None:
        self._whole_s = whole_s
        self._url = f"{hub_api}/user"
        self._client = client
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._asking: UnderWay[str, Caller] = UnderWay()
        self._turns = Turns(AT_ONCE, WAITING)

    async def of(self, token: str) -> Caller:
        """Return whose server this token belongs to.

        Raises:
            NotAllowedError: the hub does not know it as a server's token.
            UnavailableError: the hub does not answer.
        """
        key = fingerprint(token)
        known = self._known.get(key)
        if known and known[0] > self._clock():
            return known[1]
        return await self._asking.once(key, lambda: self._ask(key, token))

    def last_known(self, token: str) -> Caller | None:
        """Return who a token was, while the hub cannot be asked: good for keys that were given before, for nothing new."""
        known = self._known.get(fingerprint(token))
        return known[1] if known else None

    async def at_the_page(self, token: str) -> str:
        """Return who sits at the page “Data”; never remembered, so that a token is worth nothing once it is deleted.

        Raises:
            NotAllowedError: the hub does not know it as a token of that page.
            UnavailableError: the hub does not answer.
        """
        return person_of(await self._model(token))

    async def has_scope(self, token: str, scope: str) -> bool:
        """Tell whether a token, of whomever, may do something in the hub.

        Raises:
            NotAllowedError: the hub does not know it.
            UnavailableError: the hub does not answer.
        """
        scopes = (await self._model(token)).get("scopes", [])
        return isinstance(scopes, list) and scope in scopes

    async def _ask(self, key: str, token: str) -> Caller:
        try:
            caller = caller_of(await self._model(token), key[:12])
        except NotAllowedError:
            self._known.pop(key, None)
            raise
        self._known[key] = (self._clock() + KEPT_S, caller)
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return caller

    async def _model(self, token: str) -> Mapping[str, Any]:
        try:
            async with self._turns.turn(), asyncio.timeout(self._whole_s):
                answer = await self._client.get(
                    self._url, headers={"Authorization": f"token {token}"}, timeout=PATIENCE_S
                )
            if answer.status_code >= 500:  # noqa: PLR2004 - HTTP
                raise UnavailableError(AWAY)
            if answer.status_code != 200:  # noqa: PLR2004 - HTTP
                raise NotAllowedError
            model = answer.json()
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise UnavailableError(AWAY) from error
        return model if isinstance(model, dict) else {}
