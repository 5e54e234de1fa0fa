"""The look at which keys the store has to refuse goes on, whatever happens."""

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sardonyx_services.credentials import store_refusals
from sardonyx_services.credentials.audit import Issued
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.minio_sessions import MinioSessions
from sardonyx_services.credentials.revocation import Living
from sardonyx_services.credentials.store_refusals import BucketPolicy, StoreRefusals, administrator_key, way_of


async def test_an_error_that_nobody_thought_of_does_not_end_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Else the keys of who is removed would be good until they end, and nothing would say so."""
    unused: Any = None
    refusals = StoreRefusals(unused, Living([], datetime.now(UTC)), lambda _person: None, lambda _session: None)
    looks = 0
    looked_twice = asyncio.Event()
    loop = asyncio.get_running_loop()

    def look(_forget: object) -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise KeyError("somebody")
        loop.call_soon_threadsafe(looked_twice.set)

    monkeypatch.setattr(refusals, "_look", look)
    monkeypatch.setattr(store_refusals, "EVERY_S", 0.01)
    with caplog.at_level(logging.ERROR):
        task = asyncio.create_task(refusals.run())
        await asyncio.wait_for(looked_twice.wait(), 10)
        task.cancel()

    assert "It was not looked which keys the store has to refuse, and will be again" in caplog.text


class Bucket:
    """A bucket's policy as a client reads and writes it."""

    def __init__(self, policy: str = "") -> None:
        self.policy, self.written = policy, 0

    def get_bucket_policy(self, **_: str) -> dict[str, str]:
        """Return it, or refuse as AWS does where there is none."""
        if not self.policy:
            raise ClientError({"Error": {"Code": "NoSuchBucketPolicy"}}, "GetBucketPolicy")
        return {"Policy": self.policy}

    def put_bucket_policy(self, **given: str) -> None:
        """Write it."""
        self.policy, self.written = given["Policy"], self.written + 1

    def delete_bucket_policy(self, **_: str) -> None:
        """Delete it."""
        self.policy, self.written = "", self.written + 1


STORE = StoreConfiguration(
    endpoint="https://s3.eu-central-1.amazonaws.com",
    sts_endpoint="https://sts.eu-central-1.amazonaws.com",
    role="arn:aws:iam::123456789012:role/sardonyx",
    bucket="b",
    region="eu-central-1",
    key_lifetime_s=3600,
    revoke_with="bucket_policy",
)
GIVEN = Issued(
    datetime(2026, 1, 1, tzinfo=UTC), "s3", "p", "amina", "", "p-run1", (), datetime(2026, 1, 1, 1, tzinfo=UTC)
)


@pytest.mark.parametrize("others", ["", '{"Version":"2012-10-17","Statement":[{"Sid":"OnlyTls","Effect":"Deny"}]}'])
def test_a_bucket_has_the_policy_of_before_when_nobody_is_refused_any_more(
    monkeypatch: pytest.MonkeyPatch, others: str
) -> None:
    """One write for each change, and none while there is none."""
    bucket = Bucket(others)
    way = BucketPolicy(STORE)
    monkeypatch.setattr(way, "_client", lambda: bucket)

    way.refuse([], lambda _: None)
    assert bucket.written == 0
    way.refuse([GIVEN], lambda _: None)
    way.refuse([GIVEN], lambda _: None)

    assert bucket.written == 1
    assert "arn:aws:sts::123456789012:assumed-role/sardonyx/p-run1" in bucket.policy
    assert ("OnlyTls" in bucket.policy) is bool(others)
    way.refuse([], lambda _: None)
    assert bucket.policy == others


def test_a_store_is_told_in_its_own_way() -> None:
    """One that has none is told nothing."""
    assert way_of(STORE.model_copy(update={"revoke_with": ""}), "i") is None
    assert isinstance(way_of(STORE, "i"), BucketPolicy)
    assert isinstance(way_of(STORE.model_copy(update={"revoke_with": "minio"}), "i"), MinioSessions)


def test_the_key_is_read_each_time(tmp_path: Path) -> None:
    """An operator who changes it does not start anything again; without one it is said."""
    key, secret = tmp_path / "key", tmp_path / "secret"
    key.write_text("id\n")
    secret.write_text("old\n")
    store = STORE.model_copy(update={"revoke_access_key": key, "revoke_secret_key": secret})
    assert administrator_key(store) == ("id", "old")

    secret.write_text("new\n")

    assert administrator_key(store) == ("id", "new")
    with pytest.raises(ValueError, match="there is no key to refuse sessions with"):
        administrator_key(STORE)
