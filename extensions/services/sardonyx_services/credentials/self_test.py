"""Before any keys are given: proof that a session can reach its own data and cannot widen its rights."""

import asyncio
import logging
import re
from collections.abc import Collection
from contextlib import suppress
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from sardonyx_services.certificates import distrust
from sardonyx_services.credentials.broker import Broker
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.deadline import Deadline
from sardonyx_services.credentials.errors import CredentialsError
from sardonyx_services.credentials.places import home_prefix
from sardonyx_services.credentials.store_answers import DENIED, NO_SUCH_CALL, NOT_TRUSTED, code_of, of_own_place
from sardonyx_services.credentials.sts import NO_ROLE, Keys
from sardonyx_spawner.language import _

log = logging.getLogger(__name__)
TESTER, OTHER = "selftest0tester0", "selftest0another"
RETRY_S, LONGEST_RETRY_S = 0.1, 5.0
AGAIN_S = 300.0
LEAST_PAUSE_S = 5.0
"""Between a test that went well and the next one, however many get no keys meanwhile."""
PROBE = "probe"


class WideningError(Exception):
    """A session could do more than its policy says."""


async def keep_testing(broker: Broker, store: StoreConfiguration, again_s: float = AGAIN_S) -> None:
    """Test the store at the start, now and then, and as soon as it gives somebody no keys: what it does may change."""
    while True:
        await test_until_good(broker, store)
        await asyncio.sleep(min(LEAST_PAUSE_S, again_s))
        with suppress(TimeoutError):
            await asyncio.wait_for(broker.doubt.wait(), again_s)


async def test_until_good(broker: Broker, store: StoreConfiguration) -> None:
    """Test again and again until the store answers as it must; the broker gives no new keys before."""
    pause_s, told = RETRY_S, ""
    reason: BaseException
    while True:
        try:
            keys = await broker.mint(TESTER, "self-test")
            await asyncio.to_thread(prove, keys, store)
        except CredentialsError as error:
            broker.refusal, reason = error.message, error.__cause__ or error
        except WideningError as error:
            broker.refusal = _(
                "The data store does not keep people apart, so nobody gets keys. The people who run this place were told."
            )
            reason = error
            log.critical("The store is not safe to use: %s. No keys are given.", error)
        except ClientError as error:
            broker.refusal, reason = of_own_place(error), error
        except Exception as error:  # noqa: BLE001
            # Whatever a store answers, botocore's own trips over it included: the next try may be better.
            away = _("The data store does not answer as it should yet. Try again in a minute.")
            broker.refusal, reason = away if distrust(error) is None else NOT_TRUSTED, error
        else:
            broker.doubt.clear()
            broker.was_tested.set()
            if broker.refusal:
                broker.refusal = ""
                log.info("Self-test passed: a session reaches its own place and nothing else")
            return
        broker.was_tested.set()
        # A clock that is off is off by another second each time: that is no news.
        without_numbers = re.sub(r"\d+", "", broker.refusal)
        if without_numbers != told:
            told = without_numbers
            log.warning("No keys are given yet: %s (%r)", broker.refusal, reason)
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 1.2, LONGEST_RETRY_S)


def prove(keys: Keys, store: StoreConfiguration) -> None:
    """Make sure that a session writes its own place, reads nobody else's, and cannot get other rights.

    Raises:
        WideningError: it could do more.
        ClientError, BotoCoreError: it could not even do what it may.
    """
    deadline = Deadline()
    s3 = deadline.on(_client("s3", store.endpoint, keys, store))
    own = home_prefix(TESTER) + PROBE
    s3.put_object(Bucket=store.bucket, Key=own, Body=b"")
    s3.delete_object(Bucket=store.bucket, Key=own)
    other = home_prefix(OTHER) + PROBE
    _refused("write to another place", lambda: s3.put_object(Bucket=store.bucket, Key=other, Body=b""))
    _refused("list another place", lambda: s3.list_objects_v2(Bucket=store.bucket, Prefix=home_prefix(OTHER)))
    _refused("list the whole bucket", lambda: s3.list_objects_v2(Bucket=store.bucket))
    sts = deadline.on(_client("sts", store.sts_endpoint, keys, store))
    wider = {"RoleArn": store.role or NO_ROLE, "RoleSessionName": "wider"}
    _refused("assume the role again", lambda: sts.assume_role(**wider), NO_SUCH_CALL)


def _refused(what: str, attempt: Any, otherwise: Collection[str] = ()) -> None:
    """Make sure that a store denies something.

    Args:
        otherwise: other codes that prove it as well; a clock that is off, or a signature that it cannot read, prove nothing.
    """
    try:
        attempt()
    except ClientError as error:
        if code_of(error) not in {*DENIED, *otherwise}:
            raise
        return
    raise WideningError(f"a session could {what}")


def _client(service: str, endpoint: str, keys: Keys, store: StoreConfiguration) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]  # a variable name of a service
        endpoint_url=endpoint,
        region_name=store.region,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.session_token,
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
