"""What an event is beside its people: when it begins and ends, what its servers are, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sardonyx_spawner.amounts import memory_bytes
from sardonyx_spawner.class_limits import NO_LIMITS, Limits
from sardonyx_spawner.repository import Material

USUAL_SIGN_INS = 30
"""Of one code: so often does nobody sign in at an event, and a code that is passed around ends."""
MOST_SIGN_INS = 1000
"""Whatever an operator allows: who has more to come in at once has the link."""


@dataclass(frozen=True)
class EventDetails:
    """What an event is beside its people.

    Args:
        begins: the moment from which its codes are good, with a time zone; so is `ends`, until which they are.
        place: where it is, in words; "" = nothing is said.
        welcome: what its people read first, in Markdown.
        zone: name of a time zone, by whose clocks its times are said.
        read_hours: so long after its end its people still read and copy what they have; then all of it is deleted.
        profile: slug of the profile that its servers are made from.
        answers: option of that profile -> what it is in this event; nobody is asked those.
        repositories: its material.
        sharing: one link lets people in, each into the next account that nobody has.
        link_round: which link that is.
        prefix: begin of the names of its accounts.
        changed: how often this was changed.
        closed: when its codes and all writing were ended; None = not yet.
        deleted: when all that is of it was deleted; None = not yet.
        report: what was deleted; {} = nothing yet.
        team_servers: each team works in one server, that of who starts first.
        sign_ins: so often each code lets somebody in.
        storage: all of it may have so much in the data store, such as "20G"; "" = as much as the operator allows.
        limits: what its servers have of what that profile offers.
    """

    begins: datetime
    ends: datetime
    place: str = ""
    welcome: str = ""
    zone: str = "UTC"
    read_hours: int = 24
    profile: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    repositories: tuple[Material, ...] = ()
    sharing: bool = False
    link_round: int = 1
    prefix: str = ""
    changed: int = 0
    closed: datetime | None = None
    deleted: datetime | None = None
    report: Mapping[str, int] = field(default_factory=dict)
    team_servers: bool = False
    sign_ins: int = USUAL_SIGN_INS
    storage: str = ""
    limits: Limits = NO_LIMITS

    @property
    def storage_bytes(self) -> int | None:
        """How much it may have in the data store; None = as much as the operator allows."""
        return memory_bytes(self.storage) if self.storage else None

    @property
    def goes(self) -> datetime:
        """The moment at which all that is of it is deleted. Who ran this place late has its people no less time."""
        return max(self.ends, self.closed or self.ends) + timedelta(hours=self.read_hours)

    def is_on(self, now: datetime) -> bool:
        """Tell whether its people come in and work."""
        return self.begins <= now < self.ends and self.closed is None
