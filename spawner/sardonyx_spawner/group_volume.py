"""The files that a class or a team shares in a volume: whose they are, and who may change them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class GroupVolume:
    """What one server has of the files of a class or a team; an engine without such volumes passes it over.

    Args:
        group: id of the class or the team, never given to another one.
        is_writable: the server may change them; else it reads.
    """

    kind: Literal["class", "team"]
    group: str
    is_writable: bool
