"""Keys are given only where a store was seen to deny what it has to deny."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from support.stub_store import BUCKET, DENIED, DONE, Says, StubStore, stub_store
from support.waiting import soon

from sardonyx_services.credentials import self_test
from sardonyx_services.credentials.broker import Broker
from sardonyx_services.credentials.errors import UnavailableError
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.revocation import Person
from sardonyx_services.credentials.self_test import WideningError, prove
from sardonyx_services.credentials.sts import Keys, SignedSts

KEYS = Keys("id", "secret", "token", datetime.now(UTC) + timedelta(hours=1))
DENIALS = {
    "write_another": "write to another place",
    "list_another": "list another place",
    "list_all": "list the whole bucket",
    "assume_again": "assume the role again",
}
CLOCK = Says(403, "RequestTimeTooSkewed", ahead_s=7200)


def broker_for(store: StubStore, folder: Path) -> Broker:
    """Return a broker with a key of a store."""
    sts = SignedSts(store.configuration(), "key", "secret")
    issuer = Issuer("http://127.0.0.1:9/issuer", folder)
    return Broker(
        issuer, sts, lambda _: Person("abcd2345efgh6789"), bucket=BUCKET, lifetime_s=3600, issued=lambda _: None
    )


async def refusal(store: StubStore, folder: Path) -> str:
    """Return why no keys are given after the first self-test; "" = they are."""
    broker = broker_for(store, folder)
    task = asyncio.create_task(self_test.test_until_good(broker, store.configuration()))
    await asyncio.wait_for(broker.was_tested.wait(), 10)
    task.cancel()
    return broker.refusal


def test_a_store_that_denies_everything_else_is_good() -> None:
    """And is asked for all of it."""
    with stub_store() as store:
        prove(KEYS, store.configuration())

    assert store.asked == ["write own", "write own", "write another", "list another", "list all", "assume again"]


@pytest.mark.parametrize("open_door", DENIALS)
def test_each_way_to_more_is_found(open_door: str) -> None:
    """One is enough."""
    with stub_store(**{open_door: DONE}) as store, pytest.raises(WideningError) as caught:
        prove(KEYS, store.configuration())

    assert str(caught.value) == f"a session could {DENIALS[open_door]}"


@pytest.mark.parametrize("unclear", DENIALS)
@pytest.mark.parametrize(
    "said",
    [
        pytest.param(CLOCK, id="clock"),
        pytest.param(Says(403, "SignatureDoesNotMatch"), id="signature"),
        pytest.param(Says(403, "InvalidAccessKeyId"), id="key"),
        pytest.param(Says(400, "ExpiredToken"), id="expired"),
        pytest.param(Says(429, "SlowDown"), id="too much"),
        pytest.param(Says(500, "InternalError"), id="broken"),
        pytest.param(Says(403, body="<html>Forbidden</html>"), id="a firewall"),
    ],
)
def test_an_answer_about_something_else_proves_nothing(unclear: str, said: Says) -> None:
    """With another clock or another signature the same request might have been let through."""
    with stub_store(**{unclear: said}) as store, pytest.raises(ClientError):
        prove(KEYS, store.configuration())


@pytest.mark.parametrize("code", ["NotImplemented", "InvalidAction", "MethodNotAllowed"])
def test_a_store_that_cannot_assume_at_all_is_good(code: str) -> None:
    """What it does not know it does not do; on objects the same words would prove nothing."""
    with stub_store(assume_again=Says(400, code)) as store:
        prove(KEYS, store.configuration())
    with stub_store(list_all=Says(400, code)) as store, pytest.raises(ClientError):
        prove(KEYS, store.configuration())


async def test_no_keys_are_given_where_policies_are_ignored(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The person reads a sentence, and the operator which door is open."""
    everything = dict.fromkeys(DENIALS, DONE)
    with caplog.at_level(logging.CRITICAL), stub_store(**everything) as store:
        said = await refusal(store, tmp_path)

    assert said == (
        "The data store does not keep people apart, so nobody gets keys. The people who run this place were told."
    )
    assert "The store is not safe to use: a session could write to another place. No keys are given." in caplog.text


@pytest.mark.parametrize(
    ("own", "said"),
    [
        pytest.param(
            Says(404, "NoSuchBucket"),
            "The data store has no bucket of this place's name. The people who run this place have to make it.",
            id="bucket",
        ),
        pytest.param(
            DENIED,
            "The data store gives keys that do not reach their own place."
            " The people who run this place have to give the role, or the key that assumes it, rights in the bucket.",
            id="rights",
        ),
        pytest.param(
            CLOCK,
            "The clock of the data store is 7200 seconds ahead, so it refuses new keys."
            " The people who run this place have to set it.",
            id="clock",
        ),
        pytest.param(
            Says(500, "InternalError"),
            "The data store does not answer as it should yet. Try again in a minute.",
            id="broken",
        ),
    ],
)
async def test_keys_that_do_not_do_what_they_may_are_explained(own: Says, said: str, tmp_path: Path) -> None:
    """Who can do something about it reads what."""
    with stub_store(write_own=own) as store:
        found = await refusal(store, tmp_path)

    assert found.replace("7199", "7200") == said


async def test_a_store_that_is_good_later_is_used_then(tmp_path: Path) -> None:
    """Nobody has to start anything again."""
    with stub_store(list_all=DONE) as store:
        broker = broker_for(store, tmp_path)
        task = asyncio.create_task(self_test.test_until_good(broker, store.configuration()))
        await asyncio.wait_for(broker.was_tested.wait(), 10)
        assert broker.refusal
        store.says = {**store.says, "list all": DENIED}

        await asyncio.wait_for(task, 10)

    assert broker.refusal == ""


async def test_a_store_that_opens_a_door_later_is_found_out(tmp_path: Path) -> None:
    """An upgrade or another setting of the store comes while people work: from then on nobody gets new keys."""
    with stub_store() as store:
        broker = broker_for(store, tmp_path)
        task = asyncio.create_task(self_test.keep_testing(broker, store.configuration(), 0.05))
        await asyncio.wait_for(broker.was_tested.wait(), 10)
        assert broker.refusal == ""
        store.says = {**store.says, "list all": DONE}

        await asyncio.to_thread(soon, lambda: "does not keep people apart" in broker.refusal)
        task.cancel()


async def test_a_store_that_gives_somebody_no_keys_is_looked_at_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the operator's metrics say that none are given, and say when they are again."""
    monkeypatch.setattr(self_test, "LEAST_PAUSE_S", 0.01)
    with stub_store() as store:
        broker = broker_for(store, tmp_path)
        task = asyncio.create_task(self_test.keep_testing(broker, store.configuration(), 3600))
        await asyncio.wait_for(broker.was_tested.wait(), 10)
        store.says = {**store.says, "keys": Says(500, "InternalError")}
        caller = Caller("ann", "", "run", frozenset({"s3"}))
        with pytest.raises(UnavailableError, match="refuses to give keys"):
            await broker.keys_for(caller)

        await asyncio.to_thread(soon, lambda: "refuses to give keys" in broker.refusal)
        store.says = {**store.says, "keys": DONE}
        await asyncio.to_thread(soon, lambda: broker.refusal == "")
        task.cancel()

        assert (await broker.keys_for(caller)).access_key == "id"
