"""How much room homes take: measured whatever is in them, and said to whom it concerns."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.deep import nest

from sardonyx_hub_config.looks.homes import look_at_homes
from sardonyx_hub_config.pages.files import Files
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.local.home_room import HomeRoom
from sardonyx_spawner.local.home_use import HomeLimit, HomeUse, measure, read_uses, say_use, warning, write_uses
from sardonyx_spawner.local.project_quota import mount_of

MIB, GIB = 1 << 20, 1 << 30
SOFT, KEPT = HomeLimit(10 * GIB, is_kept=False), HomeLimit(10 * GIB, is_kept=True)


@pytest.mark.parametrize(
    ("amount", "limit", "said"),
    [
        pytest.param(8 * GIB, SOFT, "", id="enough"),
        pytest.param(
            int(9.5 * GIB), SOFT, "Your files take 9.5 GB of the 10 GB that you may have. Delete what you do not need.", id="near",
        ),
        pytest.param(
            12 * GIB, SOFT, "Your files take 12 GB, and you may have 10 GB. Delete what you do not need.", id="above",
        ),
        pytest.param(
            10 * GIB, KEPT,
            "Your files take all of the 10 GB that you may have, so nothing can be saved. Delete what you do not need.",
            id="full",
        ),
    ],
)  # fmt: skip
def test_a_person_is_warned_when_the_room_ends(amount: int, limit: HomeLimit, said: str) -> None:
    """In words that say what to do."""
    assert warning(HomeUse(amount, 0), limit) == said


@pytest.mark.parametrize(
    ("use", "said"),
    [
        pytest.param(HomeUse(0, 0), "nothing of 10 GB", id="empty"),
        pytest.param(HomeUse(300 * MIB, 0), "300 MB of 10 GB", id="little"),
        pytest.param(HomeUse(int(3.21 * GIB), 0), "3.2 GB of 10 GB", id="some"),
        pytest.param(HomeUse(3 * GIB, 0, is_all=False), "at least 3 GB of 10 GB", id="not-all-seen"),
    ],
)
def test_what_a_home_takes_is_said_as_people_do(use: HomeUse, said: str) -> None:
    """Not to the byte."""
    assert say_use(use, SOFT) == said


def fill(home: Path) -> None:
    """Make a home of 2 MB that looks larger, smaller and deeper."""
    home.mkdir()
    (home / "one").write_bytes(os.urandom(2 * MIB))
    (home / "again").hardlink_to(home / "one")
    (home / "link").symlink_to("/usr")
    with (home / "holes").open("wb") as file:
        file.truncate(GIB)
    os.mkfifo(home / "pipe")
    nest(home)


async def test_what_is_stored_is_counted_and_each_file_once(deep_trees: Path) -> None:
    """No link is followed, no hole counted, no depth is too deep, and no pipe holds it up."""
    fill(deep_trees / "home")

    use = await measure(deep_trees / "home", 30)

    assert use is not None
    assert use.is_all
    # Each of the 1,500 folders takes a block of its own on most file systems.
    assert 2 * MIB <= use.bytes < 9 * MIB


async def test_what_cannot_be_measured_is_left_as_it_was_known(deep_trees: Path) -> None:
    """A home that is not there, and one that takes too long; no process is left."""
    fill(deep_trees / "home")

    assert await measure(deep_trees / "nothing", 30) is None
    assert await measure(deep_trees / "home", 0) is None


class Place:
    """Homes of two people."""

    def __init__(self, folder: Path) -> None:
        self.homes, self.servers, self.notes = folder / "homes", folder / "servers", folder / "homes.json"
        for path in (self.homes, self.servers):
            path.mkdir()
        self.people = PeopleStore(folder / "people.sqlite")
        self.ids = {}
        for name, size in (("ann", 3 * MIB), ("bob", MIB)):
            self.ids[name] = self.people.add_account(name, "hash").id
            (self.homes / self.ids[name]).mkdir()
            (self.homes / self.ids[name] / "file").write_bytes(os.urandom(size))

    def room(self, most: int | None = 2 * MIB) -> HomeRoom:
        """Return what a hub has that just started."""
        return HomeRoom(self.homes, self.servers, self.notes, most)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The homes."""
    return Place(tmp_path)


