"""What `sardonyx doctor` finds out about the data store and who gives keys to it, by getting some."""

import asyncio
import time
from collections.abc import Iterator
from typing import Literal

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.engines.engine import ports_here
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.looks.trust import advice
from sardonyx_hub_config.services.one_machine import issuer, keys_address, store_configuration
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.credentials.broker import AUDIENCE
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.errors import CredentialsError
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.places import own_places
from sardonyx_services.credentials.policy import session_policy
from sardonyx_services.credentials.self_test import TESTER, WideningError, prove
from sardonyx_services.credentials.store_answers import of_own_place
from sardonyx_services.credentials.sts import Keys, sts_of

State = Literal["good", "note", "bad"]
SESSION = "doctor"
SLOW_S = 2.0
PATIENCE_S = 5.0


def look_at_store(settings: Settings, folder: DataFolder) -> Iterator[tuple[State, str]]:
    """Get keys as the keys service does, try what they reach, and ask that service itself whether it gives any."""
    runs = folder.is_in_use()
    if not runs and settings.storage.checks_tokens:
        why = (
            "it is started with it"
            if settings.storage.kind == "embedded"
            else "it asks here who signs this place's tokens"
        )
        yield "note", f"whether it gives keys is known while Sardonyx runs: {why}"
        return
    yield _store(settings, folder)
    if runs:
        yield _service(keys_address(settings, ports_here(settings)), folder)


def _store(settings: Settings, folder: DataFolder) -> tuple[State, str]:
    try:
        store = store_configuration(settings, folder, ports_here(settings))
    except OperatorError as error:
        return "bad", str(error)
    try:
        keys, took_s = asyncio.run(_keys(settings, folder, store))
        prove(keys, store)
    except WideningError as error:
        return "bad", (
            f"what answers at {store.endpoint} does not keep people apart: {error}. So nobody gets keys."
            " Set it right, or use another store."
        )
    except CredentialsError as error:
        said = f"{error.message} It was asked at {store.sts_endpoint}.{_said(error.__cause__)}"
        return "bad", f"{said}{advice(error)}"
    except ClientError as error:
        return "bad", f"{of_own_place(error)} It was asked at {store.endpoint}.{_said(error)}"
    except (BotoCoreError, ResponseParserError) as error:
        said = f"it gives keys, and with them {store.endpoint} does not answer as a data store.{_said(error)}"
        return "bad", f"{said}{advice(error)}"
    except OSError as error:
        return "bad", f"its key cannot be read here: {error}"
    if took_s > SLOW_S:
        return (
            "note",
            f"it took {took_s:.0f} s to give keys, at {store.sts_endpoint}: whatever needs keys waits for them",
        )
    return "good", f"gives keys at {store.sts_endpoint}, and they reach their own place and no other"


async def _keys(settings: Settings, folder: DataFolder, store: StoreConfiguration) -> tuple[Keys, float]:
    """Return keys, and how long the store took for them."""
    # A store that knows no tokens looks at none, and before the first start there is nothing to sign one with.
    token = ""
    if settings.storage.checks_tokens:
        signer = Issuer(issuer(settings, ports_here(settings)), folder.secrets / "signing-keys")
        token = signer.token(TESTER, AUDIENCE, SESSION)
    policy = session_policy(store.bucket, own_places(TESTER, is_admin=False))
    sts = sts_of(store)
    began = time.monotonic()
    keys = await sts.keys(token, SESSION, policy, store.key_lifetime_s)
    return keys, time.monotonic() - began


def _service(address: str, folder: DataFolder) -> tuple[State, str]:
    try:
        answer = httpx.get(f"{address}/health", timeout=PATIENCE_S, trust_env=False)
        said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        return "bad", (
            f"the keys service does not answer at {address} ({error}). The hub starts it again by itself;"
            f" why it ends is in {folder.logs / 'credentials.out.log'}"
        )
    if not answer.is_success:
        return "bad", (
            f"the keys service gives no keys now: {said.get('message', answer.status_code)}"
            f" More is in {folder.logs / 'credentials.log'}"
        )
    return "good", "the keys service answers, and gives keys"


def _said(error: BaseException | None) -> str:
    return f" What came back: {error}" if error is not None else ""
