"""What a link opens, as the keys service says it; what is no link at all is not asked there."""

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx

from sardonyx_services.links.token import TOKEN, token_hash

PATIENCE_S = 20.0
OK = 200
UNKNOWN, ENDED, NOT_SHARED, AWAY = "Unknown", "Ended", "NotShared", "Away"
"""Why a link opens nothing; all but the last are words of the keys service."""


class ClosedLinkError(Exception):
    """A link opens nothing, or nothing now; `why` is one of the words above."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Opened:
    """A file that is shared.

    Args:
        mark: what stands for the link in logs.
        by: who shares it.
        until: with a time zone.
        get: where the store has it, for some minutes; so `head`.
    """

    mark: str
    name: str
    by: str
    until: datetime
    get: str = field(repr=False)
    head: str = field(repr=False)


class LinkLookup:
    """Asks the keys service each time: a link can be taken back at any moment.

    Args:
        keys: its address.
        token: by which it knows this service.
        people: people.sqlite. Whoever tries links that there are not asks this file, and takes no time of who hands out keys;
            None = they are in a PostgreSQL, and each is asked for there.
    """

    def __init__(self, keys: str, token: str, people: Path | None, client: httpx.AsyncClient) -> None:
        self._keys, self._client = keys, client
        self._headers = {"Authorization": f"token {token}"}
        self._people = f"{people.absolute().as_uri()}?mode=ro" if people else ""
        self._database: sqlite3.Connection | None = None

    async def open(self, token: str) -> Opened:
        """Return what a link opens.

        Raises:
            ClosedLinkError: nothing, or nothing now.
        """
        if not TOKEN.fullmatch(token) or not self._is_there(token):
            raise ClosedLinkError(UNKNOWN)
        told = await self._ask("/links/open", token)
        try:
            found = told.json()
            if told.status_code != OK:
                code = found["code"]
                raise ClosedLinkError(code if code in {UNKNOWN, ENDED, NOT_SHARED} else AWAY)
            until = datetime.fromisoformat(found["until"])
            where = found["addresses"]
            return Opened(found["mark"], found["name"], found["by"], until, where["GET"], where["HEAD"])
        except (ValueError, KeyError, TypeError) as error:
            raise ClosedLinkError(AWAY) from error

    async def count(self, token: str) -> None:
        """Tell that somebody reads a file from its beginning.

        Raises:
            ClosedLinkError: that cannot be told now.
        """
        await self._ask("/links/opened", token)

    async def _ask(self, path: str, token: str) -> httpx.Response:
        try:
            return await self._client.post(
                f"{self._keys}{path}", json={"link": token}, headers=self._headers, timeout=PATIENCE_S
            )
        except httpx.HTTPError as error:
            raise ClosedLinkError(AWAY) from error

    def _is_there(self, token: str) -> bool:
        if not self._people:
            return True
        try:
            if self._database is None:
                self._database = sqlite3.connect(self._people, uri=True)
            found = self._database.execute("SELECT 1 FROM shared_links WHERE token_hash = ?", (token_hash(token),))
            return found.fetchone() is not None
        except sqlite3.Error:
            # Busy, or not there yet: who hands out keys knows.
            return True
