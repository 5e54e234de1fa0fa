"""What somebody takes with them from an event or a class, as one archive made while it is sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from zipstream import ZIP_DEFLATED, ZipStream

from sardonyx_services.people.web.hand_ins import free_path, plain
from sardonyx_services.people.web.home_files import files_below, read_below
from sardonyx_services.people.web.store_door import StoreAwayError, StoreDoor
from sardonyx_spawner.language import _

BLOCK = 1 << 18


@dataclass(frozen=True)
class Part:
    """A place in the store that is a folder of the archive."""

    prefix: str
    folder: str


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
        parts = [Part(f"home/{person}/", "data"), *([Part(f"team/{team}/", "team")] if team else [])]
        return self._archive({"name": name, "group": f"team-{team}" if team else ""}, parts, self._homes / person)

    def of_class(self, name: str, person: str, class_id: str, *, hands_in: bool) -> Iterator[bytes]:
        """Yield an archive of what is shared in a class, and of what somebody has handed in there. Their home stays theirs.

        Args:
            hands_in: they have a place in it to hand in.

        Raises:
            RefusedError: they are not in it, or it cannot be read now.
        """
        root = f"class/{class_id}/"
        own = [Part(f"{root}hand-in/{person}/", "handed-in")] if hands_in else []
        parts = [*own, Part(f"{root}shared/", "shared")]
        return self._archive({"name": name, "group": f"class-{class_id}"}, parts)

    def _archive(self, asked: dict[str, str], parts: Iterable[Part], home: Path | None = None) -> Iterator[bytes]:
        client = self._door.client("copy", asked)
        made = ZipStream(compress_type=ZIP_DEFLATED)
        taken: set[str] = set()
        for part in parts:
            for key in self._keys(client, part.prefix):
                path = free_path(f"{part.folder}/{_plain_path(key.removeprefix(part.prefix))}", taken)
                made.add(self._content(client, key), path)
        if home is not None:
            for steps in files_below(home):
                path = free_path("/".join(("home", *(plain(step) for step in steps))), taken)
                made.add(read_below(home, steps), path)
        return iter(made)

    def _keys(self, client: Any, prefix: str) -> list[str]:
        try:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=self._door.bucket, Prefix=prefix)
            return [
                str(each["Key"]) for page in pages for each in page.get("Contents", ()) if not each["Key"].endswith("/")
            ]
        except (BotoCoreError, ClientError) as error:
            raise StoreAwayError from error

    def _content(self, client: Any, key: str) -> Iterator[bytes]:
        try:
            body = client.get_object(Bucket=self._door.bucket, Key=key)["Body"]
        except client.exceptions.NoSuchKey:
            yield _("This file was taken away while the archive was made.").encode()
            return
        yield from body.iter_chunks(BLOCK)


def _plain_path(path: str) -> str:
    return "/".join(plain(part) for part in path.split("/") if part) or "_"
