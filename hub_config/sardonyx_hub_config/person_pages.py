"""The pages on which people see and keep what is theirs: “Data” and “Git”."""

from collections.abc import Callable
from typing import Any

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.pages.data_handlers import data_handlers
from sardonyx_hub_config.pages.git_connect import connect_handlers
from sardonyx_hub_config.pages.git_handlers import git_handlers
from sardonyx_hub_config.pages.link_handlers import link_handlers
from sardonyx_hub_config.settings.secret_refs import generated_secret
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.git_accounts import GitAccounts
from sardonyx_services.people.store import PeopleStore


def person_handlers(
    settings: Settings, folder: DataFolder, people: Callable[[], PeopleStore], keys: str
) -> list[tuple[Any, ...]]:
    """Return their handlers, by path below /hub.

    Args:
        keys: address of the keys service.

    Raises:
        OperatorError: a secret cannot be read.
    """
    accounts = _git_accounts(folder, people)
    providers = {slug: each.provider(slug) for slug, each in settings.git.providers.items()}
    return [
        *data_handlers(keys, settings.storage),
        *link_handlers(keys, settings.storage),
        *git_handlers(people, accounts, providers),
        *connect_handlers(people, accounts, providers, settings.shown_url),
    ]


def _git_accounts(folder: DataFolder, people: Callable[[], PeopleStore]) -> Callable[[], GitAccounts]:
    # Made here: the keys service reads it.
    key = bytes.fromhex(generated_secret(folder.git_key))
    return lambda: people().git_accounts(key)
