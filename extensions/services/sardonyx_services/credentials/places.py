"""Which places in the bucket somebody may use, decided without touching anything."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sardonyx_services.credentials.errors import NotAllowedError
from sardonyx_services.credentials.wish import Wish
from sardonyx_services.people.groups import Membership, group_name
from sardonyx_spawner.language import _

ID = re.compile(r"[a-z0-9]{8,64}")
PUBLIC = "public"
KEPT = "kept/"
"""Folder of one's own place in which is what somebody has kept of a class or an event; keys for keeping write in no other."""


@dataclass(frozen=True)
class Place:
    """A prefix in the bucket, with its slash at the end, and whether it may be written.

    Args:
        is_full: what may be written there is only deleted for now.
        event: id of the event that what is there is of, beside its own place; "" = it is of none.
        writes_until: until then it is written, or was; None = for as long as it is there.
    """

    prefix: str
    is_writable: bool
    is_full: bool = False
    event: str = ""
    writes_until: datetime | None = field(default=None, compare=False)

    @property
    def access(self) -> str:
        """Return what may be done there, as the audit log writes it: "r", "rw", or "rd" where it is full."""
        return ("rd" if self.is_full else "rw") if self.is_writable else "r"


def is_written(access: str) -> bool:
    """Tell whether something may be changed, by what the audit log says."""
    return access in {"rw", "rd"}


def home_prefix(person: str) -> str:
    """Return a person's place in the bucket.

    Raises:
        ValueError: not an id of ours; it could hold a wildcard or a slash and reach somebody else's place.
    """
    return f"home/{_checked(person)}/"


def group_places(person: str, membership: Membership, now: datetime | None = None) -> tuple[Place, ...]:
    """Return what a member may use of a class, an event or a team.

    Args:
        now: with its time zone; None = for who only asks what is reached: whether there is time left does not count.
    """
    root = f"{membership.kind}/{_checked(membership.group)}/"
    until = membership.writes_until
    has_time = until is None or now is None or now < until
    match membership.role:
        case "organiser":
            return (Place(f"{root}shared/", is_writable=True),)
        case "participant":
            return (Place(f"{root}shared/", is_writable=False),)
        case "assistant" | "instructor":
            # What was handed in is not theirs to change.
            return Place(f"{root}shared/", is_writable=True), Place(f"{root}hand-in/", is_writable=False)
        case "guest":
            return (Place(f"{root}shared/", is_writable=False),)
        case "student":
            own = Place(f"{root}hand-in/{_checked(person)}/", is_writable=has_time, writes_until=until)
            return Place(f"{root}shared/", is_writable=False), own
        case "member":
            return (Place(root, is_writable=has_time, event=membership.within, writes_until=until),)


def seconds_left(until: datetime | None, now: datetime) -> int | None:
    """Return for how long something is still written, 0 = not any more; None = there is no end."""
    return max(0, int((until - now).total_seconds())) if until is not None else None


def event_prefixes(event: str, teams: Iterable[str], people: Iterable[str]) -> tuple[str, ...]:
    """Return all that is of an event in the bucket: its own place, those of its teams, and those of its accounts."""
    of_teams = (f"team/{_checked(team)}/" for team in teams)
    return (f"event/{_checked(event)}/", *of_teams, *(home_prefix(person) for person in people))


def class_prefix(group: str) -> str:
    """Return all that is of a class in the bucket."""
    return f"class/{_checked(group)}/"


def own_until(memberships: Iterable[Membership]) -> datetime | None:
    """Return until when somebody writes in their own place; None = always. Only accounts of an event have an end."""
    return min(
        (each.writes_until for each in memberships if each.role == "participant" and each.writes_until), default=None
    )


def own_places(person: str, *, is_admin: bool, is_over: bool = False, event: str = "") -> tuple[Place, ...]:
    """Return what everybody may use: their own place, and what is published; administrators publish.

    Args:
        is_over: they write in their own place no more.
        event: id of the event that their account ends with; "" = it lasts.
    """
    own = Place(home_prefix(person), is_writable=not is_over, event=event)
    return own, Place(f"{PUBLIC}/", is_writable=is_admin)


def wished_groups(wish: Wish, memberships: Sequence[Membership]) -> tuple[Membership, ...]:
    """Return the membership that a wish names, and where it is of usual keys those in the teams of that event.

    Raises:
        NotAllowedError: the caller is in no such class or team, or there is none: the answer is the same.
    """
    if not wish.group:
        return ()
    for membership in memberships:
        if group_name(membership) == wish.group:
            teams = (team for team in memberships if team.within == membership.group)
            return (membership, *(teams if wish.is_usual else ()))
    if wish.is_usual:
        # The server runs on with what is its person's own.
        return ()
    raise NotAllowedError(
        _("You are in no class or team “{group}”, or it has ended. See what you can reach on the page “Data”.").format(
            group=wish.group[:80]
        )
    )


def narrowed(places: Sequence[Place], wish: Wish) -> tuple[Place, ...]:
    """Return the places, or less of them, as the wish says.

    Raises:
        NotAllowedError: the prefix is outside of them.
    """
    found = keeping(places) if wish.keeps else tuple(places)
    if wish.prefix:
        found = tuple(replace(place, prefix=wish.prefix) for place in found if wish.prefix.startswith(place.prefix))
        if not found:
            raise NotAllowedError(
                _("“{prefix}” is none of your places. Yours is {own}").format(prefix=wish.prefix, own=places[0].prefix)
            )
    if wish.read_only:
        found = tuple(replace(place, is_writable=False) for place in found)
    return found


def keeping(places: Sequence[Place]) -> tuple[Place, ...]:
    """Return what it takes to keep something of a class or a team: its places to read, and a folder of one's own to write.

    Args:
        places: one's own, what is published, and those of the class or team.
    """
    own, _public, *of_group = places
    return replace(own, prefix=f"{own.prefix}{KEPT}"), *(replace(place, is_writable=False) for place in of_group)


def _checked(identifier: str) -> str:
    if ID.fullmatch(identifier) is None:
        raise ValueError(f"not an id of ours: {identifier!r}")
    return identifier
