"""What JupyterHub starts and restarts beside itself on one machine."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.place import postgresql
from sardonyx_hub_config.engines.engine import release
from sardonyx_hub_config.engines.idle_limits import idle_limits
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.services.links import link_service, links_configuration
from sardonyx_hub_config.services.people import ROLE as PEOPLE_ROLE
from sardonyx_hub_config.services.people import people_service
from sardonyx_hub_config.settings.secret_refs import SecretRef, generated_secret
from sardonyx_hub_config.settings.vault import VaultSettings
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.certificates import passed_on
from sardonyx_services.credentials.configuration import (
    CredentialsConfiguration,
    GitProviderConfiguration,
    StoreConfiguration,
    VaultConfiguration,
)
from sardonyx_services.object_store.configuration import ObjectStoreConfiguration
from sardonyx_services.object_store.files import ADMINISTRATOR
from sardonyx_services.parent import HUB
from sardonyx_services.people.postgresql import VARIABLE
from sardonyx_services.service_log import TO_TERMINAL
from sardonyx_spawner.amounts import duration_seconds
from sardonyx_spawner.class_limits import SHORTEST_IDLE_S

CULL_EVERY_S, LEAST_CULL_EVERY_S = 60, 5
KEYS_PATH = "/services/credentials"
"""Below the address of this place."""


@dataclass(frozen=True)
class Service:
    """A service as JupyterHub takes it.

    Args:
        role: what gives it its rights.
        port: where it listens on 127.0.0.1; 0 = nowhere.
    """

    description: dict[str, Any]
    role: dict[str, Any] | None = None
    port: int = 0


def services(settings: Settings, folder: DataFolder, ports: Ports) -> list[Service]:
    """Return the services of one machine, in the order of their start."""
    found = [_object_store(settings, folder, ports)] if settings.storage.kind == "embedded" else []
    found.append(_credentials(settings, folder, ports))
    if settings.storage.links is not None:
        found.append(Service(link_service(settings, folder, ports, keys_address(settings, ports)), port=ports.links))
    found.append(
        Service(people_service(settings, folder, ports, keys_address(settings, ports)), PEOPLE_ROLE, ports.people)
    )
    found.append(_idle_stop(idle_limits(settings), folder.logs / "idle-stop.log"))
    told = {HUB: str(os.getpid()), **passed_on(os.environ), **({} if release() is None else {TO_TERMINAL: "1"})}
    for service in found:
        service.description["environment"] = {**told, **service.description.get("environment", {})}
    return found


def _object_store(settings: Settings, folder: DataFolder, ports: Ports) -> Service:
    path = folder.run / "object-store.json"
    ObjectStoreConfiguration(
        folder=folder.store,
        port=ports.object_store,
        bucket=settings.storage.bucket,
        region=settings.storage.region,
        issuer=keys_address(settings, ports),
        issuer_socket=folder.run / "issuer.sock",
        log=folder.logs / "object-store.log",
    ).write(path)
    return Service(
        {
            "name": "store",
            "command": [sys.executable, "-m", "sardonyx_services.object_store", str(path)],
            "display": False,
        },
        port=ports.object_store,
    )


def _credentials(settings: Settings, folder: DataFolder, ports: Ports) -> Service:
    path = folder.run / "credentials.json"
    # Made here: this service reads it.
    generated_secret(folder.collector_token)
    CredentialsConfiguration(
        issuer=issuer(settings, ports),
        issuer_socket=folder.run / "issuer.sock",
        keys=folder.secrets / "signing-keys",
        people=folder.people_database,
        hosts=(f"{ports.inside}:{ports.credentials}",),
        store=store_configuration(settings, folder, ports),
        log=folder.logs / "credentials.log",
        audit=folder.audit,
        vault=vault_configuration(settings.vault, folder) if settings.vault.is_there else None,
        git_key=folder.git_key,
        git_providers=_git_providers(settings),
        links=links_configuration(settings, folder),
        collector=folder.collector_token,
    ).write(path)
    description = {
        "name": "credentials",
        "url": ports.url(ports.credentials),
        "command": [sys.executable, "-m", "sardonyx_services.credentials", str(path)],
        "api_token": credentials_token(folder),
        "display": False,
        # JupyterHub shows and keeps a service's environment nowhere.
        "environment": {VARIABLE: database.address} if (database := postgresql(settings)) else {},
    }
    # It looks once a minute which servers run.
    role = {"name": "credentials", "services": ["credentials"], "scopes": ["list:users", "read:servers"]}
    return Service(description, role if settings.vault.is_there else None, ports.credentials)


def store_configuration(settings: Settings, folder: DataFolder, ports: Ports) -> StoreConfiguration:
    """Return what the keys service is told of the data store."""
    storage = settings.storage
    endpoint = storage.endpoint or ports.url(ports.object_store)
    return StoreConfiguration(
        endpoint=endpoint,
        sts_endpoint=storage.sts_endpoint or endpoint,
        role=storage.role or ("" if storage.access_key else ObjectStoreConfiguration.ROLE),
        bucket=storage.bucket,
        region=storage.region,
        key_lifetime_s=duration_seconds(storage.key_lifetime),
        access_key=_key_file(storage.access_key),
        secret_key=_key_file(storage.secret_key),
        revoke_with="bucket_policy" if storage.kind == "embedded" else storage.revoke_with or "",
        administrator=folder.store / ADMINISTRATOR if storage.kind == "embedded" else None,
        revoke_access_key=_key_file(storage.revoke_access_key),
        revoke_secret_key=_key_file(storage.revoke_secret_key),
        laptop_key_lifetime_s=storage.laptop_key_lifetime_s,
        limits=settings.quotas.stored(),
    )


def _git_providers(settings: Settings) -> tuple[GitProviderConfiguration, ...]:
    return tuple(
        GitProviderConfiguration(
            slug=slug, title=each.shown, kind=each.kind, address=each.site, client_id=each.client_id, client_secret=file
        )
        for slug, each in settings.git.providers.items()
        if (file := _key_file(each.client_secret)) is not None
    )


def _key_file(reference: SecretRef | None) -> Path | None:
    """Return the file of a secret, once it is sure that the service can use it; the secret itself stays there."""
    if reference is None:
        return None
    reference.value()
    return reference.file


def vault_configuration(vault: VaultSettings, folder: DataFolder) -> VaultConfiguration:
    """Return what the keys service is told of Vault."""
    return VaultConfiguration(
        address=vault.address,
        namespace=vault.namespace,
        mount=vault.mount,
        role=vault.role,
        ca=vault.certificate_authority,
        leases=folder.vault_leases,
    )


def credentials_token(folder: DataFolder) -> str:
    """Return the keys service's own token in the hub; the hub shows it there, too, when it tells of servers that ended."""
    return generated_secret(folder.secrets / "credentials-service")


