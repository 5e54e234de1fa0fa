"""The `one_machine` section of the settings: what counts where everything runs on one machine."""

from typing import Literal

from pydantic import Field

from sardonyx_hub_config.settings.section import Memory, Section
from sardonyx_spawner.amounts import memory_bytes
from sardonyx_spawner.local.fresh_homes import FreshHomes


class OneMachineSettings(Section):
    """What counts where everything runs on one machine."""

    fresh_homes: Literal["memory", "disk"] = Field(
        default="memory",
        description="Where the files of servers with `home: fresh` are. memory: they count as the server's memory and"
        " have a size; disk: in the data folder, as large as they like.",
    )
    fresh_home_size: Memory | None = Field(
        default=None, description="Size of a fresh home in memory, such as 2G; none: half of the server's memory."
    )
    home_limit: Memory | None = Field(
        default=None,
        description="How much each person's kept files may take, such as 10G; none: as much as they like, and nothing is"
        " measured. Refused by the file system where that can be, else only measured and said.",
    )
    gpus: tuple[str, ...] | None = Field(
        default=None,
        description="Names of the GPUs that servers get, such as nvidia0 or renderD128 (`sardonyx doctor` lists them);"
        " none: all, [] = no GPU.",
    )
    servers_per_gpu: int = Field(
        default=1,
        ge=1,
        le=64,
        description="How many servers may have the same GPU at once. More than 1: they slow each other down, and share"
        " its memory without a limit.",
    )

    def home_bytes(self) -> int | None:
        """Return how much a home may take; None = as much as it likes."""
        return memory_bytes(self.home_limit) if self.home_limit else None

    def fresh(self) -> FreshHomes:
        """Return the same in the words of the spawner."""
        size = memory_bytes(self.fresh_home_size) if self.fresh_home_size else None
        return FreshHomes(in_memory=self.fresh_homes == "memory", size=size)
