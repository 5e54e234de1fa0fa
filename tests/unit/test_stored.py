"""How much is in places that have a limit, and which are full."""

import asyncio
from collections.abc import Callable

import pytest

from sardonyx_hub_config.quota_settings import QuotasSettings, StoredQuotaSettings
from sardonyx_services.credentials.configuration import StoredLimits
from sardonyx_services.credentials.places import Place
from sardonyx_services.credentials.stored import REMEMBERED_S, Amount, StoredAmounts, root_of

HOME, COURSE = "home/d6my4m4v5pjzf9ru/", "class/7mw2kfqd/"
LIMITS = StoredLimits(person=100, of_class=1000, count_every_s=0.05)


class Store:
    """A store in which there is so much, by place; OSError = it does not answer."""

    def __init__(self, **sizes: int) -> None:
        self.sizes: dict[str, int | OSError] = {HOME: sizes.get("home", 0), COURSE: sizes.get("course", 0)}
        self.counted: list[str] = []

    async def count(self, prefix: str, limit: int) -> int:
        """Count."""
        self.counted.append(prefix)
        found = self.sizes[prefix]
        if isinstance(found, OSError):
            raise found
        return min(found, limit)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0.01)


def marked(amounts: StoredAmounts, *places: Place) -> list[bool]:
    """Return which places are full."""
    return [place.is_full for place in amounts.wanted(places)]


MINE, SHARED, PUBLISHED = (
    Place(HOME, is_writable=True),
    Place(f"{COURSE}shared/", is_writable=True),
    Place("public/", is_writable=True),
)


@pytest.mark.parametrize(("size", "is_full"), [(0, False), (99, False), (100, True), (5000, True)])
async def test_a_place_with_as_much_as_may_be_is_full(size: int, is_full: bool) -> None:  # noqa: FBT001 - of the list
    """And not before it was counted."""
    amounts = StoredAmounts(LIMITS, Store(home=size).count)

    assert marked(amounts, MINE) == [False]
    await amounts.look([HOME])
    assert marked(amounts, MINE) == [is_full]
    assert amounts.of(HOME) == Amount(min(size, 100), 100)


async def test_all_places_of_a_class_have_one_limit() -> None:
    """Of what is shared and what was handed in together."""
    amounts = StoredAmounts(LIMITS, Store(course=1000).count)
    amounts.wanted([SHARED])
    await amounts.look([COURSE])

    assert marked(amounts, SHARED, Place(f"{COURSE}hand-in/x/", is_writable=True), MINE) == [True, True, False]


async def test_what_is_only_read_is_neither_counted_nor_full() -> None:
    """Nobody writes there."""
    store = Store(course=1000)
    amounts = StoredAmounts(LIMITS, store.count)

    assert marked(amounts, Place(f"{COURSE}shared/", is_writable=False), PUBLISHED) == [False, False]
    assert amounts.of(COURSE) is None
    assert amounts.of("public/") is None
    assert store.counted == []


async def test_a_place_is_counted_at_once_when_it_is_first_wanted_and_then_again() -> None:
    """For as long as the service runs, without anybody's waiting."""
    store = Store(home=1)
    amounts = StoredAmounts(LIMITS, store.count)
    running = asyncio.create_task(amounts.run())
    await asyncio.sleep(0)
    amounts.wanted([MINE])

    await until(lambda: amounts.of(HOME) == Amount(1, 100))
    store.sizes[HOME] = 100
    await until(lambda: amounts.of(HOME) == Amount(100, 100))
    running.cancel()


async def test_newcomers_keep_nobody_from_being_counted_again() -> None:
    """However often somebody comes who was never counted."""
    store = Store(home=1)
    amounts = StoredAmounts(LIMITS, store.count)
    running = asyncio.create_task(amounts.run())
    await asyncio.sleep(0)
    amounts.wanted([MINE])
    await until(lambda: amounts.of(HOME) == Amount(1, 100))
    store.sizes[HOME] = 100

    for number in range(100):
        store.sizes[f"home/newcomer{number:03}/"] = 0
        amounts.wanted([Place(f"home/newcomer{number:03}/", is_writable=True)])
        # Sooner than it is counted again.
        await asyncio.sleep(LIMITS.count_every_s / 5)

    assert amounts.of(HOME) == Amount(100, 100)
    running.cancel()


async def test_while_the_store_is_away_it_is_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    """The log says that."""
    store = Store(home=100)
    amounts = StoredAmounts(LIMITS, store.count)
    amounts.wanted([MINE])
    await amounts.look([HOME])
    store.sizes[HOME] = OSError("away")

    await amounts.look([HOME])

    assert marked(amounts, MINE) == [True]
    assert f"It cannot be counted now how much is in {HOME}: away" in caplog.text


async def test_what_nobody_wants_for_a_day_is_counted_no_more() -> None:
    """So a place with thousands of people counts those who are here."""
    now = [0.0]
    store = Store()
    amounts = StoredAmounts(LIMITS, store.count, ticks=lambda: now[0])
    amounts.wanted([MINE])
    now[0] = REMEMBERED_S + 1

    await amounts.look([HOME])
    assert store.counted == []
    assert amounts.of(HOME) is None


@pytest.mark.parametrize(("prefix", "root"), [(HOME, HOME), (f"{HOME}a/b/", HOME), (f"{COURSE}shared/x/", COURSE)])
def test_what_has_a_limit_is_the_place_of_a_person_or_a_class(prefix: str, root: str) -> None:
    """However little of it is asked for."""
    assert root_of(prefix) == root


def test_limits_are_those_of_the_settings() -> None:
    """A class may have another one."""
    quotas = QuotasSettings(
        each_person=StoredQuotaSettings(storage="1G"),
        each_class=StoredQuotaSettings(storage="2G"),
        classes={"7mw2kfqd": StoredQuotaSettings(storage="3G"), "abcd2345": StoredQuotaSettings(servers=4)},
    )
    limits = quotas.stored()

    assert limits.of(HOME) == 1 << 30
    assert limits.of("class/other234/") == limits.of("class/abcd2345/") == 2 << 30
    assert limits.of(COURSE) == 3 << 30
    assert limits.of("team/7mw2kfqd/") is None
    assert limits.is_set
    assert not QuotasSettings().stored().is_set
