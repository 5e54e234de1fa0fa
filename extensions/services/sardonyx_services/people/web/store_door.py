"""The way to the data store: with keys that the keys service makes for one purpose, and renews while it lasts."""

from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import httpx
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from sardonyx_services.people.web.configuration import StorePlace
from sardonyx_services.people.web.errors import NotOpenError, RefusedError
from sardonyx_spawner.language import _, spoken

PATIENCE_S = 10.0
RENEWED_BEFORE_S = 60
OK, FORBIDDEN = 200, 403
DENIED = "AccessDenied"


class StoreAwayError(RefusedError):
    """The data store does not give what is asked for now."""

    status = 503

    def __init__(self, said: str = "") -> None:
        super().__init__(said or _("The data store does not answer now. Nothing of it is lost; try again in a minute."))


class StoreDoor:
    """Opens the store, with the rights of who asks."""

    def __init__(self, at: StorePlace) -> None:
        self._at = at
        self._token = at.token.read_text().strip()
        # One for all: each would read what authorities there are in the world.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._asks = httpx.Client(timeout=PATIENCE_S, trust_env=False, limits=limits)
        # What S3 is, in half a megabyte of JSON: read once, and not for each who asks.
        self._loader = get_session().get_component("data_loader")

    @property
    def bucket(self) -> str:
        """Where everything is."""
        return self._at.bucket

    def client(self, purpose: str, asked: Mapping[str, str]) -> Any:
        """Return a client of S3.

        Args:
            purpose: path of the keys service at which keys for it are made.
            asked: what it is told there.

        Raises:
            RefusedError: there are no keys for that, or not now.
        """

        def fresh() -> dict[str, str]:
            return self._keys(purpose, asked)

        # They live for a quarter of an hour, and an archive may take longer. Botocore renews keys a quarter of an hour before
        # their end by itself: these would be others for each file.
        keys = RefreshableCredentials.create_from_metadata(
            fresh(), fresh, "sardonyx", advisory_timeout=RENEWED_BEFORE_S, mandatory_timeout=RENEWED_BEFORE_S
        )
        session = get_session()
        session.register_component("data_loader", self._loader)
        session._credentials = keys  # type: ignore[attr-defined]  # noqa: SLF001 - botocore has no other way in
        config = Config(s3={"addressing_style": "path"}, connect_timeout=PATIENCE_S, retries={"max_attempts": 2})
        return boto3.Session(botocore_session=session).client(
            "s3", endpoint_url=self._at.endpoint, region_name=self._at.region, config=config
        )

    def _keys(self, purpose: str, asked: Mapping[str, str]) -> dict[str, str]:
        headers = {"Authorization": f"token {self._token}", "Accept-Language": spoken()}
        try:
            answer = self._asks.post(f"{self._at.keys}/{purpose}", json=dict(asked), headers=headers)
            said = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise StoreAwayError from error
        if answer.status_code == FORBIDDEN:
            raise NotOpenError(str(said.get("message", "")))
        if answer.status_code != OK:
            raise StoreAwayError(str(said.get("message", "")))
        return {
            "access_key": said["AccessKeyId"],
            "secret_key": said["SecretAccessKey"],
            "token": said["Token"],
            "expiry_time": said["Expiration"],
        }


def listed(client: Any, bucket: str, prefix: str) -> Iterator[Mapping[str, Any]]:
    """Yield what is below a prefix, each as S3 lists it.

    Raises:
        RefusedError: it is not to be read any more, or not now.
    """
    try:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from page.get("Contents", ())
    except (BotoCoreError, ClientError) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] == DENIED:
            raise NotOpenError(_("What you may read of this has changed just now. Load the page again.")) from error
        raise StoreAwayError from error
