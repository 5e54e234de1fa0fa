"""Servers of people as processes of this machine: what their spawner is told, and what the hub does beside it."""

from collections.abc import Callable
from typing import Any

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.engines.common import spawner_settings, surroundings
from sardonyx_hub_config.engines.shown import Shown
from sardonyx_hub_config.offered import environments_in_use, make_now, prefix
from sardonyx_hub_config.pages.files import Files
from sardonyx_hub_config.ports import LOOPBACK, Ports
from sardonyx_hub_config.services.proxy_install import find_node, proxy_command
from sardonyx_hub_config.settings.secret_refs import generated_secret, secret_files
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.amounts import duration_seconds
from sardonyx_spawner.copy_places import CopiesFolder
from sardonyx_spawner.local.fork_launcher import ForkLauncher
from sardonyx_spawner.local.fresh_homes import clear_left_folders
from sardonyx_spawner.local.gpu_allotment import GpuAllotment
from sardonyx_spawner.local.hidden import Hidden
from sardonyx_spawner.local.home_room import HomeRoom
from sardonyx_spawner.local.removal import remove_now
from sardonyx_spawner.local.spawner import SardonyxLocalSpawner
from sardonyx_spawner.mirrors import PATIENCE_S, Mirrors

REST_OF_A_START_S = 75
"""What a start needs at most after it has waited for copies: a server waits a minute for its repositories."""


def servers_of_one_machine(
    c: Any, settings: Settings, folder: DataFolder, ports: Ports, people: Callable[[], PeopleStore]
) -> Shown:
    """Set how servers are started; return what pages show of it."""
    _proxy(c, folder, ports)
    c.JupyterHub.spawner_class = SardonyxLocalSpawner
    spawner, machine = c.SardonyxLocalSpawner, settings.one_machine
    classes = spawner_settings(spawner, settings, folder, ports, people)
    spawner.prefix_source = lambda slug: prefix(settings, slug)
    spawner.environment_maker = lambda slug: make_now(settings, slug)
    spawner.homes, spawner.servers = folder.homes, folder.servers
    spawner.surroundings = surroundings(settings, folder.tools, CopiesFolder(folder.mirrors))
    launcher = ForkLauncher(
        folder.forks,
        folder.servers,
        hidden=_hidden(settings),
        readable=(folder.tools, folder.mirrors),
        fresh=machine.fresh(),
        accept_not_isolated=settings.servers.accept_not_isolated,
        preimport={
            prefix(settings, slug): each.preimport
            for slug, each in settings.environments.items()
            if each.preimport is not None and (each.requirements or each.prefix)
        },
    )
    spawner.launcher_source = lambda: launcher
    mirrors = Mirrors(
        folder.mirrors, largest=settings.git.largest_copy_bytes(), longest_wait_s=_longest_wait_s(settings)
    )
    spawner.mirrors_source = lambda: mirrors
    gpus = GpuAllotment(folder.servers, only=machine.gpus, servers_per_gpu=machine.servers_per_gpu)
    spawner.gpu_source = lambda: gpus

    def tidy_up() -> None:
        clear_left_folders(folder.servers)
        named = {each.url for profile in settings.profiles.values() for each in profile.repositories.values()}
        mirrors.clear(named | classes.copied())

    c.SardonyxHub.tidy_up = tidy_up
    c.SardonyxHub.warm_up = lambda: _warm_up(settings, launcher)
    c.SardonyxHub.cool_down = lambda: launcher.cool_down()  # noqa: PLW0108 - traitlets would copy a method's object
    room = HomeRoom(folder.homes, folder.servers, folder.home_uses, machine.home_bytes())
    spawner.room_source = lambda: room
    c.SardonyxHub.beside = lambda _hub: room.run()
    c.SardonyxAuthenticator.clear_person = lambda person: _clear(folder, person)
    return Shown(Files(room, people), lambda: launcher.isolation.verdict)


def _longest_wait_s(settings: Settings) -> float:
    """Return how long a start may wait for copies: what is left of it has to do for the rest."""
    return max(PATIENCE_S, duration_seconds(settings.servers.start_timeout) - REST_OF_A_START_S)


def _proxy(c: Any, folder: DataFolder, ports: Ports) -> None:
    proxy = c.ConfigurableHTTPProxy
    # The proxy writes only to its output, and each broken connection is an error to it: that belongs into a log.
    log = folder.logs / "proxy.log"
    proxy.command = [
        "/bin/sh",
        "-c",
        'log=$1; shift; exec "$@" >>"$log" 2>&1',
        "sh",
        str(log),
        *proxy_command(find_node(), folder.proxy),
    ]
    proxy.api_url = f"http://{LOOPBACK}:{ports.proxy_api}"
    proxy.auth_token = generated_secret(folder.secrets / "proxy")
    proxy.pid_file = str(folder.run / "proxy.pid")
    proxy.log_level = "error"


def _clear(folder: DataFolder, person: str) -> None:
    """Delete what somebody has on this machine: their home, and what is of their servers."""
    for tree in (folder.servers / person, folder.homes / person):
        remove_now(tree)


def _hidden(settings: Settings) -> Hidden:
    """Return what no server may see, wherever the operator has put it."""
    key = [settings.web.key] if settings.web.key else []
    return Hidden((settings.data_folder, settings.conf_d), (*secret_files(settings), *key))


async def _warm_up(settings: Settings, launcher: ForkLauncher) -> None:
    """Start the fork servers of what `sardonyx up` has made, so that the first person does not wait for it."""
    for slug in environments_in_use(settings):
        if settings.environments[slug].make == "at_start":
            await launcher.warm_up(prefix(settings, slug))
