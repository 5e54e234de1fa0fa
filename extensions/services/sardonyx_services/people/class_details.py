"""What a class is beside its people: its days, its servers, its material, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sardonyx_spawner.class_limits import NO_LIMITS, Limits
from sardonyx_spawner.repository import Material

AfterEnd = Literal["delete", "keep"]


@dataclass(frozen=True)
class ClassDetails:
    """What a class is beside its people.

    Args:
        profile: slug of the profile that its servers are made from; "" = it has none of its own.
        answers: option of that profile -> what it is in this class; nobody is asked those.
        repositories: its material.
        first_day: the first day, in `zone`; None = it has begun. `last_day` is within it; None = it goes on until it is ended.
        zone: name of a time zone, as "Europe/Paris".
        kept_days: so many days after the last one its people still reach its data; then the class ends by itself.
        hand_in_until: the moment until which students hand in, unless they have more time; None = always.
        joining: a link lets people in.
        join_round: which link that is: another one when it was replaced.
        changed: how often this was changed.
        after_end: what becomes of what is in the store, a day after its end.
        provider_group: people in this group of their provider are students, from a sign-in on; "" = of none.
        going: when that began to be deleted; None = it has not.
        deleted: when all of it was deleted; None = it is not.
        report: how much was deleted; {} = nothing yet.
        decided: when it was last decided what becomes of its data, beside the other settings; None = with them.
        limits: what its servers have of what that profile offers.
        exporting: after its end, what was handed in is copied into its people's own data.
        exported: when all of that was; None = it is not.
        exports: id of each who gets something -> why they have not got it yet, see `class_export`; "" = they have.
    """

    description: str = ""
    profile: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    repositories: tuple[Material, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    zone: str = "UTC"
    kept_days: int = 30
    hand_in_until: datetime | None = None
    joining: bool = False
    join_round: int = 1
    changed: int = 0
    after_end: AfterEnd = "keep"
    going: datetime | None = None
    deleted: datetime | None = None
    report: Mapping[str, int] = field(default_factory=dict)
    provider_group: str = ""
    decided: datetime | None = None
    limits: Limits = NO_LIMITS
    exporting: bool = True
    exported: datetime | None = None
    exports: Mapping[str, str] = field(default_factory=dict)

    @property
    def begins(self) -> datetime | None:
        """The moment of its beginning; None = it has begun."""
        return _midnight(self.first_day, self.zone) if self.first_day else None

    @property
    def ends(self) -> datetime | None:
        """The moment after its last day; None = none is set. A day is 23 or 25 hours long where clocks are changed on it."""
        return _midnight(self.last_day + timedelta(days=1), self.zone) if self.last_day else None

    @property
    def closes(self) -> datetime | None:
        """The moment at which it ends by itself; None = it goes on until it is ended."""
        if self.last_day is None:
            return None
        return _midnight(self.last_day + timedelta(days=1 + self.kept_days), self.zone)

    def is_on(self, now: datetime) -> bool:
        """Tell whether it has begun and not come to its last moment."""
        return (self.begins is None or self.begins <= now) and not self.is_past(now)

    def is_past(self, now: datetime) -> bool:
        """Tell whether its last moment is over."""
        return self.ends is not None and self.ends <= now


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
