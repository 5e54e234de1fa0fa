"""Which servers run: the hub says it, page by page."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from sardonyx_services.credentials.errors import UnavailableError
from sardonyx_services.credentials.identity import AWAY

PAGE = 200
PATIENCE_S = 10.0
WHOLE_S = 20.0
"""For a page that comes in drops."""


class HubServers:
    """Asks with the service's own token: scopes list:users and read:servers."""

    def __init__(self, hub_api: str, token: str, client: httpx.AsyncClient) -> None:
        self._url, self._token, self._client = f"{hub_api}/users", token, client

    async def running(self) -> dict[tuple[str, str], float]:
        """Return (name, server) -> since when, for every server that runs, starts or stops.

        Raises:
            UnavailableError: the hub does not answer, or not as a hub does.
        """
        found: dict[tuple[str, str], float] = {}
        offset: int | None = 0
        try:
            while offset is not None:
                page = await self._page(offset)
                for user in page["items"]:
                    for server, model in user.get("servers", {}).items():
                        found[str(user["name"]), str(server)] = _moment(model)
                following = page["_pagination"]["next"]
                offset = int(following["offset"]) if following else None
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnavailableError(AWAY) from error
        return found

    async def _page(self, offset: int) -> Mapping[str, Any]:
        async with asyncio.timeout(WHOLE_S):
            answer = await self._client.get(
                self._url,
                params={"state": "active", "offset": offset, "limit": PAGE},
                headers={
                    "Authorization": f"token {self._token}",
                    "Accept": "application/jupyterhub-pagination+json",
                },
                timeout=PATIENCE_S,
            )
        answer.raise_for_status()
        page: Mapping[str, Any] = answer.json()
        return page


def _moment(model: Mapping[str, Any]) -> float:
    started = datetime.fromisoformat(model["started"])
    return (started if started.tzinfo else started.replace(tzinfo=UTC)).timestamp()
