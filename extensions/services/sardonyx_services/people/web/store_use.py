"""How much classes, events and people have in the data store of what they may: as the keys service has counted it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from sardonyx_services.people.groups import Kind
from sardonyx_services.people.web.configuration import StorePlace

PATIENCE_S = 1.0
"""It says so from memory; a page that waits for longer is worth more than a figure."""
INVENTORY_PATIENCE_S = 5.0
"""Of everything there may be tens of thousands of figures."""
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


@dataclass(frozen=True)
class PlaceUse:
    """How much is in a place of the store, in bytes.

    Args:
        limit: None = it has none.
        at: when that was counted.
    """

    size: int
    limit: int | None
    at: datetime


@dataclass(frozen=True)
class Inventory:
    """How much is in each place of the store.

    Args:
        is_whole: everything was counted once; else some places may not be there yet.
    """

    places: Mapping[str, PlaceUse]
    is_whole: bool


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

    async def inventory(self) -> Inventory | None:
        """Return how much is in every place of the store, also in those without a limit; None = that cannot be said now."""
        said = await self._said("inventory", {}, INVENTORY_PATIENCE_S)
        try:
            return (
                Inventory({name: _place(each) for name, each in said["places"].items()}, said["is_whole"])
                if said
                else None
            )
        except (KeyError, TypeError, ValueError):
            return None

    async def _ask(self, whole: str) -> dict[str, Amount] | None:
        if not self._at.is_limited:
            return {}
        said = await self._said("stored", {"of": whole}, PATIENCE_S)
        return None if said is None else {name: Amount(each["bytes"], each["limit"]) for name, each in said.items()}

    async def _said(self, what: str, asked: Mapping[str, str], patience_s: float) -> dict[str, Any] | None:
        try:
            answer = await self._client.post(
                f"{self._at.keys}/{what}",
                json=dict(asked),
                headers={"Authorization": f"token {self._token}"},
                timeout=patience_s,
            )
            found = answer.json() if answer.status_code == OK else None
        except (httpx.HTTPError, ValueError):
            return None
        return found if isinstance(found, dict) else None


def _place(said: Mapping[str, Any]) -> PlaceUse:
    return PlaceUse(said["bytes"], said["limit"], datetime.fromisoformat(said["at"]))
