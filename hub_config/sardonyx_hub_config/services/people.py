"""The service on which people make, lead and join classes."""

import os
import secrets
import sys
from pathlib import Path
from typing import Any

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.place import postgresql
from sardonyx_hub_config.engines.engine import release
from sardonyx_hub_config.offered import profiles_for_classes
from sardonyx_hub_config.pages.static_files import static_version
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.settings.events import event_rules
from sardonyx_hub_config.settings.secret_refs import generated_secret
from sardonyx_hub_config.settings.tools import known_tools
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.postgresql import VARIABLE
from sardonyx_services.people.web.configuration import PeopleConfiguration, PlatformRules, StorePlace
from sardonyx_services.private_file import write_private
from sardonyx_spawner.local.isolation import REFUSED

NAME = "people"
PATH = f"services/{NAME}/"
"""Below the path of this place."""
TEMPLATES = Path(__file__).parents[1] / "pages" / "templates"
WORD_SCOPE = "custom:servers:word"
"""Who has it says words to servers; what lets them is no part of JupyterHub."""
CLUSTER = ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")
"""By these the hub's Pod finds the cluster's API."""
ROLE = {
    "name": NAME,
    "services": [NAME],
    "scopes": ["list:users", "read:servers", "start:servers", "delete:servers", WORD_SCOPE],
}
"""It starts and stops servers, looks at what they do, and says a word to them."""


def people_service(settings: Settings, folder: DataFolder, ports: Ports, keys: str) -> dict[str, Any]:
    """Return the service as JupyterHub takes it.

    Args:
        keys: address of the keys service.
    """
    path, secret = folder.run / "people.json", folder.people_secret
    # Homes have a limit on one machine alone, and are measured where they have one.
    home_limit = settings.one_machine.home_bytes() if release() is None else None
    generated_secret(secret)
    write_private(folder.operator_token, secrets.token_hex(32))
    PeopleConfiguration(
        people=folder.people_database if settings.database.url is None else None,
        secret=secret,
        operator=folder.operator_token,
        log=folder.logs / "people.log",
        profiles=profiles_for_classes(settings),
        tools=known_tools(settings.tools),
        makers=settings.classes.create,
        maker_groups=settings.classes.instructor_groups,
        after_end=settings.classes.after_end,
        exporting=settings.classes.exporting,
        has_providers=bool(settings.sign_in.providers),
        has_provider_groups=any(each.groups_claim for each in settings.sign_in.providers.values()),
        has_passwords=settings.sign_in.local.enabled,
        administrators=settings.sign_in.administrators,
        platforms={
            slug: PlatformRules(title=each.title, teachers_make_classes=each.teachers_make_classes)
            for slug, each in settings.sign_in.lti.items()
        },
        events=event_rules(settings.events, settings.quotas),
        homes=folder.homes,
        home_uses=folder.home_uses if home_limit is not None else None,
        home_limit=home_limit,
        audit=folder.audit,
        has_vault=settings.vault.is_there,
        title=settings.title,
        contact=settings.contact,
        language=settings.language,
        address=settings.shown_url,
        store=StorePlace(
            keys=keys,
            token=folder.collector_token,
            endpoint=settings.storage.endpoint or ports.url(ports.object_store),
            region=settings.storage.region,
            bucket=settings.storage.bucket,
            is_limited=settings.quotas.stored().is_set,
        ),
        templates=TEMPLATES,
        version=static_version(),
        servers_refused=folder.forks / REFUSED if release() is None else None,
        cluster_instance=here.instance if (here := release()) is not None else "",
    ).write(path)
    return {
        "name": NAME,
        "url": ports.url(ports.people),
        "command": [sys.executable, "-m", "sardonyx_services.people.web", str(path)],
        "oauth_no_confirm": True,
        "display": False,
        # JupyterHub shows and keeps a service's environment nowhere.
        "environment": {
            **({VARIABLE: database.address} if (database := postgresql(settings)) else {}),
            # It deletes the volumes of classes and teams at their end.
            **{name: os.environ[name] for name in CLUSTER if name in os.environ},
        },
    }
