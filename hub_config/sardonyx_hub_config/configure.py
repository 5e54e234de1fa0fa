"""From the settings to JupyterHub's configuration: one function for each subject."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from sardonyx_hub_config.addresses import in_url
from sardonyx_hub_config.class_profiles import ClassProfiles
from sardonyx_hub_config.conf_d import refuse_another_path, run_conf_d
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database_place import hub_address, people_place
from sardonyx_hub_config.end_notice import EndNotice
from sardonyx_hub_config.hours_source import MonthHours
from sardonyx_hub_config.link_log import WithoutLinks
from sardonyx_hub_config.offered import catalogue_here, environments_in_use, make_now, prefix, profiles_for_classes
from sardonyx_hub_config.pages.files import Files
from sardonyx_hub_config.pages.handlers import page_handlers
from sardonyx_hub_config.pages.shared import shared_with
from sardonyx_hub_config.pages.static_files import static_version
from sardonyx_hub_config.pages.words import Words
from sardonyx_hub_config.people_service import PATH as CLASSES
from sardonyx_hub_config.person_pages import person_handlers
from sardonyx_hub_config.person_source import PersonSource
from sardonyx_hub_config.ports import LOOPBACK, Ports
from sardonyx_hub_config.proxy_activity import SardonyxProxy
from sardonyx_hub_config.proxy_install import find_node, proxy_command
from sardonyx_hub_config.roles import GIT_SCOPE, KEYS_SCOPE, VAULT_SCOPE, roles_and_services
from sardonyx_hub_config.secret_refs import generated_secret, secret_files
from sardonyx_hub_config.services import credentials_token, keys_address
from sardonyx_hub_config.settings import Settings
from sardonyx_hub_config.sign_in.authenticator import SardonyxAuthenticator
from sardonyx_hub_config.stored_source import StoredNews
from sardonyx_hub_config.team_source import TeamSource
from sardonyx_services.people.database import Place
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.amounts import duration_seconds
from sardonyx_spawner.language_in_templates import Translation
from sardonyx_spawner.local.fork_launcher import ForkLauncher
from sardonyx_spawner.local.fresh_homes import clear_left_folders
from sardonyx_spawner.local.gpu_allotment import GpuAllotment
from sardonyx_spawner.local.hidden import Hidden
from sardonyx_spawner.local.home_room import HomeRoom
from sardonyx_spawner.local.mirrors import Mirrors
from sardonyx_spawner.local.removal import remove_now
from sardonyx_spawner.local.spawner import SardonyxLocalSpawner
from sardonyx_spawner.surroundings import StorageAccess, Surroundings, VaultPlace

PAGES = Path(__file__).parent / "pages"
LOG_BYTES = 10 << 20


def configure(c: Any, settings: Settings) -> None:
    """Set everything that JupyterHub needs to know; values are set, never appended.

    Raises:
        OperatorError: a secret or a file of conf.d is wrong, in a sentence.
    """
    os.umask(0o077)
    folder, ports = DataFolder(settings.data_folder), Ports(settings.web.port)
    people = _people(people_place(settings, folder))
    _hub(c, settings, folder, ports)
    _proxy(c, folder, ports)
    _logs(c, folder)
    _sign_in(c, settings, folder, people, person_handlers(settings, folder, people, keys_address(settings, ports)))
    launcher = _servers(c, settings, folder, ports, people)
    if settings.vault.is_there:
        _vault(c, settings, ports)
    room = HomeRoom(folder.homes, folder.servers, folder.home_uses, settings.one_machine.home_bytes())
    _homes(c, room)
    _pages(c, settings, launcher, Files(room, people))
    roles_and_services(c, settings, folder, ports)
    run_conf_d(c, settings)
    refuse_another_path(c, settings)


def _hub(c: Any, settings: Settings, folder: DataFolder, ports: Ports) -> None:
    hub = c.JupyterHub
    scheme = "https" if settings.web.certificate else "http"
    # JupyterHub takes its base_url from here.
    hub.bind_url = f"{scheme}://{in_url(settings.web.address)}:{ports.public}{settings.web.path}"
    # All that comes to our port is the hub's, outside of the path too: it leads there.
    hub.hub_routespec = "/"
    if settings.web.certificate and settings.web.key:
        hub.ssl_cert, hub.ssl_key = str(settings.web.certificate), str(settings.web.key)
    if settings.web.public_url:
        hub.public_url = settings.web.public_url + "/"
    hub.hub_bind_url = f"http://{LOOPBACK}:{ports.hub}"
    hub.db_url = hub_address(settings, folder)
    hub.cookie_secret = bytes.fromhex(generated_secret(folder.secrets / "cookie"))
    c.CryptKeeper.keys = [bytes.fromhex(generated_secret(folder.secrets / "crypt"))]
    if settings.servers.idle_stop:
        # JupyterHub's 30 s, unless servers are stopped so soon that it would matter.
        hub.activity_resolution = min(30, duration_seconds(settings.servers.idle_stop) // 8)
    # To JupyterHub a limit of 0 is none at all.
    hub.allow_named_servers = settings.servers.named_servers > 0
    hub.named_server_limit_per_user = settings.servers.named_servers
    hub.cleanup_servers = settings.servers.stop_with_hub
    # Everybody may start at once: the queue is the machine's, and 429 would be the answer to the 101st student.
    hub.concurrent_spawn_limit = 0
    hub.tornado_settings = {"slow_spawn_timeout": 0}
    c.SardonyxHub.shown_url = settings.shown_url
    c.SardonyxHub.log_folder = str(folder.logs)
    c.SardonyxHub.credentials_health_url = f"{keys_address(settings, ports)}/health"


def _proxy(c: Any, folder: DataFolder, ports: Ports) -> None:
    c.JupyterHub.proxy_class = SardonyxProxy
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
    # The default looks every 30 s: so long would nobody reach anything after a crash of the proxy.
    proxy.check_running_interval = 2


def _logs(c: Any, folder: DataFolder) -> None:
    c.JupyterHub.log_level = "INFO"
    c.JupyterHub.logging_config = {
        # The terminal is for the operator: the address, the link, and what has to be done. The rest is in the file.
        "filters": {"links": {"()": WithoutLinks}},
        "handlers": {
            "console": {"level": "CRITICAL"},
            "file": {
                "class": "logging.handlers.RotatingFileHandler",
                "filename": str(folder.logs / "hub.log"),
                "maxBytes": LOG_BYTES,
                "backupCount": 3,
                "formatter": "console",
                "filters": ["links"],
                "level": "INFO",
            },
        },
        "loggers": {
            "SardonyxHub": {"level": "INFO", "handlers": ["console", "file"]},
            "sardonyx_spawner": {"level": "INFO", "handlers": ["console", "file"]},
        },
    }


def _sign_in(
    c: Any, settings: Settings, folder: DataFolder, people: Callable[[], PeopleStore], handlers: list[tuple[Any, ...]]
) -> None:
    c.JupyterHub.authenticator_class = SardonyxAuthenticator
    authenticator = c.SardonyxAuthenticator
    authenticator.people_source = people
    authenticator.sign_in = settings.sign_in
    authenticator.public_url = settings.shown_url
    authenticator.language = settings.language
    authenticator.clear_person = lambda person: _clear(folder, person)
    authenticator.event_secret = bytes.fromhex(generated_secret(folder.people_secret))
    authenticator.page_handlers = lambda: [*page_handlers(), *handlers]
    authenticator.trusted_proxies = settings.web.trusted_proxies
    # Who may sign in is decided by having an account or by the provider's rules, in `authenticate`.
    authenticator.allow_all = True
    authenticator.manage_groups = any(p.groups_claim for p in settings.sign_in.providers.values())


def _clear(folder: DataFolder, person: str) -> None:
    """Delete what somebody has on this machine: their home, and what is of their servers."""
    for tree in (folder.servers / person, folder.homes / person):
        remove_now(tree)


def _servers(
    c: Any, settings: Settings, folder: DataFolder, ports: Ports, people: Callable[[], PeopleStore]
) -> ForkLauncher:
    bases = {profile.slug: profile for profile in profiles_for_classes(settings)}
    classes = ClassProfiles(bases, people_place(settings, folder), people)
    catalogue = catalogue_here(settings, classes)
    c.JupyterHub.spawner_class = SardonyxLocalSpawner
    spawner = c.SardonyxLocalSpawner
    spawner.catalogue_source = lambda: catalogue
    person_source = PersonSource(settings, people)
    spawner.person_source = lambda *who: person_source.person(*who)  # noqa: PLW0108 - traitlets would copy the object
    spawner.prefix_source = lambda slug: prefix(settings, slug)
    spawner.environment_maker = lambda slug: make_now(settings, slug)
    spawner.quotas = settings.quotas.quotas()
    month = MonthHours(people)
    spawner.reserved_source = lambda: classes.reserved()  # noqa: PLW0108 - traitlets would copy the object
    spawner.hours_source = lambda kind, key: month.of(kind, key)  # noqa: PLW0108 - traitlets would copy the object
    if settings.quotas.stored().is_set:
        stored = StoredNews(f"{keys_address(settings, ports)}/stored", generated_secret(folder.collector_token))
        spawner.stored_source = lambda whole: stored.of(whole)  # noqa: PLW0108 - traitlets would copy the object
    teams = TeamSource(people_place(settings, folder), people)
    spawner.team_source = lambda person: teams.of(person)  # noqa: PLW0108 - traitlets would copy the object
    spawner.homes, spawner.servers = folder.homes, folder.servers
    machine = settings.one_machine
    launcher = ForkLauncher(
        folder.forks,
        folder.servers,
        hidden=_hidden(settings),
        readable=(folder.tools, folder.mirrors),
        fresh=machine.fresh(),
        accept_not_isolated=settings.servers.accept_not_isolated,
    )
    spawner.launcher_source = lambda: launcher
    mirrors = Mirrors(folder.mirrors)
    gpus = GpuAllotment(folder.servers, only=machine.gpus, servers_per_gpu=machine.servers_per_gpu)
    spawner.gpu_source = lambda: gpus

    def tidy_up() -> None:
        clear_left_folders(folder.servers)
        mirrors.clear(each.url for profile in settings.profiles.values() for each in profile.repositories.values())

    c.SardonyxHub.tidy_up = tidy_up
    c.SardonyxHub.warm_up = lambda: _warm_up(settings, launcher)
    c.SardonyxHub.cool_down = lambda: launcher.cool_down()  # noqa: PLW0108 - traitlets would copy a method's object
    spawner.storage = StorageAccess(
        credentials_url=f"{keys_address(settings, ports)}/aws",
        endpoint=settings.storage.endpoint or f"http://{LOOPBACK}:{ports.object_store}",
        region=settings.storage.region,
        bucket=settings.storage.bucket,
    )
    idle_stop = settings.servers.idle_stop
    idle_stop_s = duration_seconds(idle_stop) if idle_stop else None
    spawner.surroundings = Surroundings(folder.tools, settings.shown_url, folder.mirrors, idle_stop_s)
    spawner.mirrors_source = lambda: mirrors
    spawner.start_timeout = spawner.http_timeout = duration_seconds(settings.servers.start_timeout)
    spawner.default_url = "/lab"
    spawner.server_token_scopes = [
        f"{KEYS_SCOPE}!server",
        f"{GIT_SCOPE}!server",
        "users:activity!user",
        "access:servers!server",
    ]
    notice = EndNotice(f"{keys_address(settings, ports)}/ended", credentials_token(folder))
    spawner.end_notice = lambda name, server: notice(name, server)  # noqa: PLW0108 - traitlets would copy the object
    return launcher


def _hidden(settings: Settings) -> Hidden:
    """Return what no server may see, wherever the operator has put it."""
    key = [settings.web.key] if settings.web.key else []
    return Hidden((settings.data_folder, settings.conf_d), (*secret_files(settings), *key))


def _vault(c: Any, settings: Settings, ports: Ports) -> None:
    spawner, at = c.SardonyxLocalSpawner, settings.vault
    spawner.vault = VaultPlace(
        credentials_url=f"{keys_address(settings, ports)}/vault",
        address=at.address,
        namespace=at.namespace,
        secrets=at.secrets,
        certificates=at.certificates(),
    )
    spawner.server_token_scopes = [*spawner.server_token_scopes, f"{VAULT_SCOPE}!server"]


def _homes(c: Any, room: HomeRoom) -> None:
    c.SardonyxLocalSpawner.room_source = lambda: room
    c.SardonyxHub.beside = lambda: room.run()  # noqa: PLW0108 - traitlets would copy a method's object


async def _warm_up(settings: Settings, launcher: ForkLauncher) -> None:
    """Start the fork servers of what `sardonyx up` has made, so that the first person does not wait for it."""
    for slug in environments_in_use(settings):
        if settings.environments[slug].make == "at_start":
            await launcher.warm_up(prefix(settings, slug))


def _pages(c: Any, settings: Settings, launcher: ForkLauncher, files: Files) -> None:
    c.JupyterHub.template_paths = [str(PAGES / "templates")]
    c.JupyterHub.jinja_environment_options = {"extensions": [Translation]}
    c.JupyterHub.template_vars = {
        "place": settings.title,
        "place_description": settings.description,
        "contact": settings.contact,
        "minimum_password_length": settings.sign_in.local.minimum_password_length,
        "classes_url": f"{settings.web.path}{CLASSES}",
        "local_sign_in": settings.sign_in.local.enabled,
        "words": Words(),
        "shared_with": lambda _user: shared_with,
        # JupyterHub calls both for each page; traitlets would copy an object, and everything that it knows.
        "files": lambda _user: files,
        "isolation": lambda _user: launcher.isolation.verdict,
        "sardonyx_version": static_version(),
    }


@cache
def _people(place: Place) -> Callable[[], PeopleStore]:
    @cache
    def store() -> PeopleStore:
        return PeopleStore(place)

    return store
