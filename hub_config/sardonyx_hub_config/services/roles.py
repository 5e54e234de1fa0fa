"""The services that run beside the hub, and what people's own tokens may do there."""

from typing import Any

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.services.metrics_reader import metrics_reader
from sardonyx_hub_config.services.one_machine import services
from sardonyx_hub_config.services.people import NAME as PEOPLE
from sardonyx_hub_config.services.people import WORD_SCOPE
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.credentials.identity import PAGE_SCOPE
from sardonyx_spawner.language import N_

KEYS_SCOPE = "custom:credentials:s3"
GIT_SCOPE = "custom:credentials:git"
VAULT_SCOPE = "custom:credentials:vault"


def roles_and_services(c: Any, settings: Settings, folder: DataFolder, ports: Ports) -> None:
    """Set services, scopes and roles."""
    found = [*services(settings, folder, ports), *metrics_reader()]
    c.JupyterHub.services = [service.description for service in found]
    c.SardonyxHub.kept_ports = {service.description["name"]: service.port for service in found if service.port}
    c.SardonyxHub.kept_address = ports.listen
    scopes = {
        KEYS_SCOPE: {"description": N_("Get short-lived keys for one's own data.")},
        GIT_SCOPE: {"description": N_("Get one's own tokens for private repositories.")},
        PAGE_SCOPE: {"description": N_("See what data one can reach, and make keys to it for one's own computer.")},
    }
    if settings.vault.is_there:
        scopes[VAULT_SCOPE] = {"description": N_("Get a token for one's own secrets in Vault.")}
    # Nobody's own token has this one.
    of_services = {WORD_SCOPE: {"description": N_("Say a word to servers of a class.")}}
    c.JupyterHub.custom_scopes = {**scopes, **of_services}
    c.JupyterHub.load_roles = [
        {
            "name": "user",
            "scopes": ["self", f"access:services!service={PEOPLE}", *(f"{scope}!user" for scope in scopes)],
        },
        *(service.role for service in found if service.role is not None),
    ]
