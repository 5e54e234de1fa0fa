from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sardonyx_services.credentials.broker import Broker
from sardonyx_services.credentials.errors import NotAllowedError, UnavailableError
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.sts import Keys

AMINA = Caller("amina", "")
START = datetime(2026, 1, 1, tzinfo=UTC)


class Store:
    """A store that gives keys for an hour, and may be away."""

    def __init__(self) -> None:
        self.now = START
        self.asked: list[tuple[str, str]] = []
        self.is_away = False

    async def keys(self, token: str, session: str, policy: str) -> Keys:
        """Give keys."""
        assert token.count(".") == 2
        if self.is_away:
            raise UnavailableError("The data store does not answer now.")
        self.asked.append((session, policy))
        return Keys(f"key{len(self.asked)}", "secret", "token", self.now + timedelta(hours=1))


@pytest.fixture
def store() -> Store:
    """A store that is there."""
    return Store()


@pytest.fixture
def people() -> dict[str, str]:
    """Who has which name now."""
    return {"amina": "abcd2345efgh6789"}


@pytest.fixture
def broker(store: Store, people: dict[str, str], tmp_path: Path) -> Broker:
    """A broker that knows amina and has tested the store."""
    found = Broker(Issuer("http://i", tmp_path), store, people.get, "bucket", clock=lambda: store.now)
    found.refusal = ""
    return found


async def test_keys_are_given_again_while_they_live_long_enough(broker: Broker, store: Store) -> None:
    """Ten programs of one server cost the store one call."""
    first = await broker.keys_for(AMINA)
    store.now += timedelta(minutes=30)

    assert await broker.keys_for(AMINA) is first


async def test_what_is_given_always_lives_longer_than_programs_want(broker: Broker, store: Store) -> None:
    """AWS SDKs ask again 15 minutes before the end; older keys would make them ask at each call."""
    for _ in range(200):
        store.now += timedelta(minutes=1)
        assert (await broker.keys_for(AMINA)).expires - store.now >= timedelta(minutes=18)


async def test_the_session_is_narrowed_to_the_persons_id_never_to_the_name(broker: Broker, store: Store) -> None:
    """A name may change hands."""
    await broker.keys_for(AMINA)

    session, policy = store.asked[0]
    assert session.startswith("abcd2345efgh6789-")
    assert "home/abcd2345efgh6789/*" in policy
    assert "amina" not in session + policy


async def test_each_server_has_a_session_of_its_own(broker: Broker, store: Store) -> None:
    """One can be refused without the other."""
    await broker.keys_for(AMINA)
    await broker.keys_for(Caller("amina", "thesis"))

    assert len({session for session, _ in store.asked}) == 2


async def test_the_last_good_keys_bridge_an_outage_of_the_store(broker: Broker, store: Store) -> None:
    """They live, so they are given."""
    good = await broker.keys_for(AMINA)
    store.is_away = True
    store.now += timedelta(minutes=55)

    assert await broker.keys_for(AMINA) is good


async def test_keys_that_are_over_are_never_given(broker: Broker, store: Store) -> None:
    """An error with a sentence is better than a key that fails."""
    await broker.keys_for(AMINA)
    store.is_away = True
    store.now += timedelta(minutes=61)

    with pytest.raises(UnavailableError, match="does not answer now"):
        await broker.keys_for(AMINA)


async def test_who_was_removed_gets_nothing(broker: Broker) -> None:
    """Even with a token that the hub still knows."""
    with pytest.raises(NotAllowedError, match="You are not known here any more"):
        await broker.keys_for(Caller("bela", ""))


async def test_nothing_is_given_before_the_store_was_tested(broker: Broker, store: Store) -> None:
    """A store that does not keep people apart must not be used at all."""
    broker.refusal = "The data store does not keep people apart, so nobody gets keys."

    with pytest.raises(UnavailableError, match="does not keep people apart"):
        await broker.keys_for(AMINA)
    assert store.asked == []


def test_secrets_do_not_show_in_logs() -> None:
    """Whatever prints keys by mistake prints no secret."""
    assert "hidden" not in repr(Keys("id", "hidden", "hidden", START))


async def test_a_name_that_changed_hands_gets_keys_of_its_own(
    broker: Broker, store: Store, people: dict[str, str]
) -> None:
    """The keys of who had the name before are still good, and reach that person's data."""
    before = await broker.keys_for(AMINA)
    people["amina"] = "zzzz2345efgh6789"

    assert await broker.keys_for(AMINA) is not before
    assert "home/zzzz2345efgh6789/" in store.asked[-1][1]
    assert "abcd2345efgh6789" not in store.asked[-1][1]


async def test_who_was_removed_gets_no_keys_at_once(broker: Broker, people: dict[str, str]) -> None:
    """Not even those that were given a minute ago."""
    await broker.keys_for(AMINA)
    people.clear()

    with pytest.raises(NotAllowedError, match="You are not known here any more."):
        await broker.keys_for(AMINA)
