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

SCOPE = "custom:credentials:s3!server="
KEPT_S = 10.0
REMEMBERED = 10_000
PATIENCE_S = 5.0
AT_ONCE = 32


@dataclass(frozen=True)
class Caller:
    """The owner and the name of a server ("" = the default one)."""

    name: str
    server: str


def caller_of(model: Mapping[str, Any]) -> Caller:
    """Return the caller from the hub's answer about a token.

    Raises:
        NotAllowedError: the token is not that of a server, or may not get keys.
    """
    name = model.get("name")
    scopes = model.get("scopes", [])
    if model.get("kind") != "user" or not isinstance(name, str) or not isinstance(scopes, list):
        raise NotAllowedError
    for scope in scopes:
        owner, slash, server = str(scope).removeprefix(SCOPE).partition("/")
        if str(scope).startswith(SCOPE) and slash and owner == name:
            return Caller(name, server)
    raise NotAllowedError


class Identity:
    """Asks the hub, at most once at a time for each token, and remembers the answer for seconds."""

    def __init__(self, hub_api: str, client: httpx.AsyncClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = f"{hub_api}/user"
        self._client = client
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Caller]] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def of(self, token: str) -> Caller:
        """Return whose server this token belongs to.

        Raises:
            NotAllowedError: the hub does not know it as a server's token.
            UnavailableError: the hub does not answer.
        """
        key = hashlib.sha256(token.encode()).hexdigest()
        known = self._known.get(key)
        if known and known[0] > self._clock():
            return known[1]
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._ask(key, token))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(task)

    async def _ask(self, key: str, token: str) -> Caller:
        try:
            async with self._turn:
                answer = await self._client.get(
                    self._url, headers={"Authorization": f"token {token}"}, timeout=PATIENCE_S
                )
        except httpx.HTTPError as error:
            raise UnavailableError(
                "The hub does not answer now. Keys that you have go on working; try again in a minute."
            ) from error
        if answer.status_code >= 500:  # noqa: PLR2004 - HTTP
            raise UnavailableError(
                "The hub does not answer now. Keys that you have go on working; try again in a minute."
            )
        if answer.status_code != 200:  # noqa: PLR2004 - HTTP
            self._known.pop(key, None)
            raise NotAllowedError
        caller = caller_of(answer.json())
        self._known[key] = (self._clock() + KEPT_S, caller)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return caller
