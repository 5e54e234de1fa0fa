"""Counts what is in the store, with keys that list and do nothing else."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sardonyx_services.credentials.broker import AUDIENCE, KeySource
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.deadline import Deadline
from sardonyx_services.credentials.errors import CredentialsError
from sardonyx_services.credentials.inventory import Part, place_of
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.policy import list_policy
from sardonyx_services.credentials.sts import Keys
from sardonyx_services.credentials.wish import SHORTEST_S
from sardonyx_services.people.errors import AwayError

COUNTER = "counter0counter0"
"""In the place of a person's id: nobody's is like that."""
PLACES = ("home/", "class/", "team/", "event/")
LEAST_LEFT = timedelta(minutes=3)
ANSWER_S = 30.0
MOST_FILES = 100_000
"""That are listed of a whole in one go: whoever has more keeps nobody else from being counted."""
PART_FILES = 20_000
"""That are listed of the store in one go."""


@dataclass(frozen=True)
class _Begun:
    """How far counting a whole is: up to which key, and the bytes that were found."""

    key: str = ""
    found: int = 0


class Counting:
    """Counts; its keys are made again when they end.

    Args:
        prefixes_of: returns the places that a whole is made of; asked in a thread.
        most_files: that are listed of a whole in one go; `part_files`: of the store.
    """

    def __init__(
        self,
        issuer: Issuer,
        source: KeySource,
        store: StoreConfiguration,
        prefixes_of: Callable[[str], Sequence[str]] = lambda whole: (whole,),
        *,
        most_files: int = MOST_FILES,
        part_files: int = PART_FILES,
    ) -> None:
        self._issuer, self._source, self._store = issuer, source, store
        self._prefixes_of, self._most_files, self._part_files = prefixes_of, most_files, part_files
        self._deadline = Deadline(ANSWER_S, ANSWER_S)
        self._begun: dict[str, _Begun] = {}
        self._keys: Keys | None = None

    async def count(self, whole: str, limit: int) -> int | None:
        """Return the bytes of all that is of somebody or something, and no more than a limit.

        None = there are too many files for one go: the next one goes on from there. One at a time for each whole.

        Raises:
            OSError: the store does not say.
        """
        try:
            keys = await self.current()
            return await asyncio.to_thread(self._counted, keys, whole, limit)
        except (CredentialsError, AwayError, BotoCoreError, ClientError) as error:
            raise OSError(str(error)) from error

    async def part(self, prefix: str, after: str) -> Part:
        """Return how much is in the places below a prefix, from behind a key on, as far as one go reaches.

        Raises:
            OSError: the store does not say.
        """
        try:
            keys = await self.current()
            return await asyncio.to_thread(self._summed, keys, prefix, after)
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

    def _counted(self, keys: Keys, whole: str, limit: int) -> int | None:
        listed = self._deadline.on(_client(keys, self._store)).get_paginator("list_objects_v2")
        begun, files = self._begun.pop(whole, _Begun()), 0
        found = begun.found
        for prefix in sorted(self._prefixes_of(whole)):
            is_amid = begun.key.startswith(prefix)
            if prefix < begun.key and not is_amid:
                continue
            after = {"StartAfter": begun.key} if is_amid else {}
            for page in listed.paginate(Bucket=self._store.bucket, Prefix=prefix, **after):
                there = page.get("Contents", ())
                found += sum(int(each["Size"]) for each in there)
                files += len(there)
                if found >= limit:
                    return limit
                if files >= self._most_files:
                    self._begun[whole] = _Begun(there[-1]["Key"], found)
                    return None
        return found

    def _summed(self, keys: Keys, prefix: str, after: str) -> Part:
        listed = self._deadline.on(_client(keys, self._store)).get_paginator("list_objects_v2")
        sizes, files = Counter[str](), 0
        for page in listed.paginate(
            Bucket=self._store.bucket, Prefix=prefix, **({"StartAfter": after} if after else {})
        ):
            there = page.get("Contents", ())
            for each in there:
                sizes[place_of(each["Key"])] += int(each["Size"])
            files += len(there)
            if files >= self._part_files and page.get("IsTruncated"):
                return Part(sizes, there[-1]["Key"])
        return Part(sizes, "")


def _client(keys: Keys, store: StoreConfiguration) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        region_name=store.region,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.session_token,
        config=Config(
            s3={"addressing_style": "path"},
            retries={"max_attempts": 2},
        ),
    )
