"""Which folders the data store has for a person, and where in the bucket a path of theirs is. Decided without the store."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sardonyx_singleuser.language import N_, _
from sardonyx_singleuser.storage.errors import FORBIDDEN, NOT_FOUND, StorageError

LONGEST_KEY = 1024
"""In bytes: that of S3."""
STAFF = ("assistant", "instructor")
"""Roles in a class that read all hand-ins."""
NO_PLACES = N_("This folder holds your places. Open one of them first.")


@dataclass(frozen=True)
class Place:
    """A folder of the person's, a prefix in the bucket.

    Args:
        name: of the folder.
        what: it is for.
        prefix: with its slash at the end.
        group: whose keys reach it: "class-…", "event-…", "team-…"; "" = the person's own.
        is_full: nothing can be added, and what is there can be deleted.
    """

    name: str
    what: str
    prefix: str
    may_write: bool
    group: str = ""
    is_full: bool = False

    @property
    def takes_hand_ins(self) -> bool:
        """Whether its person hands in here as a student; what staff read is the folder above."""
        return "/hand-in/" in self.prefix.removesuffix("/")


@dataclass(frozen=True)
class Spot:
    """A file or folder in a place.

    Args:
        path: below the place, without slashes at its ends; "" = the place itself.
    """

    place: Place
    path: str

    @property
    def key(self) -> str:
        """The object's key."""
        return self.place.prefix + self.path

    @property
    def prefix(self) -> str:
        """What the keys of all that is in the folder begin with."""
        return f"{self.key}/" if self.path else self.place.prefix

    @property
    def name(self) -> str:
        """How the person calls it."""
        return self.path.rpartition("/")[2] or self.place.name


def places_of(access: Mapping[str, Any]) -> tuple[Place, ...]:
    """Return the places, from what the keys service says that a server reaches; no two have the same name."""
    found = [_place(_("My place"), _("only you"), access["home"], "")]
    for group in access["memberships"]:
        title = folder_name(str(group["title"])) or str(group["name"])
        for place in group["places"]:
            what = what_of(str(group["role"]), str(place["prefix"]))
            name = title if group["role"] == "member" else f"{title} ({what})"
            found.append(_place(name, what, place, str(group["name"])))
    found.append(_place(_("Published"), _("for everybody here"), access["public"], ""))
    names = [place.name for place in found]
    return tuple(
        place
        if names.count(place.name) == 1 or not place.group
        else replace(place, name=f"{place.name} ({place.group})")
        for place in found
    )


def spot_of(path: str, places: Sequence[Place]) -> Spot:
    """Return where a path of the person's is.

    Raises:
        StorageError: it is in none of the places, or it could be understood as another one.
    """
    name, _slash, rest = path.partition("/")
    if not name:
        raise StorageError(_(NO_PLACES), FORBIDDEN)
    place = next((place for place in places if place.name == name), None)
    if place is None:
        raise StorageError(
            _("You have no place “{name}” in the data store. Open the folder above: it lists yours.").format(
                name=name[:80]
            ),
            NOT_FOUND,
        )
    parts = rest.split("/") if rest else []
    if any(part in {"", ".", ".."} for part in parts) or "\\" in rest or not rest.isprintable():
        raise StorageError(_("Names cannot be empty, “.” or “..”, or have a backslash in them. Choose another name."))
    if len((place.prefix + rest).encode()) > LONGEST_KEY:
        raise StorageError(
            _("This name is too long for the data store, with those of its folders. Choose a shorter one.")
        )
    return Spot(place, rest)


def writable_spot(path: str, places: Sequence[Place]) -> Spot:
    """Return where a path is, to write there.

    Raises:
        StorageError: as `spot_of`, or the place is only there to be read, or it is the place itself.
    """
    return _changeable(spot_of(path, places), deletes=False)


def removable_spot(path: str, places: Sequence[Place]) -> Spot:
    """Return where a path is, to delete what is there.

    Raises:
        StorageError: as `writable_spot`, but not because the place is full.
    """
    return _changeable(spot_of(path, places), deletes=True)


def _changeable(spot: Spot, *, deletes: bool) -> Spot:
    if spot.place.is_full and not deletes:
        said = _("“{place}” is full: nothing can be added or changed there. Delete something first.")
        raise StorageError(said.format(place=spot.place.name), FORBIDDEN)
    if not spot.place.may_write and not spot.place.is_full:
        raise StorageError(
            _("You can read in “{place}”, and not change anything. Copy it to My place to work on it.").format(
                place=spot.place.name
            ),
            FORBIDDEN,
        )
    if not spot.path:
        said = _("“{place}” is a place: it keeps its name, and cannot be removed.")
        raise StorageError(said.format(place=spot.place.name), FORBIDDEN)
    return spot


def group_of(source: Place, target: Place) -> str:
    """Return the group whose keys reach two places.

    Raises:
        StorageError: no keys do.
    """
    if source.group and target.group and source.group != target.group:
        raise StorageError(
            _(
                "“{source}” and “{target}” have keys of their own each, and none reach both."
                " Copy it to My place first, and from there."
            ).format(source=source.name, target=target.name),
            FORBIDDEN,
        )
    return source.group or target.group


def folder_name(title: str) -> str:
    """Return a title as the name of a folder: one line, no slash; a colon would be the end of a drive's name."""
    return " ".join(re.sub(r"[/:\\]", "-", title).split()).lstrip(".")[:80]


def _place(name: str, what: str, place: Mapping[str, str], group: str) -> Place:
    return Place(name, what, str(place["prefix"]), place["access"] == "rw", group, place["access"] == "rd")


def what_of(role: str, prefix: str) -> str:
    """Return what a place of a class, event or team is for; the hub's page “Data” says the same (`pages.data_places`).

    Args:
        role: of the person there.
    """
    if role == "member":
        return _("data of the team")
    if prefix.startswith("event/"):
        return _("data of the event")
    if prefix.endswith("/shared/"):
        return _("data of the class")
    return _("what all hand in") if role in STAFF else _("what you hand in")
