"""What the service of copies is told, in one JSON text."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from sardonyx_spawner.amounts import memory_bytes
from sardonyx_spawner.kube.quantities import amount

SHARE_OF_COPIES, SHARE_OF_ANSWERS = 0.6, 0.25
"""Of the volume: what comes is looked at twice a second, and a Pod whose volume is too full is ended."""


class CopiesConfiguration(BaseModel):
    """Where copies are kept, and how much room they have.

    Args:
        folder: for the copies; what is in it can be made again.
        room: how much they may take, as Kubernetes writes amounts: 10Gi.
        largest: how large one may be, as settings write amounts: 2G.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path
    room: str
    largest: str
    port: int = Field(ge=1, le=65535)

    @property
    def most_bytes(self) -> int:
        """How much all copies may take."""
        return self._share(SHARE_OF_COPIES)

    @property
    def most_answers_bytes(self) -> int:
        """How much all answers may take that are kept for those who ask the same."""
        return self._share(SHARE_OF_ANSWERS)

    @property
    def largest_bytes(self) -> int:
        """How much one may take."""
        return min(memory_bytes(self.largest), self.most_bytes)

    def _share(self, share: float) -> int:
        return int(float(amount(self.room)) * share)
