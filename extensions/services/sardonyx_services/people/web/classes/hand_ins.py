"""What students hand in: which files there are, and all of them as one archive, made while it is sent."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from zipstream import ZIP_DEFLATED, ZipStream

from sardonyx_services.people.sheet import write_csv
from sardonyx_services.people.web.members import Member
from sardonyx_services.people.web.store_door import StoreAwayError, StoreDoor
from sardonyx_spawner.language import _

BLOCK = 1 << 18
LIST = "hand-ins.csv"
_ODD = re.compile(r'[\x00-\x1f\x7f<>:"/\\\\|?*]')
"""What cannot stand in the name of a file everywhere."""


@dataclass(frozen=True)
class HandIn:
    """A file that somebody has handed in.

    Args:
        person: their id.
        path: below their place.
        size: bytes.
        changed: when it was last written.
    """

    person: str
    path: str
    size: int
    changed: datetime


@dataclass(frozen=True)
class Handed:
    """What somebody has handed in."""

    member: Member
    files: tuple[HandIn, ...]

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return sum(each.size for each in self.files)

    @property
    def changed(self) -> datetime | None:
        """When something of it was last written; None = there is nothing."""
        return max((each.changed for each in self.files), default=None)


class HandIns:
    """What is handed in in the classes of this place, read with the rights of who asks."""

    def __init__(self, door: StoreDoor) -> None:
        self._door = door

    def files(self, name: str, class_id: str) -> list[HandIn]:
        """Return what is there.

        Args:
            name: of who asks, somebody of the staff.

        Raises:
            RefusedError: they may not read it, or not now.
        """
        return self._files(self._door.client("collect", {"name": name, "class": class_id}), class_id)

    def archive(self, name: str, class_id: str, members: Sequence[Member]) -> Iterator[bytes]:
        """Yield an archive with a folder for each person, and a list of all files.

        Raises:
            RefusedError: it cannot be read, or not now.
        """
        # One client: each has keys of its own, which are written down.
        client = self._door.client("collect", {"name": name, "class": class_id})
        files = self._files(client, class_id)
        folders = folders_of(members, {each.person for each in files})

        def content(file: HandIn) -> Iterator[bytes]:
            key = f"{_prefix(class_id)}{file.person}/{file.path}"
            try:
                body = client.get_object(Bucket=self._door.bucket, Key=key)["Body"]
            except client.exceptions.NoSuchKey:
                # Else a student could keep everybody's work from being collected.
                yield _("This file was taken away while the archive was made.").encode()
                return
            yield from body.iter_chunks(BLOCK)

        made = ZipStream(compress_type=ZIP_DEFLATED)
        made.add(listed(files, folders), LIST)
        for file, path in zip(files, paths_of(files, folders), strict=True):
            made.add(content(file), path)
        return iter(made)

    def _files(self, client: Any, class_id: str) -> list[HandIn]:
        prefix = _prefix(class_id)
        try:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=self._door.bucket, Prefix=prefix)
            return [found for page in pages for each in page.get("Contents", ()) if (found := _hand_in(prefix, each))]
        except (BotoCoreError, ClientError) as error:
            raise StoreAwayError from error


def handed_in(members: Iterable[Member], files: Iterable[HandIn]) -> list[Handed]:
    """Return what each student has handed in; who has nothing stands there, too."""
    of: dict[str, list[HandIn]] = {}
    for file in files:
        of.setdefault(file.person, []).append(file)
    return [
        Handed(member, tuple(of.get(member.person.id, ())))
        for member in members
        if member.role == "student" or member.person.id in of
    ]


def folders_of(members: Iterable[Member], people: Iterable[str]) -> dict[str, str]:
    """Return a folder for each person by id: their name, which no two have; who is in the class no more has their id."""
    names = {member.person.id: member.person.name for member in members}
    return {person: plain(names.get(person, f"left-{person}")) for person in people}


def paths_of(files: Sequence[HandIn], folders: Mapping[str, str]) -> list[str]:
    """Return where each file is in an archive: nowhere outside of it, and no two at one place, whatever they are called."""
    taken: set[str] = set()
    found = []
    for file in files:
        parts = [plain(part) for part in file.path.split("/") if part]
        found.append(free_path("/".join((folders[file.person], *parts)), taken))
    return found


def free_path(path: str, taken: set[str]) -> str:
    """Return a path that no other file of an archive has, also where large and small letters are the same; it is taken then."""
    folder, _slash, name = path.rpartition("/")
    number, found = 1, path
    while found.casefold() in taken:
        number += 1
        found = f"{folder}/{number}-{name}"
    taken.add(found.casefold())
    return found


def plain(part: str) -> str:
    """Return a name that every system takes for a file, and none for another folder."""
    # Names of files are bytes, and old archives hold some that are no UTF-8.
    shown = part.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _ODD.sub("_", shown).strip(" .")[:200] or "_"


def listed(files: Sequence[HandIn], folders: Mapping[str, str]) -> bytes:
    """Return the list of all files as CSV, in which no cell is a formula."""
    rows = [
        (folders[file.person], file.path, str(file.size), file.changed.astimezone(UTC).isoformat(timespec="seconds"))
        for file in files
    ]
    return write_csv([("name", "file", "bytes", "changed"), *rows]).encode()


def _prefix(class_id: str) -> str:
    return f"class/{class_id}/hand-in/"


def _hand_in(prefix: str, found: Mapping[str, Any]) -> HandIn | None:
    person, _slash, path = str(found["Key"]).removeprefix(prefix).partition("/")
    # Folders are objects of no length to some stores.
    return HandIn(person, path, found["Size"], found["LastModified"]) if path and not path.endswith("/") else None
