"""The service that opens links to files: a process of its own, so that no download takes time of who hands out keys."""

import sys
from typing import Any
from urllib.parse import urlsplit

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.settings.secret_refs import generated_secret
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.credentials.configuration import LinksConfiguration
from sardonyx_services.links.configuration import OpenerConfiguration
from sardonyx_spawner.amounts import duration_seconds

NAME = "links"


def link_service(settings: Settings, folder: DataFolder, ports: Ports, keys: str) -> dict[str, Any]:
    """Return the service as JupyterHub takes it.

    Args:
        keys: address of the keys service.
    """
    path = folder.run / "links.json"
    OpenerConfiguration(
        keys=keys,
        people=folder.people_database if settings.database.url is None else None,
        log=folder.logs / "links.log",
        title=settings.title,
        contact=settings.contact,
    ).write(path)
    return {
        "name": NAME,
        "url": ports.url(ports.links),
        "command": [sys.executable, "-m", "sardonyx_services.links", str(path)],
        "api_token": generated_secret(folder.link_token),
        "display": False,
    }


def links_configuration(settings: Settings, folder: DataFolder) -> LinksConfiguration | None:
    """Return what the keys service is told of links; None = there are none."""
    if settings.storage.links is None:
        return None
    # Made here: the keys service reads it.
    generated_secret(folder.link_token)
    public = urlsplit(settings.web.public_url)
    return LinksConfiguration(
        token=folder.link_token,
        name=NAME,
        origin=f"{public.scheme}://{public.netloc}" if public.netloc else "",
        longest_s=duration_seconds(settings.storage.links),
        most=settings.storage.links_per_person,
    )
