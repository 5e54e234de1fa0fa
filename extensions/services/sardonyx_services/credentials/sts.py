"""Temporary keys from the store, for a token and a policy."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.parsers import ResponseParserError

from sardonyx_services.certificates import distrust
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.deadline import WHOLE_S, Deadline
from sardonyx_services.credentials.errors import UnavailableError
from sardonyx_services.credentials.minio_sessions import name_sessions
from sardonyx_services.credentials.store_answers import NO_STORE, NO_STS, NOT_TRUSTED, is_no_sts, refused
from sardonyx_services.credentials.turns import Turns
from sardonyx_spawner.language import _

log = logging.getLogger(__name__)
AT_ONCE, WAITING = 8, 1_000
AWAY = _("The data store does not answer now. Keys that you have go on working; try again in a minute.")
NO_ROLE = "arn:aws:iam::000000000000:role/none"


@dataclass(frozen=True)
class Keys:
    """Temporary keys; the secret parts show in no log."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expires: datetime

    def to_json(self) -> dict[str, str]:
        """Return the keys as the container-credentials protocol wants them (AWS SDKs reference guide)."""
        return {
            "AccessKeyId": self.access_key,
            "SecretAccessKey": self.secret_key,
            "Token": self.session_token,
            "Expiration": self.expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


class Sts:
    """The store's STS; a few calls at a time, each with a time-out, none repeated by the client.

    Args:
        whole_s: for all of a call.
    """

    def __init__(self, store: StoreConfiguration, whole_s: float = WHOLE_S) -> None:
        self._store = store
        self._turns = Turns(AT_ONCE, WAITING)
        # Threads of its own: a store that is slow must not hold up what else is looked up.
        self._threads = ThreadPoolExecutor(AT_ONCE, "sts")
        self._deadline = Deadline(whole_s)
        self._client: Any = self._connect()

    async def keys(self, token: str, session: str, policy: str, lifetime_s: int) -> Keys:
        """Exchange a token for keys that can do what the policy says and no more.

        Raises:
            CredentialsError: the store refuses or does not answer; the message says which.
        """
        loop = asyncio.get_running_loop()
        async with self._turns.turn():
            return await loop.run_in_executor(self._threads, self._keys, token, session, policy, lifetime_s)

    def _keys(self, token: str, session: str, policy: str, lifetime_s: int) -> Keys:
        try:
            found = self._exchange(token, RoleSessionName=session, Policy=policy, DurationSeconds=lifetime_s)
            keys = Keys(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], found["Expiration"])
        except ClientError as error:
            log.warning("The store refuses to give keys: %s", error)
            raise refused(error) from error
        except (ResponseParserError, KeyError, AttributeError, TypeError) as error:
            # botocore trips over XML that is none of STS, such as a page for people.
            raise UnavailableError(NO_STORE) from error
        except ParamValidationError as error:
            raise UnavailableError(
                _(
                    "The role at the data store is written so that no store can have it."
                    " The people who run this place have to correct it in the settings."
                )
            ) from error
        except BotoCoreError as error:
            raise UnavailableError(AWAY if distrust(error) is None else NOT_TRUSTED) from error
        return keys

    def _exchange(self, token: str, **session: Any) -> Any:
        answer = self._client.assume_role_with_web_identity(RoleArn=self._store.role, WebIdentityToken=token, **session)
        return answer["Credentials"]

    def _connect(self, access_key: str = "", secret_key: str = "") -> Any:
        config = Config(retries={"total_max_attempts": 1}, signature_version="v4" if access_key else UNSIGNED)
        client = boto3.client(
            "sts",
            endpoint_url=self._store.sts_endpoint,
            region_name=self._store.region,
            aws_access_key_id=access_key or None,
            aws_secret_access_key=secret_key or None,
            config=config,
        )
        client.meta.events.register("before-parse.sts", _look)
        if self._store.revoke_with == "minio":
            name_sessions(client)
        return self._deadline.on(client)


class SignedSts(Sts):
    """The STS of a store that knows no OpenID Connect: a key of this service's own assumes the role.

    Only the session policy narrows the session then, so the self-test has to prove that it cannot be dropped.
    """

    def __init__(self, store: StoreConfiguration, access_key: str, secret_key: str, whole_s: float = WHOLE_S) -> None:
        super().__init__(store, whole_s)
        self._client = self._connect(access_key, secret_key)

    def _exchange(self, token: str, **session: Any) -> Any:  # noqa: ARG002 - this store does not know what to do with it
        # MinIO has users instead of roles, and AWS' client wants a name for one all the same.
        return self._client.assume_role(RoleArn=self._store.role or NO_ROLE, **session)["Credentials"]


def sts_of(store: StoreConfiguration) -> Sts:
    """Return the STS of a store, as it is configured.

    Raises:
        OSError: the key of this service cannot be read.
    """
    if store.access_key is None or store.secret_key is None:
        return Sts(store)
    return SignedSts(store, store.access_key.read_text().strip(), store.secret_key.read_text().strip())


def _look(response_dict: Any, **_parts: object) -> None:
    """Look at an answer before botocore trips over a page for people."""
    if is_no_sts(response_dict["status_code"], response_dict["body"]):
        raise UnavailableError(NO_STS)
