"""Lets the store refuse sessions, in the way that it has for that: a bucket policy, or a word to MinIO."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy.exc import SQLAlchemyError

from sardonyx_services.credentials.audit import Issued
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.minio_sessions import MinioSessions
from sardonyx_services.credentials.revocation import Living, Person, bucket_policy
from sardonyx_services.object_store.files import read_administrator
from sardonyx_services.people.errors import AwayError

log = logging.getLogger(__name__)
EVERY_S = 2.0


class Refuses(Protocol):
    """How a store refuses sessions."""

    def refuse(self, sessions: Sequence[Issued], ended: Callable[[str], object]) -> None:
        """Refuse these from now on, and no others any more.

        Args:
            ended: is told of each session whose keys will never work again, whatever its owner may by then.

        Raises:
            BotoCoreError, ClientError, OSError, ValueError: it cannot now.
        """
        ...


class StoreRefusals:
    """Tells the store whenever somebody lost a right whose keys still live, or a server ended."""

    def __init__(
        self,
        way: Refuses,
        living: Living,
        person_of: Callable[[str], Person | None],
        forget: Callable[[str], None],
    ) -> None:
        self._way, self._living, self._person_of, self._forget = way, living, person_of, forget

    async def run(self) -> None:
        """Look every two seconds; what the store does not take now, or the database does not say, is tried again."""
        loop = asyncio.get_running_loop()

        def forget(session: str) -> None:
            loop.call_soon_threadsafe(self._forget, session)

        while True:
            try:
                await asyncio.to_thread(self._look, forget)
            except (BotoCoreError, ClientError, OSError, ValueError) as error:
                log.warning("The store cannot be told now which keys to refuse: %s", error)
            except (AwayError, SQLAlchemyError) as error:
                log.warning("Whose keys the store has to refuse cannot be looked up now: %s", type(error).__name__)
            except Exception:
                # Whatever it was: who was removed would keep their keys if nobody looked any more.
                log.exception("It was not looked which keys the store has to refuse, and will be again")
            await asyncio.sleep(EVERY_S)

    def _look(self, forget: Callable[[str], object]) -> None:
        self._way.refuse(self._living.to_refuse(datetime.now(UTC), self._person_of), forget)


class BucketPolicy:
    """One statement in the bucket's policy, which names the sessions; what others wrote in that policy stays."""

    def __init__(self, store: StoreConfiguration) -> None:
        self._store = store
        self._refused: tuple[str, ...] | None = None

    def refuse(self, sessions: Sequence[Issued], _ended: Callable[[str], object]) -> None:
        """Write it where it is another one than before."""
        names = tuple(issued.session for issued in sessions)
        if names == self._refused:
            return
        bucket, client = self._store.bucket, self._client()
        before = _policy_of(client, bucket)
        policy = bucket_policy(bucket, self._store.role, names, before)
        if policy and policy != before:
            client.put_bucket_policy(Bucket=bucket, Policy=policy)
        elif before and not policy:
            client.delete_bucket_policy(Bucket=bucket)
        self._refused = names
        log.info("The store refuses the keys of %d sessions", len(names))

    def _client(self) -> Any:
        key, secret = administrator_key(self._store)
        return boto3.client(
            "s3",
            endpoint_url=self._store.endpoint,
            region_name=self._store.region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(
                retries={"total_max_attempts": 1}, connect_timeout=3, read_timeout=5, s3={"addressing_style": "path"}
            ),
        )


def way_of(store: StoreConfiguration, issuer: str) -> Refuses | None:
    """Return how a store refuses sessions; None = it does not.

    Args:
        issuer: the address in our tokens, which is a part of what MinIO calls whoever has one.
    """
    match store.revoke_with:
        case "bucket_policy":
            return BucketPolicy(store)
        case "minio":
            return MinioSessions(store, issuer, lambda: administrator_key(store))
    return None


def administrator_key(store: StoreConfiguration) -> tuple[str, str]:
    """Return id and secret of the key with which sessions are refused.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    if store.administrator is not None:
        return read_administrator(store.administrator)
    if store.revoke_access_key is None or store.revoke_secret_key is None:
        raise ValueError("there is no key to refuse sessions with")
    return store.revoke_access_key.read_text().strip(), store.revoke_secret_key.read_text().strip()


def _policy_of(client: Any, bucket: str) -> str:
    try:
        found: str = client.get_bucket_policy(Bucket=bucket)["Policy"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucketPolicy":
            return ""
        raise
    return found
