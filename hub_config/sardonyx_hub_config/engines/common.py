"""What the spawner of every engine is told: who may start what, and what servers know of this place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.place import people_place
from sardonyx_hub_config.offered import catalogue_here, profiles_for_classes
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.services.end_notice import EndNotice
from sardonyx_hub_config.services.one_machine import credentials_token, keys_address
from sardonyx_hub_config.services.roles import GIT_SCOPE, KEYS_SCOPE, VAULT_SCOPE
from sardonyx_hub_config.settings.secret_refs import generated_secret
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.sources.class_profiles import ClassProfiles
from sardonyx_hub_config.sources.hours import MonthHours
from sardonyx_hub_config.sources.person import PersonSource
from sardonyx_hub_config.sources.stored import StoredNews
from sardonyx_hub_config.sources.teams import TeamSource
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.amounts import duration_seconds
from sardonyx_spawner.copy_places import CopyPlace
from sardonyx_spawner.surroundings import StorageAccess, Surroundings, VaultPlace


def spawner_settings(
    spawner: Any, settings: Settings, folder: DataFolder, ports: Ports, people: Callable[[], PeopleStore]
) -> ClassProfiles:
    """Set what does not depend on where servers run; return the profiles of classes and events.

    Args:
        spawner: the section of the engine's class in JupyterHub's configuration.
    """
    bases = {profile.slug: profile for profile in profiles_for_classes(settings)}
    classes = ClassProfiles(bases, people_place(settings, folder), people, mirrored=settings.git.mirrored)
    catalogue = catalogue_here(settings, classes)
    spawner.catalogue_source = lambda: catalogue
    person_source = PersonSource(settings, people)
    spawner.person_source = lambda *who: person_source.person(*who)  # noqa: PLW0108 - traitlets would copy the object
    spawner.quotas = settings.quotas.quotas()
    month = MonthHours(people)
    spawner.reserved_source = lambda: classes.reserved()  # noqa: PLW0108 - traitlets would copy the object
    spawner.hours_source = lambda kind, key: month.of(kind, key)  # noqa: PLW0108 - traitlets would copy the object
    if settings.quotas.stored().is_set:
        stored = StoredNews(f"{keys_address(settings, ports)}/stored", generated_secret(folder.collector_token))
        spawner.stored_source = lambda whole: stored.of(whole)  # noqa: PLW0108 - traitlets would copy the object
    teams = TeamSource(people_place(settings, folder), people)
    spawner.team_source = lambda person: teams.of(person)  # noqa: PLW0108 - traitlets would copy the object
    spawner.start_timeout = spawner.http_timeout = duration_seconds(settings.servers.start_timeout)
    spawner.default_url = "/lab"
    spawner.storage = StorageAccess(
        credentials_url=f"{keys_address(settings, ports)}/aws",
        endpoint=settings.storage.endpoint or ports.url(ports.object_store),
        region=settings.storage.region,
        bucket=settings.storage.bucket,
    )
    spawner.server_token_scopes = [
        f"{KEYS_SCOPE}!server",
        f"{GIT_SCOPE}!server",
        "users:activity!user",
        "access:servers!server",
    ]
    notice = EndNotice(f"{keys_address(settings, ports)}/ended", credentials_token(folder))
    spawner.end_notice = lambda name, server: notice(name, server)  # noqa: PLW0108 - traitlets would copy the object
    if settings.vault.is_there:
        _vault(spawner, settings, ports)
    return classes


def surroundings(settings: Settings, tools: Path, copies: CopyPlace | None) -> Surroundings:
    """Return what servers know of this place.

    Args:
        tools: folder with what the operator installed, as servers see it.
        copies: of repositories; None = there are none.
    """
    idle_stop = settings.servers.idle_stop
    own = {name: tool.told() for name, tool in settings.tools.items()}
    return Surroundings(tools, settings.shown_url, copies, duration_seconds(idle_stop) if idle_stop else None, own)


def _vault(spawner: Any, settings: Settings, ports: Ports) -> None:
    at = settings.vault
    spawner.vault = VaultPlace(
        credentials_url=f"{keys_address(settings, ports)}/vault",
        address=at.address,
        namespace=at.namespace,
        secrets=at.secrets,
        certificates=at.certificates(),
    )
    spawner.server_token_scopes = [*spawner.server_token_scopes, f"{VAULT_SCOPE}!server"]
