"""How much is in places that have a limit, and which are full."""

import asyncio
from collections.abc import Callable

import pytest

from sardonyx_hub_config.settings.quotas import QuotasSettings, StorageLimitSettings, StoredQuotaSettings
from sardonyx_services.credentials.configuration import StoredLimits
from sardonyx_services.credentials.places import Place
from sardonyx_services.credentials.stored import REMEMBERED_S, Amount, StoredAmounts, wholes_of

HOME, COURSE, EVENT = "home/d6my4m4v5pjzf9ru/", "class/7mw2kfqd/", "event/abcd2345/"
LIMITS = StoredLimits(person=100, of_class=1000, of_team=50, of_event=500, count_every_s=0.05)


class Store:
    """A store in which there is so much, by place; OSError = it does not answer, None = it takes longer."""

    def __init__(self, **sizes: int) -> None:
        self.sizes: dict[str, int | OSError | None] = {
            HOME: sizes.get("home", 0),
            COURSE: sizes.get("course", 0),
            EVENT: sizes.get("event", 0),
            BLUE.prefix: sizes.get("blue", 0),
            RED.prefix: 0,
        }
        self.counted: list[str] = []

    async def count(self, prefix: str, limit: int) -> int | None:
        """Count."""
        self.counted.append(prefix)
        found = self.sizes[prefix]
        if isinstance(found, OSError):
            raise found
        return None if found is None else min(found, limit)


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
BLUE, RED = (Place(f"team/{name}2345/", is_writable=True, event="abcd2345") for name in ("blue", "redd"))
ACCOUNT = Place(HOME, is_writable=True, event="abcd2345")


@pytest.mark.parametrize(("size", "is_full"), [(0, False), (99, False), (100, True), (5000, True)])
async def test_a_place_with_as_much_as_may_be_is_full(size: int, is_full: bool) -> None:  # noqa: FBT001 - of the list
    """And not before it was counted."""
    amounts = StoredAmounts(LIMITS, Store(home=size).count)

    assert marked(amounts, MINE) == [False]
    await amounts.look([HOME])
    assert marked(amounts, MINE) == [is_full]
    assert amounts.of(MINE) == {HOME: Amount(min(size, 100), 100)}


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
    assert amounts.of(SHARED) == amounts.of(PUBLISHED) == {}
    assert store.counted == []


async def test_a_place_is_counted_at_once_when_it_is_first_wanted_and_then_again() -> None:
    """For as long as the service runs, without anybody's waiting."""
    store = Store(home=1)
    amounts = StoredAmounts(LIMITS, store.count)
    running = asyncio.create_task(amounts.run())
    await asyncio.sleep(0)
    amounts.wanted([MINE])

    await until(lambda: amounts.of(MINE) == {HOME: Amount(1, 100)})
    store.sizes[HOME] = 100
    await until(lambda: amounts.of(MINE) == {HOME: Amount(100, 100)})
    running.cancel()


async def test_newcomers_keep_nobody_from_being_counted_again() -> None:
    """However often somebody comes who was never counted."""
    store = Store(home=1)
    amounts = StoredAmounts(LIMITS, store.count)
    running = asyncio.create_task(amounts.run())
    await asyncio.sleep(0)
    amounts.wanted([MINE])
    await until(lambda: amounts.of(MINE) == {HOME: Amount(1, 100)})
    store.sizes[HOME] = 100

    for number in range(100):
        store.sizes[f"home/newcomer{number:03}/"] = 0
        amounts.wanted([Place(f"home/newcomer{number:03}/", is_writable=True)])
        # Sooner than it is counted again.
        await asyncio.sleep(LIMITS.count_every_s / 5)

    assert amounts.of(MINE) == {HOME: Amount(100, 100)}
    running.cancel()


async def test_who_looks_at_something_has_it_counted() -> None:
    """Without keys for it; of what has no limit there is nothing to say."""
    store = Store(course=400)
    amounts = StoredAmounts(LIMITS, store.count)

    assert amounts.asked(COURSE) == (None, 1000)
    assert amounts.asked("public//") is None
    await amounts.look([COURSE])
    assert amounts.asked(COURSE) == (400, 1000)
    assert amounts.all() == {COURSE: Amount(400, 1000)}


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


async def test_while_something_is_counted_it_is_as_it_was() -> None:
    """Until that is through."""
    store = Store(home=99)
    amounts = StoredAmounts(LIMITS, store.count)
    amounts.wanted([MINE])

    for found, known in ((None, {}), (99, {HOME: Amount(99, 100)}), (None, {HOME: Amount(99, 100)})):
        store.sizes[HOME] = found
        await amounts.look([HOME])
        assert amounts.of(MINE) == known


async def test_what_nobody_wants_for_a_day_is_counted_no_more() -> None:
    """So a place with thousands of people counts those who are here."""
    now = [0.0]
    store = Store()
    amounts = StoredAmounts(LIMITS, store.count, ticks=lambda: now[0])
    amounts.wanted([MINE])
    now[0] = REMEMBERED_S + 1

    await amounts.look([HOME])
    assert store.counted == []
    assert amounts.of(MINE) == {}


@pytest.mark.parametrize(
    ("place", "wholes"),
    [
        pytest.param(MINE, (HOME,), id="one's own"),
        pytest.param(Place(f"{HOME}a/b/", is_writable=True), (HOME,), id="a folder of it"),
        pytest.param(SHARED, (COURSE,), id="of a class"),
        pytest.param(Place(f"{EVENT}shared/", is_writable=True), (EVENT,), id="of an event"),
        pytest.param(BLUE, (BLUE.prefix, EVENT), id="of a team of it"),
        pytest.param(ACCOUNT, (HOME, EVENT), id="of an account of it"),
    ],
)
def test_what_has_a_limit_is_all_of_a_person_a_class_a_team_and_an_event(place: Place, wholes: tuple[str, ...]) -> None:
    """However little of it is asked for."""
    assert wholes_of(place) == wholes