@asynccontextmanager
async def running(room: HomeRoom, known: int = 0) -> AsyncIterator[None]:
    """Let it look at homes, until it knows so many."""
    task = asyncio.create_task(room.run())
    try:
        async with asyncio.timeout(20):
            while len(room.uses()) < known:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0.02)
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_homes_are_looked_at_by_and_by_and_a_start_goes_on_with_a_warning(place: Place) -> None:
    """The next hub knows what this one found; who deletes is believed at the next look."""
    room, ann = place.room(), place.ids["ann"]
    assert await room.claim(ann, None) == ""
    async with running(room, known=2):
        said = await room.claim(ann, None)
        assert said.startswith("Your files take 3 MB, and you may have 2 MB.")
        assert await room.claim(place.ids["bob"], None) == ""
        assert (await place.room().claim(ann, None)).startswith("Your files take 3 MB")

        (place.homes / ann / "file").unlink()
        room.ask(ann)
        async with asyncio.timeout(20):
            # What is found is noted a moment later, which the end of this hub would forestall.
            while await room.claim(ann, None) or read_uses(place.notes)[ann].bytes >= MIB:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0.02)
    assert read_uses(place.notes)[ann].bytes < MIB


async def test_without_a_limit_nothing_is_measured(place: Place) -> None:
    """It would only take time."""
    room = place.room(None)

    await room.run()

    assert await room.claim(place.ids["ann"], None) == ""
    assert room.uses() == {}
    assert Files(room, lambda: place.people).of("ann") is None
    assert not place.notes.exists()


async def test_person_and_operator_read_what_was_found(place: Place) -> None:
    """Only names on the pages; those who are near come first, the fullest at the top."""
    room = place.room()
    files = Files(room, lambda: place.people)
    assert files.of("ann") is None
    assert files.all() is None
    async with running(room, known=2):
        pass

    ann, everybody = files.of("ann"), files.all()

    assert ann is not None
    assert (ann.said, ann.percent) == ("3 MB of 2 MB", 100)
    assert ann.warning.startswith("Your files take 3 MB")
    assert datetime.now(UTC) >= ann.found
    assert files.of("nobody") is None
    assert everybody is not None
    assert everybody.said == "2 homes take 4 MB of this machine's disk."
    assert [one.name for one in everybody.near] == ["ann"]
    place.people.remove("ann")
    again = files.all()
    assert again is not None
    assert again.near[0].name == f"{place.ids['ann']} (removed)"


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {"bytes": "x", "at": 0, "is_all": true}}', "\0"])
def test_notes_that_cannot_be_read_are_none(place: Place, text: str) -> None:
    """Half a file after a full disk."""
    place.notes.write_text(text)

    assert read_uses(place.notes) == {}
    assert place.room().uses() == {}


def test_the_doctor_says_how_a_limit_is_kept_and_who_is_near(place: Place) -> None:
    """Measured only, where the file system has no quotas for projects."""
    write_uses(place.notes, {"a" * 16: HomeUse(3 * GIB, 0), "b" * 16: HomeUse(GIB, 0)})

    assert [well for well, _ in look_at_homes(place.homes, place.notes, None)] == [True]
    said = list(look_at_homes(place.homes, place.notes, 3 * GIB))

    assert said[0][0] is False
    assert "more is said, and not refused:" in said[0][1]
    assert said[1] == (True, "take 4 GB, when the hub last looked")
    assert said[2] == (
        False, "near their limit or above it: aaaaaaaaaaaaaaaa (3 GB); `sardonyx user list` says who that is",
    )  # fmt: skip


def test_the_options_of_a_file_system_are_found_by_its_device() -> None:
    """Not by its path: something else may be mounted there by now."""
    mounts = (
        "26 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n"
        "90 26 254:16 / /srv/my\\040homes rw,nosuid - xfs /dev/vdb rw,attr2,prjquota\n"
    )

    assert mount_of(mounts, os.makedev(254, 16)) == ("xfs", frozenset({"rw", "attr2", "prjquota"}))
    assert mount_of(mounts, os.makedev(254, 0)) == ("ext4", frozenset({"rw", "discard"}))
    assert mount_of(mounts, os.makedev(9, 9)) == ("", frozenset())
