"""Who and what has most on this place, in the data store and in homes: decided from what was counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from sardonyx_services.people.groups import Group
from sardonyx_services.people.web.store_use import Amount, Inventory, PlaceUse
from sardonyx_spawner.local.home_use import HomeUse

Kind = Literal["home", "class", "event", "team"]
Where = Literal["store", "machine"]
KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}


@dataclass(frozen=True)
class Known:
    """Whose a place can be.

    Args:
        people: what somebody is called, by id, and their name where they are here; "" = they were removed.
        groups: classes, events and teams by id.
        parts: places of events that are no event's own, which count for it: id of the event -> places.
        limits: bytes that events have, by id.
    """

    people: Mapping[str, tuple[str, str]]
    groups: Mapping[str, Group]
    parts: Mapping[str, Sequence[str]]
    limits: Mapping[str, int | None]


@dataclass(frozen=True)
class Held:
    """Somebody or something that has files.

    Args:
        where: in the data store, or in a home on this machine.
        kind: "home" = of a person.
        id: its own.
        title: what it is called; "" = nobody and nothing that is known here.
        name: of a person who is here; "" = it is none.
        leads_to: id of the class or event on whose page it is; "" = on none.
        limit: bytes that it may have; None = as much as there is room.
        at: when it was counted.
        is_all: False = it is more, since not all could be looked at.
    """

    where: Where
    kind: Kind
    id: str
    title: str
    name: str
    leads_to: str
    size: int
    limit: int | None
    at: datetime
    is_all: bool = True

    @property
    def amount(self) -> Amount | None:
        """How much it has of what it may have; None = it has no limit."""
        return Amount(self.size, self.limit) if self.limit is not None else None


def in_store(inventory: Inventory, known: Known) -> list[Held]:
    """Return what is in the data store, the largest first. Of an event is what its teams and accounts have, too."""
    held = []
    for place, use in with_events(inventory.places, known).items():
        word, _slash, key = place.rstrip("/").partition("/")
        kind = KINDS.get(word)
        if kind == "home":
            title, name = known.people.get(key, ("", ""))
            held.append(Held("store", kind, key, title, name, "", use.size, use.limit, use.at))
        elif kind is not None:
            group = known.groups.get(key)
            title, within = (group.title, group.within) if group is not None and group.kind == kind else ("", "")
            leads_to = within if kind == "team" else key if title else ""
            held.append(Held("store", kind, key, title, "", leads_to, use.size, use.limit, use.at))
    return largest_first(held)


def on_machine(uses: Mapping[str, HomeUse], limit: int | None, known: Known) -> list[Held]:
    """Return what is in homes on this machine, the largest first."""
    held = []
    for person, use in uses.items():
        title, name = known.people.get(person, ("", ""))
        at = datetime.fromtimestamp(use.at, UTC)
        held.append(Held("machine", "home", person, title, name, "", use.bytes, limit, at, use.is_all))
    return largest_first(held)


def with_events(places: Mapping[str, PlaceUse], known: Known) -> dict[str, PlaceUse]:
    """Return how much is in places, in those of events with all that counts for them, which is as old as the oldest of it."""
    found = dict(places)
    for event, parts in known.parts.items():
        own = f"event/{event}/"
        there = [places[place] for place in (own, *parts) if place in places]
        if there:
            size, at = sum(each.size for each in there), min(each.at for each in there)
            found[own] = PlaceUse(size, known.limits.get(event), at)
    return found


def largest_first(held: Iterable[Held]) -> list[Held]:
    """Return them in the order in which they are shown."""
    return sorted(held, key=lambda each: (-each.size, each.title, each.kind, each.id))
