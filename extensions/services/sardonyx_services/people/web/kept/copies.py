"""What somebody takes with them: all that is theirs, or what is theirs in an event or a class, made while it is sent."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zipstream import ZIP_DEFLATED, ZipStream

from sardonyx_services.people.web.classes.hand_ins import free_path, plain
from sardonyx_services.people.web.kept.home_files import files_below, read_below
from sardonyx_services.people.web.store_door import StoreDoor, listed
from sardonyx_spawner.language import _

BLOCK = 1 << 18
ABOUT = "about-you.json"


@dataclass(frozen=True)
class Part:
    """A place in the store that is a folder of the archive.

    Args:
        group: name of the class or team with whose keys it is read; "" = one's own are enough.
    """

    prefix: str
    folder: str
    group: str = ""


class Copies:
    """Makes the archives.

    Args:
        homes: folder with everybody's home, by id.
    """

    def __init__(self, door: StoreDoor, homes: Path) -> None:
        self._door, self._homes = door, homes

    def archive(self, name: str, person: str, team: str) -> Iterator[bytes]:
        """Yield an archive of all that somebody of an event has: their home, their data and that of their team.

        Args:
            name: of who asks.
            person: their id.
            team: id of their team; "" = none.

        Raises:
            RefusedError: it cannot be read, or not now.
        """
        group = f"team-{team}" if team else ""
        parts = [Part(f"home/{person}/", "data", group), *([Part(f"team/{team}/", "team", group)] if team else [])]
        return iter(self._archive(name, parts, self._homes / person))

    def of_team(self, name: str, team: str) -> Iterator[bytes]:
        """Yield an archive of what a team of an event shares, and of nothing else.

        Args:
            name: of somebody in it.

        Raises:
            RefusedError: it cannot be read, or not now.
        """
        return iter(self._archive(name, [Part(f"team/{team}/", "team", f"team-{team}")], keys="team-copy"))

    def everything(self, name: str, person: str, known: Mapping[str, Any]) -> Iterator[bytes]:
        """Yield an archive of all that is somebody's own: home, data and what they handed in, with what is known of them.

        Args:
            known: as `Personal.of` returns it.

        Raises:
            RefusedError: it cannot be read now.
        """
        classes = [
            Part(
                f"class/{each['id']}/hand-in/{person}/",
                f"handed-in/{plain(each['title'])} ({each['id']})",
                f"class-{each['id']}",
            )
            for each in known["memberships"]
            if each["role"] == "student" and each["ended"] is None
        ]
        made = self._archive(name, [Part(f"home/{person}/", "data"), *classes], self._homes / person)
        made.add(json.dumps(known, indent=1, ensure_ascii=False).encode(), ABOUT)
        return iter(made)

    def of_class(self, name: str, person: str, class_id: str, *, hands_in: bool) -> Iterator[bytes]:
        """Yield an archive of what is shared in a class, and of what somebody has handed in there. Their home stays theirs.

        Args:
            hands_in: they have a place in it to hand in.

        Raises:
            RefusedError: they are not in it, or it cannot be read now.
        """
        root = f"class/{class_id}/"
        group = f"class-{class_id}"
        own = [Part(f"{root}hand-in/{person}/", "handed-in", group)] if hands_in else []
        return iter(self._archive(name, [*own, Part(f"{root}shared/", "shared", group)]))

    def _archive(self, name: str, parts: Sequence[Part], home: Path | None = None, *, keys: str = "copy") -> ZipStream:
        made = ZipStream(compress_type=ZIP_DEFLATED)
        taken = {ABOUT}
        # Keys are made for one class or team at a time.
        groups = dict.fromkeys(part.group for part in parts)
        clients = {group: self._door.client(keys, {"name": name, "group": group}) for group in groups}
        for part in parts:
            client = clients[part.group]
            found = [str(each["Key"]) for each in listed(client, self._door.bucket, part.prefix)]
            for key in (each for each in found if not each.endswith("/")):
                path = free_path(f"{part.folder}/{_plain_path(key.removeprefix(part.prefix))}", taken)
                made.add(self._content(client, key), path)
        if home is not None:
            for steps in files_below(home):
                path = free_path("/".join(("home", *(plain(step) for step in steps))), taken)
                made.add(read_below(home, steps), path)
        return made

    def _content(self, client: Any, key: str) -> Iterator[bytes]:
        try:
            body = client.get_object(Bucket=self._door.bucket, Key=key)["Body"]
        except client.exceptions.NoSuchKey:
            yield _("This file was taken away while the archive was made.").encode()
            return
        yield from body.iter_chunks(BLOCK)


def _plain_path(path: str) -> str:
    return "/".join(plain(part) for part in path.split("/") if part) or "_"
