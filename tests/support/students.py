"""A student's server in its sandbox, asked as JupyterLab's dialogs of handing in ask it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from support.data_server import DataServer
from support.forks import Forks
from support.places import BUCKET, Place
from support.waiting import soon


class Student(DataServer):
    """A student's server, asked as JupyterLab's dialogs do it."""

    def put_at_home(self, forks: Forks, path: str, text: str = "word") -> None:
        """Write a file into the home."""
        forks.put(self.server.name, path, text)

    def look(self, *paths: str, group: str = "") -> Any:
        """Return what the dialog is told."""
        return self.says("hand-in/look", "", "POST", json={"paths": paths, "group": group})

    def begin(self, found: Any, *paths: str) -> Any:
        """Agree to what the dialog says."""
        agreed = {file["path"]: file["tag"] for file in found["files"] if not file["in_the_way"]}
        asked = {"paths": paths, "group": found["group"], "agreed": agreed}
        return self.says("hand-in", "", "POST", json=asked)

    def end(self, begun: Any) -> Any:
        """Wait for the end of it; return what came of it."""
        told: dict[str, Any] = {}

        def is_over() -> bool:
            told.update(self.says("hand-in/delivery", "", query={"id": begun["id"]}))
            return bool(told["state"] == "ended")

        soon(is_over, patience_s=90)
        return told

    def hand_in(self, *paths: str, group: str = "") -> Any:
        """Look, agree, and wait."""
        return self.end(self.begin(self.look(*paths, group=group), *paths))

    def handed(self, group: str) -> dict[str, bytes]:
        """Return what is in the store."""
        prefix = f"class/{group}/hand-in/{self.person.id}/"
        s3 = self.person.s3(f"class-{group}")
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]
        return {
            key.removeprefix(prefix): s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
            for key in keys
            if not key.endswith("/")
        }


@contextmanager
def student(forks: Forks, place: Place, name: str, *groups: str, **where: str) -> Iterator[Student]:
    """Run the server of a student in some classes."""
    for group in groups:
        place.people.groups.join(group, place.person(name).id, "student")
    running = Student(forks, place, name, **where)
    try:
        yield running
    finally:
        running.web.close()
