"""How much classes, events and people have in the data store of what they may: as the keys service has counted it."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from sardonyx_services.people.groups import Kind
from sardonyx_services.people.web.configuration import StorePlace

PATIENCE_S = 1.0
"""It says so from memory; a page that waits for longer is worth more than a figure."""
NEARLY = 0.8
OK = 200


@dataclass(frozen=True)
class Amount:
    """How much there is, and how much may be; in bytes.

    Args:
        size: None = it was not counted yet.
    """

    size: int | None
    limit: int

    @property
    def share(self) -> float:
        """Return how much of it is used."""
        return (self.size or 0) / self.limit

    @property
    def is_full(self) -> bool:
        """Whether no more can be written."""
        return self.share >= 1

    @property
    def is_nearly_full(self) -> bool:
        """Whether it is full, or will be soon."""
        return self.share >= NEARLY


class StoreUse:
    """Asks for it, and never for long."""

    def __init__(self, at: StorePlace, client: httpx.AsyncClient) -> None:
        self._at, self._client = at, client
        self._token = at.token.read_text().strip()

    @property
    def is_limited(self) -> bool:
        """Whether anything has a limit here."""
        return self._at.is_limited

    async def of(self, kind: Kind, group: str) -> Amount | None:
        """Return how much a class or an event has; None = it has no limit, or that cannot be said now."""
        whole = f"{kind}/{group}/"
        return (await self._ask(whole) or {}).get(whole)

    async def all(self) -> Mapping[str, Amount] | None:
        """Return how much everything has that was counted in the last day, by its place in the store; None = not now."""
        return await self._ask("")

    async def _ask(self, whole: str) -> dict[str, Amount] | None:
        if not self._at.is_limited:
            return {}
        try:
            answer = await self._client.post(
                f"{self._at.keys}/stored",
                json={"of": whole},
                headers={"Authorization": f"token {self._token}"},
                timeout=PATIENCE_S,
            )
            if answer.status_code != OK:
                return None
            return {name: Amount(each["bytes"], each["limit"]) for name, each in answer.json().items()}
        except (httpx.HTTPError, ValueError):
            return None
