"""What somebody keeps of a class or an event in their own data: which files are copied, and to where. Decided without a store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from sardonyx_services.credentials.places import KEPT
from sardonyx_services.people.groups import Role
from sardonyx_services.people.sheet import write_csv
from sardonyx_services.people.web.classes.hand_ins import free_path, plain
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import NotOpenError
from sardonyx_spawner.language import _

LONGEST_TITLE = 80
LARGEST_AT_ONCE = 1 << 30
"""Bytes that are copied in one step; a larger file goes in parts, so that a store has answered before it is given up."""


@dataclass(frozen=True)
class Stored:
    """A file as the store lists it.

    Args:
        size: bytes.
        changed: when it was last written, with its time zone.
        tag: of what is in it.
    """

    key: str
    size: int
    changed: datetime
    tag: str = ""

    @classmethod
    def of(cls, listed: Mapping[str, Any]) -> "Stored":
        """Return a file from an entry of a listing of S3."""
        return cls(str(listed["Key"]), int(listed["Size"]), listed["LastModified"], str(listed.get("ETag", "")))


@dataclass(frozen=True)
class Part:
    """A place in the store that is a folder of what is kept.

    Args:
        names: id -> name of the folder for it, where the place has a folder for each person; None = it has not.
    """

    prefix: str
    folder: str
    names: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Order:
    """What is to be kept.

    Args:
        group: name of the class or team with whose keys it is read.
        folder: of one's own place, with a slash at its end.
    """

    group: str
    folder: str
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """What it is, for who asks for it: what staff keep of a class is twofold."""
        return f"{self.group}/{self.parts[0].folder}"

    @property
    def is_of_all(self) -> bool:
        """Whether it is what all people of a class have handed in."""
        return self.parts[0].names is not None


@dataclass(frozen=True)
class Copy:
    """A file that is copied.

    Args:
        path: below the folder of what is kept.
    """

    source: Stored
    path: str


def check_lasts(caller: Caller) -> None:
    """Make sure that what somebody keeps is there longer than what it is kept of.

    Raises:
        NotOpenError: their account, with its data, ends with an event.
    """
    if caller.is_temporary:
        raise NotOpenError(_("Your account ends with its event, and your data here with it. Take the archive."))


def folder_for(caller: Caller, order: Order) -> str:
    """Return the key of the folder in the store."""
    return f"home/{caller.id}/{order.folder}"


def folder_of(title: str, group: str) -> str:
    """Return where in one's own place that of a class or an event is kept: people find it by its title, and no two share it."""
    return f"{KEPT}{plain(title)[:LONGEST_TITLE].strip()} ({group})/"


def of_class(caller: Caller, title: str, class_id: str, *, hands_in: bool) -> Order:
    """Return what everybody keeps of a class: what is shared, and what they have handed in.

    Args:
        hands_in: they have a place in it to hand in.
    """
    root = f"class/{class_id}/"
    own = (Part(f"{root}hand-in/{caller.id}/", "handed-in"),) if hands_in else ()
    return Order(f"class-{class_id}", folder_of(title, class_id), (*own, Part(f"{root}shared/", "shared")))


def of_hand_ins(title: str, class_id: str, names: Mapping[str, str]) -> Order:
    """Return what staff keep of a class: all that was handed in.

    Args:
        names: id -> name of a folder for each person.
    """
    part = Part(f"class/{class_id}/hand-in/", "hand-ins", names)
    return Order(f"class-{class_id}", folder_of(title, class_id), (part,))


def exported(caller: Caller, role: Role, title: str, class_id: str, names: Mapping[str, str]) -> tuple[Order, ...]:
    """Return what somebody gets of a class when it has ended: what they made in it, and instructors all of it.

    Args:
        names: id -> name of a folder for each person.
    """
    match role:
        case "student":
            part = Part(f"class/{class_id}/hand-in/{caller.id}/", "handed-in")
            return (Order(f"class-{class_id}", folder_of(title, class_id), (part,)),)
        case "instructor":
            return of_hand_ins(title, class_id, names), of_class(caller, title, class_id, hands_in=False)
        case _:
            return ()


def of_team(title: str, event: str, team: str) -> Order:
    """Return what is kept of an event: that of one's team, since one's own data is there already."""
    return Order(f"team-{team}", folder_of(title, event), (Part(f"team/{team}/", "team"),))


def placed(part: Part, found: Iterable[Stored], taken: set[str]) -> list[Copy]:
    """Return where each file of a place goes, under names that every system takes, and no two at one path.

    Args:
        taken: paths of before; those of these files are added.
    """
    copies = []
    for each in found:
        steps = [step for step in each.key.removeprefix(part.prefix).split("/") if step]
        # Folders are objects of no length to some stores.
        if not steps or each.key.endswith("/"):
            continue
        if part.names is not None:
            steps[0] = part.names.get(steps[0], f"left-{steps[0]}")
        path = "/".join((part.folder, *map(plain, steps)))
        copies.append(Copy(each, free_path(path, taken)))
    return copies


def to_copy(wanted: Sequence[Copy], there: Mapping[str, Stored]) -> list[Copy]:
    """Return what is to be copied beside what is there, so that nothing of that is overwritten.

    A file that was changed since it was copied goes beside its earlier copy, with the time of the change in its name. So what was
    cut short is gone on with, and who keeps it twice has it once.

    Args:
        there: path -> what is in the folder already.
    """
    found = []
    for each in wanted:
        before = there.get(each.path)
        if before is None:
            found.append(each)
        elif not _is_copy(each.source, before) and (path := _dated(each)) not in there:
            found.append(Copy(each.source, path))
    return found


def list_of(part: Part, copies: Sequence[Copy]) -> tuple[str, bytes]:
    """Return path and content of a list of files that says when each was written last, which its copy does not; as CSV.

    It is named after the latest change, so another one stands beside it only where there is something new.
    """
    rows = [
        (each.path, str(each.source.size), f"{each.source.changed.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
        for each in copies
    ]
    latest = max(each.source.changed for each in copies)
    path = f"{part.folder}/{part.folder} ({_moment(latest)}).csv"
    return path, write_csv([("file", "bytes", "changed"), *rows]).encode()


def _is_copy(source: Stored, there: Stored) -> bool:
    """Tell whether what is there was copied after the last change; stores know seconds, so within one the content says it."""
    if there.changed.replace(microsecond=0) != source.changed.replace(microsecond=0):
        return there.changed > source.changed
    return (there.size, there.tag) == (source.size, source.tag)


def _dated(copy: Copy) -> str:
    path = PurePosixPath(copy.path)
    return str(path.with_name(f"{path.stem} ({_moment(copy.source.changed)}){path.suffix}"))


def _moment(then: datetime) -> str:
    # As a name of a file, which has no colon everywhere.
    return f"{then.astimezone(UTC):%Y-%m-%d %H.%M.%S}"