def _idle_stop(limits: Sequence[int], log: Path) -> Service:
    """Return what stops servers that nobody uses.

    Args:
        limits: seconds: of the place, and then of profiles; 0 = never.
    """
    # A class may have a limit also where nothing else has.
    soonest_s = min(filter(None, limits), default=SHORTEST_IDLE_S)
    command = [
        sys.executable,
        "-m",
        "sardonyx_services.idle_stop",
        str(log),
        f"--timeout={limits[0]}",
        f"--cull-every={max(LEAST_CULL_EVERY_S, min(CULL_EVERY_S, soonest_s // 4))}",
    ]
    # In a server's state is how long that may be for it.
    scopes = ["list:users", "read:users:activity", "read:servers", "admin:server_state", "delete:servers"]
    return Service(
        {"name": "idle-stop", "command": command, "display": False},
        {"name": "idle-stop", "services": ["idle-stop"], "scopes": scopes},
    )


def keys_address(settings: Settings, ports: Ports) -> str:
    """Return where servers of people and the hub reach the keys service: past the proxy, whatever its address and TLS."""
    return f"{ports.url(ports.credentials)}{settings.web.path.rstrip('/')}{KEYS_PATH}"


def issuer(settings: Settings, ports: Ports) -> str:
    """Return the issuer in our tokens: under this address the store that checks them finds our public keys."""
    if settings.storage.is_elsewhere and settings.storage.checks_tokens:
        return f"{settings.web.public_url}{KEYS_PATH}"
    return keys_address(settings, ports)
