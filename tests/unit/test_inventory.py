"""How much is in each place of the store: in parts, as it goes, with its age, and whose it is."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sardonyx_services.credentials.inventory import OLD_S, Counted, Inventory, Part, place_of
from sardonyx_services.people.groups import Group
from sardonyx_services.people.web.operation.storage import Known, in_store, on_machine
from sardonyx_services.people.web.store_use import Inventory as Told
from sardonyx_services.people.web.store_use import PlaceUse
from sardonyx_spawner.local.home_use import HomeUse

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


class Store:
    """Files by key, of which a part holds two."""

    def __init__(self) -> None:
        self.files = {"home/amina/a": 1, "home/amina/b": 2, "home/amina/c": 4, "home/bob/a": 8, "class/stats/x": 16}
        self.is_away = False
        self.asked: list[tuple[str, str]] = []
        self.now, self.seconds = NOON, 0.0
        self.inventory = Inventory(
            ("home/", "class/"), self.part, clock=lambda: self.now, ticks=lambda: self.seconds, rest_s=0, first_s=0
        )

    async def part(self, prefix: str, after: str) -> Part:
        """List two files."""
        self.asked.append((prefix, after))
        if self.is_away:
            raise OSError("away")
        there = [key for key in sorted(self.files) if key.startswith(prefix) and key > after]
        sizes: dict[str, int] = {}
        for key in there[:2]:
            sizes[place_of(key)] = sizes.get(place_of(key), 0) + self.files[key]
        return Part(sizes, there[1] if len(there) > 2 else "")

    def sizes(self) -> dict[str, int]:
        """Return what is known."""
        return {place: counted.size for place, counted in self.inventory.seen().items()}

    async def all(self) -> None:
        """Count all of it."""
        while not await self.inventory.step():
            pass


async def test_figures_come_place_by_place_each_when_all_of_it_was_seen() -> None:
    """A part may end amid a place, or at its last file; what is deleted is not there after the next time."""
    store = Store()
    found = []
    for _part in range(3):
        await store.inventory.step()
        found.append((store.sizes(), store.inventory.is_whole))

    whole = {"home/amina/": 7, "home/bob/": 8, "class/stats/": 16}
    assert found == [({}, False), ({"home/amina/": 7, "home/bob/": 8}, False), (whole, True)]
    del store.files["home/bob/a"], store.files["home/amina/c"]
    store.files["home/cleo/a"] = 32
    await store.inventory.step()
    assert store.sizes() == whole
    await store.all()

    assert store.sizes() == {"home/amina/": 3, "home/cleo/": 32, "class/stats/": 16}
    assert store.inventory.is_whole


async def test_each_figure_says_when_it_was_counted() -> None:
    """An older one stays as it is until its place was seen again."""
    store = Store()
    await store.all()
    store.now += timedelta(hours=6)
    for _part in range(2):
        await store.inventory.step()

    assert store.inventory.seen() == {
        "home/amina/": Counted(7, store.now),
        "home/bob/": Counted(8, store.now),
        "class/stats/": Counted(16, NOON),
    }


async def test_a_store_that_is_away_is_asked_for_the_same_part_again() -> None:
    """And nothing is counted twice."""
    store = Store()
    await store.inventory.step()
    store.is_away = True
    with pytest.raises(OSError, match="away"):
        await store.inventory.step()
    store.is_away = False
    await store.all()

    assert store.asked[1] == store.asked[2] == ("home/", "home/amina/b")
    assert store.sizes()["home/amina/"] == 7


async def test_who_looks_at_something_old_lets_it_be_counted_again() -> None:
    """Without waiting for it; nothing is counted over and over because somebody looks."""
    store = Store()
    counting = asyncio.create_task(store.inventory.run())
    async with asyncio.timeout(10):
        while not store.inventory.is_whole:  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0)
    store.files["home/bob/a"] = 80
    for _turn in range(50):
        store.inventory.seen()
        await asyncio.sleep(0)
    assert store.sizes()["home/bob/"] == 8
    assert len(store.asked) == 3

    store.seconds = OLD_S + 1
    assert store.sizes()["home/bob/"] == 8
    async with asyncio.timeout(10):
        while store.sizes()["home/bob/"] == 8:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
    counting.cancel()


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("class/7mw2kfqd/shared/a.csv", "class/7mw2kfqd/"),
        ("home/d6my4m4v5pjzf9ru/.keep", "home/d6my4m4v5pjzf9ru/"),
        ("home/file", ""),
        ("home/x/", ""),
        ("home//x", ""),
        ("", ""),
    ],
)
def test_the_place_of_a_file(key: str, place: str) -> None:
    """A file that is in none counts for nobody."""
    assert place_of(key) == place


def group(kind: str, identifier: str, title: str, within: str = "") -> Group:
    """Return a class, an event or a team."""
    return Group(id=identifier, kind=kind, title=title, is_exam=False, created=NOON, ended=None, within=within)  # type: ignore[arg-type]  # as it is


KNOWN = Known(
    {"amina": ("Amina B.", "amina"), "gone": ("gil, removed", ""), "seat": ("Ada", "guest-1")},
    {
        each.id: each
        for each in (
            group("class", "stats", "Statistics"),
            group("event", "hack", "Hackathon"),
            group("team", "blue", "Blue", "hack"),
        )
    },
    {"hack": ["home/seat/", "team/blue/"]},
    {"hack": 100},
)


def test_the_largest_is_first_and_says_whose_it_is() -> None:
    """Also what nobody is known for any more; an event has what its teams and accounts have, and is as old as the oldest of it."""
    early = NOON - timedelta(hours=2)
    places = {
        "home/amina/": PlaceUse(50, 200, NOON),
        "home/gone/": PlaceUse(40, 200, NOON),
        "home/seat/": PlaceUse(20, 200, early),
        "team/blue/": PlaceUse(30, None, NOON),
        "class/stats/": PlaceUse(45, None, NOON),
        "class/hack/": PlaceUse(1, None, NOON),
    }

    held = in_store(Told(places, is_whole=True), KNOWN)

    assert [(each.kind, each.title, each.leads_to, each.name, each.size, each.limit) for each in held] == [
        ("home", "Amina B.", "", "amina", 50, 200),
        ("event", "Hackathon", "hack", "", 50, 100),
        ("class", "Statistics", "stats", "", 45, None),
        ("home", "gil, removed", "", "", 40, 200),
        ("team", "Blue", "hack", "", 30, None),
        ("home", "Ada", "", "guest-1", 20, 200),
        ("class", "", "", "", 1, None),
    ]
    assert (held[1].at, held[2].amount) == (early, None)


def test_homes_on_the_machine_are_as_they_were_measured() -> None:
    """One of which parts could not be looked at has more."""
    uses = {"amina": HomeUse(10, NOON.timestamp()), "gone": HomeUse(20, NOON.timestamp(), is_all=False)}

    gone, amina = on_machine(uses, 100, KNOWN)

    assert (gone.title, gone.is_all, amina.size, amina.limit, amina.at) == ("gil, removed", False, 10, 100, NOON)
