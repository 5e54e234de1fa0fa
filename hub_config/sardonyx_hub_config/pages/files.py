"""What the pages say of the room that people's files take."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.language import _, ngettext
from sardonyx_spawner.local.home_room import HomeRoom
from sardonyx_spawner.local.home_use import HomeLimit, HomeUse, is_near, say_room, say_use, warning


@dataclass(frozen=True)
class FilesShown:
    """Somebody's files.

    Args:
        said: such as "3.2 GB of 10 GB".
        found: when that was so.
        percent: of the room, at most 100.
        warning: "" = there is no reason to warn.
    """

    name: str
    said: str
    found: datetime
    percent: int
    warning: str


@dataclass(frozen=True)
class AllFiles:
    """The files of all, for the operator: `near` are those whose room ends soon, or has ended, the fullest first."""

    said: str
    near: tuple[FilesShown, ...]


class Files:
    """What templates call."""

    def __init__(self, room: HomeRoom, people: Callable[[], PeopleStore]) -> None:
        self._room, self._people = room, people

    def of(self, name: str) -> FilesShown | None:
        """Return what to show of a person; None = no limit, or nothing is known yet."""
        record = self._people().by_name(name)
        limit = self._room.limit(record.id) if record is not None else None
        use = self._room.use(record.id) if record is not None and limit is not None else None
        return _shown(name, use, limit) if use is not None and limit is not None else None

    def all(self) -> AllFiles | None:
        """Return what to show the operator; None = nothing is measured."""
        uses = self._room.uses()
        if not uses:
            return None
        names = {record.id: record.name for record in self._people().everybody()}
        near = []
        for person, use in uses.items():
            limit = self._room.limit(person)
            if limit is not None and is_near(use, limit):
                near.append(
                    (use.bytes, _shown(names.get(person, _("{person} (removed)").format(person=person)), use, limit))
                )
        near.sort(key=lambda one: -one[0])
        said = ngettext(
            "{count} home takes {total} of this machine's disk.",
            "{count} homes take {total} of this machine's disk.",
            len(uses),
        ).format(count=len(uses), total=say_room(sum(use.bytes for use in uses.values())))
        return AllFiles(said, tuple(shown for _bytes, shown in near))


class NoFiles:
    """The same where homes are volumes of a cluster: it gives each one its room, and nobody here measures them."""

    def of(self, _name: str) -> FilesShown | None:
        """Return None."""
        return None

    def all(self) -> AllFiles | None:
        """Return None."""
        return None


def _shown(name: str, use: HomeUse, limit: HomeLimit) -> FilesShown:
    percent = min(100, round(100 * use.bytes / limit.bytes))
    found = datetime.fromtimestamp(use.at, UTC)
    return FilesShown(name, say_use(use, limit), found, percent, warning(use, limit))
