"""Where somebody can hand in: a place in each class in which they are a student, or why it takes nothing now.

Decided without the store, from what the keys service says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sardonyx_singleuser.language import N_, _
from sardonyx_singleuser.storage.places import Place

OPEN, OVER, FULL, CLOSED = "open", "over", "full", "closed"
SAID = {
    OVER: N_("The time to hand in is over. Ask those who lead the class if you need more."),
    FULL: N_(
        "The class has no room left in the data store. Remove something that you handed in, or tell those who lead it."
    ),
    CLOSED: N_("Nothing can be handed in there now. Ask those who lead the class."),
}
NOT_THERE = N_("You are not a student in this class any more, or it is over.")


@dataclass(frozen=True)
class HandInPlace:
    """The place for what somebody hands in in a class.

    Args:
        until: the end of the time to hand in; None = there is none.
        room: bytes that can still be added; None = not known, or as many as one likes.
        folders: where the class's material is, below the home.
    """

    place: Place
    title: str
    until: datetime | None
    room: int | None
    folders: tuple[str, ...]

    @property
    def group(self) -> str:
        """Name of the class."""
        return self.place.group

    def state(self, now: datetime) -> str:
        """Return whether it takes something: "open", or why not: "over", "full" or "closed"."""
        if self.until is not None and self.until <= now:
            return OVER
        if self.place.may_write:
            return OPEN
        return FULL if self.place.is_full else CLOSED


def hand_in_places(access: Mapping[str, Any], places: Sequence[Place]) -> tuple[HandInPlace, ...]:
    """Return those of all classes in which somebody is a student.

    Args:
        access: as the keys service says it.
        places: as they were made of it.
    """
    by_prefix = {place.prefix: place for place in places}
    return tuple(
        HandInPlace(
            by_prefix[told["prefix"]],
            str(group["title"]),
            datetime.fromisoformat(told["writes_until"]) if told.get("writes_until") else None,
            max(0, told["limit"] - told["bytes"]) if "limit" in told else None,
            tuple(group.get("folders", ())),
        )
        for group in access["memberships"]
        for told in group["places"]
        if by_prefix[told["prefix"]].takes_hand_ins
    )


def likely(found: Sequence[HandInPlace], paths: Iterable[str], own: str) -> HandInPlace | None:
    """Return the place that somebody means who has chosen some files; None = they have to say.

    Args:
        own: name of the class that the server is of; "" = of none.
    """
    paths = list(paths)
    depths = {each.group: max((_depth(folder, paths) for folder in each.folders), default=0) for each in found}
    deepest = max(depths.values(), default=0)
    nearest = [each for each in found if depths[each.group] == deepest]
    if len(nearest) == 1:
        return nearest[0]
    return next((each for each in nearest if each.group == own), None)


def said(state: str) -> str:
    """Return why nothing can be handed in, in a sentence; "" = something can."""
    return _(SAID[state]) if state in SAID else ""


def _depth(folder: str, paths: Sequence[str]) -> int:
    """Return how deep a folder is that holds all of some paths; 0 = it does not."""
    holds = all(path == folder or path.startswith(f"{folder}/") for path in paths)
    return len(folder.split("/")) if holds else 0
