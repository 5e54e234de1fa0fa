"""Counts what is in the store, with keys that list and do nothing else."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sardonyx_services.credentials.broker import AUDIENCE, KeySource
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.errors import CredentialsError
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.policy import list_policy
from sardonyx_services.credentials.sts import Keys
from sardonyx_services.credentials.wish import SHORTEST_S

COUNTER = "counter0counter0"
"""In the place of a person's id: nobody's is like that."""
PLACES = ("home/", "class/")
LEAST_LEFT = timedelta(minutes=3)
PATIENCE_S = 10.0


class Counting:
    """Counts; its keys are made again when they end."""

    def __init__(self, issuer: Issuer, source: KeySource, store: StoreConfiguration) -> None:
        self._issuer, self._source, self._store = issuer, source, store
        self._keys: Keys | None = None

    async def count(self, prefix: str, limit: int) -> int:
        """Return the bytes below a prefix, and no more than a limit.

        Raises:
            OSError: the store does not say.
        """
        try:
            keys = await self.current()
            return await asyncio.to_thread(_counted, keys, self._store, prefix, limit)
        except (CredentialsError, BotoCoreError, ClientError) as error:
            raise OSError(str(error)) from error

    async def current(self) -> Keys:
        """Return keys that list, and do nothing else.

        Raises:
            CredentialsError: there are none now.
        """
        if self._keys is None or self._keys.expires - datetime.now(UTC) < LEAST_LEFT:
            session = f"{COUNTER}-{secrets.token_hex(6)}"
            token = self._issuer.token(COUNTER, AUDIENCE, session)
            policy = list_policy(self._store.bucket, PLACES)
            self._keys = await self._source.keys(token, session, policy, SHORTEST_S)
        return self._keys


def _counted(keys: Keys, store: StoreConfiguration, prefix: str, limit: int) -> int:
    found = 0
    pages = _client(keys, store).get_paginator("list_objects_v2").paginate(Bucket=store.bucket, Prefix=prefix)
    for page in pages:
        found += sum(int(each["Size"]) for each in page.get("Contents", ()))
        if found >= limit:
            return limit
    return found


def _client(keys: Keys, store: StoreConfiguration) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        region_name=store.region,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.session_token,
        config=Config(s3={"addressing_style": "path"}, connect_timeout=PATIENCE_S, retries={"max_attempts": 2}),
    )
