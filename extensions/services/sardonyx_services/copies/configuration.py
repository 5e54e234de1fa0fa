"""What the service of copies is told, in one JSON text."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from sardonyx_spawner.amounts import memory_bytes
from sardonyx_spawner.kube.quantities import amount
from sardonyx_spawner.material import begins_with

SHARE_OF_ROOM = 0.8
"""Of the volume: what comes is looked at twice a second, and a Pod whose volume is too full is ended."""


class CopiesConfiguration(BaseModel):
    """Which repositories are copied, and where to.

    Args:
        folder: for the copies; what is in it can be made again.
        room: how much they may take, as Kubernetes writes amounts: 10Gi.
        largest: how large one may be, as settings write amounts: 2G.
        named: addresses that profiles name.
        below: what addresses of classes and events begin with.
        hub: the hub's API, which knows whose token one is.
        hosts: Host headers that are answered.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path
    room: str
    largest: str
    named: frozenset[str] = frozenset()
    below: tuple[str, ...] = ()
    hub: str
    hosts: tuple[str, ...]
    port: int = Field(ge=1, le=65535)

    @property
    def most_bytes(self) -> int:
        """How much all copies may take."""
        return int(float(amount(self.room)) * SHARE_OF_ROOM)

    @property
    def largest_bytes(self) -> int:
        """How much one may take."""
        return min(memory_bytes(self.largest), self.most_bytes)

    def has(self, url: str) -> bool:
        """Tell whether there may be a copy of what is at an address."""
        return url in self.named or any(begins_with(url, place) for place in self.below)
