"""Servers of people as Pods of a cluster: what their spawner is told, and what the hub is there."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jupyterhub.app import JupyterHub
from prometheus_client import REGISTRY

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.engines.common import spawner_settings, surroundings
from sardonyx_hub_config.engines.engine import COPIES_KEY, PROXY_TOKEN, Release
from sardonyx_hub_config.engines.shown import Shown
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.offered import profiles_here
from sardonyx_hub_config.pages.files import NoFiles
from sardonyx_hub_config.services.proxy_routes import keep_routes
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.class_profile import NOBODY
from sardonyx_spawner.copy_places import CopiesService
from sardonyx_spawner.kube.image_times import IMAGE_TIMES
from sardonyx_spawner.kube.leftovers import clear_leftovers
from sardonyx_spawner.kube.manifest import COMPONENT, TOOLS
from sardonyx_spawner.kube.place import ClusterPlace
from sardonyx_spawner.kube.ready_made.figures import Figures
from sardonyx_spawner.kube.ready_made.keeper import Maker
from sardonyx_spawner.kube.ready_made.stock import Stock
from sardonyx_spawner.kube.ready_made.upkeep import Upkeep
from sardonyx_spawner.kube.removal import own_namespace, remove_home
from sardonyx_spawner.kube.spawner import SardonyxKubeSpawner
from sardonyx_spawner.local.levels import Verdict
from sardonyx_spawner.local.removal import remove_now
from sardonyx_spawner.planner import plan_server

APART = Verdict(
    "good",
    "Pods",
    "Each server is a Pod of its own: without rights of root, without the cluster's API, and with its own files.",
)
log = logging.getLogger("sardonyx_spawner")
PORT = 8888
"""Where servers answer; the chart's policies name it, too."""
GRACE_S = 10
"""A server that is stopped gets so long to save what it has."""
POD_WATCH_S = 300
"""KubeSpawner asks for all Pods anew every 10 s, whether anything has changed or not."""


def servers_of_a_cluster(
    c: Any, settings: Settings, folder: DataFolder, here: Release, people: Callable[[], PeopleStore]
) -> Shown:
    """Set how servers are started; return what pages show of it.

    Raises:
        OperatorError: the chart has left something out.
    """
    if settings.web.certificate:
        raise OperatorError(
            "TLS ends at the cluster's ingress: take 'certificate' and 'key' out of 'web' in the settings."
        )
    hub, ports = c.JupyterHub, here.ports
    hub.bind_url = f"http://:{ports.public}{settings.web.path}"
    hub.spawner_class = SardonyxKubeSpawner
    hub.hub_bind_url = f"http://:{ports.hub}"
    hub.hub_connect_url = ports.url(ports.hub)
    # They go on while the hub is upgraded, and are found again.
    hub.cleanup_servers = hub.cleanup_proxy = False
    proxy = c.ConfigurableHTTPProxy
    proxy.should_start = False
    proxy.api_url = f"http://{ports.proxy}:{ports.proxy_api}"
    proxy.auth_token = os.environ.get(PROXY_TOKEN, "")
    if not proxy.auth_token:
        raise OperatorError(f"{PROXY_TOKEN} is missing. The chart sets it: install Sardonyx with the chart.")
    spawner = c.SardonyxKubeSpawner
    classes = spawner_settings(spawner, settings, folder, ports, people)
    place = settings.pods(here.instance)
    spawner.place = place
    if place.shared_volumes is not None:
        spawner.volume_source = lambda person, profile: classes.volumes_of(person, profile)  # noqa: PLW0108 - the object would be copied
    spawner.surroundings = surroundings(settings, Path(TOOLS), _copies(here))
    spawner.log_folder = folder.servers
    IMAGE_TIMES.keep(folder.image_times)
    spawner.ip = "0.0.0.0"  # noqa: S104 - in a Pod of its own, which only the proxy and the hub reach
    spawner.pod_name_template = f"{here.name}-server-{{user_server}}"
    spawner.component_label = COMPONENT
    spawner.events_enabled = False
    spawner.delete_grace_period = GRACE_S
    spawner.k8s_api_request_timeout = 10
    c.PodReflector.timeout_seconds = c.PodReflector.restart_seconds = POD_WATCH_S
    c.PodReflector.request_timeout = POD_WATCH_S + 10

    stock = Stock(settings.kubernetes.ready_made.rules(), place, PORT)
    spawner.stock_source, spawner.port = (lambda: stock), PORT
    upkeep: Upkeep | None = None
    if stock.rules.at_most:
        REGISTRY.register(Figures(stock))
        upkeep = Upkeep(
            stock,
            Maker(f"{here.name}-ready", here.pod, here.pod_uid),
            offered=lambda: [plan_server(each, Choice(each.slug, {}), NOBODY) for each in profiles_here(settings)],
            expected=classes.expected,
            servers=_servers,
        )
        c.SardonyxHub.cool_down = lambda: upkeep.end()  # noqa: PLW0108 - traitlets would copy a method's object
    c.SardonyxHub.beside = lambda hub: _beside(hub, place, upkeep)

    def clear(person: str) -> None:
        remove_now(folder.servers / person)
        remove_home(person, place)

    c.SardonyxAuthenticator.clear_person = clear
    return Shown(NoFiles(), lambda: APART)


def _copies(here: Release) -> CopiesService | None:
    """Return where copies of repositories are; None = the chart brings no service of them.

    Raises:
        OperatorError: the chart has left something out.
    """
    if not here.copies:
        return None
    if not (key := os.environ.get(COPIES_KEY, "")):
        raise OperatorError(f"{COPIES_KEY} is missing. The chart sets it: install Sardonyx with the chart.")
    return CopiesService(here.copies, key)


async def _beside(hub: JupyterHub, place: ClusterPlace, upkeep: Upkeep | None) -> None:
    left = clear_leftovers(own_namespace(), place.instance, _servers)
    await asyncio.gather(keep_routes(hub), left, _keep_waiting(upkeep, hub))


async def _keep_waiting(upkeep: Upkeep | None, hub: JupyterHub) -> None:
    if upkeep is None:
        return
    if hub.config.SardonyxKubeSpawner.get("modify_pod_hook"):
        log.warning("No servers wait for people: modify_pod_hook decides at each start what a Pod is")
        return
    await upkeep.run(hub, own_namespace())


def _servers() -> Iterator[SardonyxKubeSpawner]:
    """Yield the spawners of servers that run or start."""
    for user in JupyterHub.instance().users.values():
        yield from (each for each in user.spawners.values() if each.active)