async def test_an_event_is_full_for_all_its_teams_and_accounts() -> None:
    """Whichever of them has filled it; what its people have elsewhere is not."""
    store = Store(event=500)
    amounts = StoredAmounts(LIMITS, store.count)
    amounts.wanted([BLUE])
    await amounts.look([EVENT])

    shared = Place(f"{EVENT}shared/", is_writable=True)
    assert marked(amounts, BLUE, RED, ACCOUNT, shared, MINE, SHARED) == [True, True, True, True, False, False]
    # Once for all of them.
    assert store.counted == [EVENT]


async def test_a_team_is_full_by_itself_where_teams_have_a_limit() -> None:
    """The others of its event go on."""
    amounts = StoredAmounts(LIMITS, Store(event=200, blue=50).count)
    amounts.wanted([BLUE, RED])
    await amounts.look([EVENT, BLUE.prefix, RED.prefix])

    assert marked(amounts, BLUE, RED) == [True, False]
    assert amounts.of(BLUE) == {BLUE.prefix: Amount(50, 50), EVENT: Amount(200, 500)}


async def test_an_account_of_an_event_has_its_own_limit_too() -> None:
    """It is full by the first of both that is reached."""
    amounts = StoredAmounts(LIMITS, Store(home=100, event=100).count)
    amounts.wanted([ACCOUNT])
    await amounts.look([HOME, EVENT])

    assert marked(amounts, ACCOUNT, BLUE) == [True, False]


async def test_where_less_is_allowed_than_there_is_nobody_writes() -> None:
    """What is there stays; the figure is that of the limit, at which who counts stops."""
    amounts = StoredAmounts(StoredLimits(of_event=500, events={"abcd2345": 10}), Store(event=499).count)
    amounts.wanted([BLUE])
    await amounts.look([EVENT])

    assert marked(amounts, BLUE) == [True]
    assert amounts.of(BLUE) == {EVENT: Amount(10, 10)}


async def test_the_limit_of_an_event_that_is_not_there_limits_no_other() -> None:
    """Such as that of one whose id was written for another's."""
    store = Store(event=10**9)
    amounts = StoredAmounts(StoredLimits(events={"zzzz2345": 1}), store.count)

    assert marked(amounts, BLUE, ACCOUNT) == [False, False]
    await amounts.look([])
    assert store.counted == []


def test_limits_are_those_of_the_settings() -> None:
    """A class or an event may have another one."""
    quotas = QuotasSettings(
        each_person=StoredQuotaSettings(storage="1G"),
        each_class=StoredQuotaSettings(storage="2G"),
        classes={"7mw2kfqd": StoredQuotaSettings(storage="3G"), "abcd2345": StoredQuotaSettings(servers=4)},
        each_event=StoredQuotaSettings(storage="4G"),
        events={"abcd2345": StoredQuotaSettings(storage="5G")},
        each_team=StorageLimitSettings(storage="6G"),
    )
    limits = quotas.stored()

    assert limits.of(HOME) == 1 << 30
    assert limits.of("class/other234/") == limits.of("class/abcd2345/") == 2 << 30
    assert limits.of(COURSE) == 3 << 30
    assert limits.of("event/other234/") == 4 << 30
    assert limits.of(EVENT) == 5 << 30
    assert limits.of("team/7mw2kfqd/") == 6 << 30
    assert limits.of("public//") is None


@pytest.mark.parametrize(
    "said",
    ["each_person", "each_class", "each_event", "each_team", "classes.abcd2345", "events.abcd2345"],
)
def test_nothing_is_counted_where_nothing_is_limited(said: str) -> None:
    """Any limit of storage is one; one of servers is none."""
    name, _, group = said.partition(".")
    limit = {group: {"storage": "1G"}} if group else {"storage": "1G"}

    assert QuotasSettings.model_validate({name: limit}).stored().is_set
    assert not QuotasSettings(each_event=StoredQuotaSettings(servers=3)).stored().is_set


async def test_an_event_whose_organisers_chose_less_is_full_at_that() -> None:
    """Never at more than the operator allows; what they choose later counts when it is looked at again."""
    store, chosen = Store(event=200), {EVENT: 200}

    async def look_up(whole: str) -> int | None:
        return chosen.get(whole)

    amounts = StoredAmounts(LIMITS, store.count, look_up)
    assert marked(amounts, BLUE) == [False]
    await amounts.look([EVENT, BLUE.prefix])
    assert marked(amounts, BLUE, RED) == [True, True]
    assert amounts.asked(EVENT) == (200, 200)

    chosen[EVENT] = 5000
    await amounts.look([EVENT])
    assert (amounts.asked(EVENT), marked(amounts, BLUE)) == ((200, 500), [False])
    del chosen[EVENT]
    await amounts.look([EVENT])
    assert amounts.asked(EVENT) == (200, 500)


async def test_where_it_cannot_be_looked_up_what_was_chosen_still_counts(caplog: pytest.LogCaptureFixture) -> None:
    """As what was counted does."""
    found: list[int | OSError] = [200, OSError("the database is away")]

    async def look_up(_whole: str) -> int:
        if isinstance(here := found.pop(0), OSError):
            raise here
        return here

    amounts = StoredAmounts(LIMITS, Store(event=300).count, look_up)
    amounts.wanted([BLUE])
    await amounts.look([EVENT])

    await amounts.look([EVENT])

    assert amounts.asked(EVENT) == (200, 200)
    assert f"It cannot be counted now how much is in {EVENT}: the database is away" in caplog.text
