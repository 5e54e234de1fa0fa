"""Lets the embedded store refuse sessions: one bucket policy, written by the store's administrator."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy.exc import SQLAlchemyError

from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.revocation import Living, Person, bucket_policy
from sardonyx_services.object_store.files import read_administrator
from sardonyx_services.people.errors import AwayError

log = logging.getLogger(__name__)
EVERY_S = 2.0


class StoreRefusals:
    """Writes the policy whenever somebody lost a right whose keys still live, or a server ended."""

    def __init__(
        self, store: StoreConfiguration, administrator: Path, living: Living, person_of: Callable[[str], Person | None]
    ) -> None:
        self._store, self._administrator = store, administrator
        self._living, self._person_of = living, person_of
        self._written: str | None = None

    async def run(self) -> None:
        """Look every two seconds; what the store does not take now, or the database does not say, is tried again."""
        while True:
            try:
                await asyncio.to_thread(self._look)
            except (BotoCoreError, ClientError, OSError, ValueError) as error:
                log.warning("The store cannot be told now which keys to refuse: %s", error)
            except (AwayError, SQLAlchemyError) as error:
                log.warning("Whose keys the store has to refuse cannot be looked up now: %s", type(error).__name__)
            except Exception:
                # Whatever it was: who was removed would keep their keys if nobody looked any more.
                log.exception("It was not looked which keys the store has to refuse, and will be again")
            await asyncio.sleep(EVERY_S)

    def _look(self) -> None:
        sessions = self._living.to_refuse(datetime.now(UTC), self._person_of)
        policy = bucket_policy(self._store.bucket, self._store.role, sessions)
        if policy == self._written:
            return
        client = self._client()
        if policy:
            client.put_bucket_policy(Bucket=self._store.bucket, Policy=policy)
        else:
            _delete_policy(client, self._store.bucket)
        self._written = policy
        log.info("The store refuses the keys of %d sessions", len(sessions))

    def _client(self) -> Any:
        key, secret = read_administrator(self._administrator)
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


def _delete_policy(client: Any, bucket: str) -> None:
    try:
        client.delete_bucket_policy(Bucket=bucket)
    except ClientError as error:
        # SeaweedFS says so where AWS says nothing.
        if error.response["Error"]["Code"] != "NoSuchBucketPolicy":
            raise
