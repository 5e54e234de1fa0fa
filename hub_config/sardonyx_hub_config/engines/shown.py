"""What pages show of the engine that runs servers here."""

from collections.abc import Callable
from dataclasses import dataclass

from sardonyx_hub_config.pages.files import Files, NoFiles
from sardonyx_spawner.local.levels import Verdict


@dataclass(frozen=True)
class Shown:
    """What templates read.

    Args:
        isolation: how well servers are kept apart, as it is known now.
    """

    files: Files | NoFiles
    isolation: Callable[[], Verdict]
