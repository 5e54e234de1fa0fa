"""What `sardonyx doctor` finds out about Vault, by signing in there."""

import asyncio
from collections.abc import Iterator
from typing import Literal

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.engines.engine import ports_here
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.looks.trust import advice
from sardonyx_hub_config.services.one_machine import issuer, vault_configuration
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.credentials.errors import CredentialsError
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.vault.badge import AUDIENCE, SUBJECT
from sardonyx_services.credentials.vault.client import RefusedError, Vault, client_for
from sardonyx_spawner.amounts import duration_seconds

State = Literal["good", "note", "bad"]
SET_UP = "Let Vault know this place: sardonyx vault setup"


def look_at_vault(settings: Settings, folder: DataFolder) -> Iterator[tuple[State, str]]:
    """Look at one thing after the other; what depends on a fault is left out."""
    at = settings.vault
    try:
        at.certificates()
        version = asyncio.run(_health(settings, folder))
        yield "good", f"answers at {at.address} and is unsealed, version {version}"
        if not folder.is_in_use():
            yield (
                "note",
                "whether it takes this place's tokens is known while Sardonyx runs: it asks here for their keys",
            )
            return
        life_s = asyncio.run(_sign_in(settings, folder))
    except OperatorError as error:
        yield "bad", str(error)
    except RefusedError as error:
        yield "bad", f"{error.said}. {SET_UP}"
    except CredentialsError as error:
        yield "bad", f"{error.message}{advice(error)}"
    else:
        yield "good", f"takes this place's tokens, and lets the keys service renew and end them (sign-in “{at.mount}”)"
        if abs(life_s - duration_seconds(at.period)) > 1:
            yield (
                "note",
                f"its role “{at.role}” makes tokens for {life_s:.0f} s, and 'vault: period' is {at.period}. {SET_UP}",
            )


async def _health(settings: Settings, folder: DataFolder) -> str:
    at = vault_configuration(settings.vault, folder)
    async with client_for(at) as client:
        return await Vault(at, client).version()


async def _sign_in(settings: Settings, folder: DataFolder) -> float:
    """Do all that the keys service does, for nobody; return for how long a token is good."""
    at = vault_configuration(settings.vault, folder)
    signer = Issuer(issuer(settings, ports_here(settings)), folder.secrets / "signing-keys")
    async with client_for(at) as client:
        vault = Vault(at, client)
        token = signer.token(SUBJECT, AUDIENCE, "doctor")
        own = (await vault.login(token)).token
        wrapped = await vault.login_wrapped(token)
        try:
            await vault.life(own, wrapped.accessor)
            return await vault.renew(own, wrapped.accessor)
        finally:
            await vault.revoke(own, wrapped.accessor)
