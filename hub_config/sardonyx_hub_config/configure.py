"""From the settings to JupyterHub's configuration: one function for each subject."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from sardonyx_hub_config.conf_d import refuse_another_path, run_conf_d
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.place import hub_address, people_place
from sardonyx_hub_config.engines.engine import ports_here, release
from sardonyx_hub_config.engines.idle_limits import idle_limits
from sardonyx_hub_config.engines.one_machine import servers_of_one_machine
from sardonyx_hub_config.engines.shown import Shown
from sardonyx_hub_config.pages.called import Called
from sardonyx_hub_config.pages.endings import Endings
from sardonyx_hub_config.pages.handlers import page_handlers
from sardonyx_hub_config.pages.shared import shared_with
from sardonyx_hub_config.pages.static_files import static_version
from sardonyx_hub_config.pages.words import Words
from sardonyx_hub_config.person_pages import person_handlers
from sardonyx_hub_config.ports import LOOPBACK, Ports
from sardonyx_hub_config.services.link_log import WithoutLinks
from sardonyx_hub_config.services.one_machine import keys_address
from sardonyx_hub_config.services.people import PATH as CLASSES
from sardonyx_hub_config.services.proxy_activity import SardonyxProxy
from sardonyx_hub_config.services.roles import roles_and_services
from sardonyx_hub_config.settings.addresses import in_url
from sardonyx_hub_config.settings.secret_refs import generated_secret
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.sign_in.authenticator import SardonyxAuthenticator
from sardonyx_services.people.database import Place
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.language_in_templates import Translation

PAGES = Path(__file__).parent / "pages"
LOG_BYTES = 10 << 20


def configure(c: Any, settings: Settings) -> None:
    """Set everything that JupyterHub needs to know; values are set, never appended.

    Raises:
        OperatorError: a secret or a file of conf.d is wrong, in a sentence.
    """
    os.umask(0o077)
    folder, ports = DataFolder(settings.data_folder), ports_here(settings)
    people = _people(people_place(settings, folder))
    _hub(c, settings, folder, ports)
    _proxy(c)
    _logs(c, folder)
    _sign_in(c, settings, folder, people, person_handlers(settings, folder, people, keys_address(settings, ports)))
    here = release()
    if here is None:
        shown = servers_of_one_machine(c, settings, folder, ports, people)
    else:
        # Imported here: on one machine the client of Kubernetes would make every start half a second longer.
        from sardonyx_hub_config.engines.cluster import servers_of_a_cluster  # noqa: PLC0415

        shown = servers_of_a_cluster(c, settings, folder, here, people)
    _pages(c, settings, shown, Endings(people, archives_have_homes=here is None), Called(people))
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
    if limits := [*filter(None, idle_limits(settings))]:
        # JupyterHub's 30 s, unless servers are stopped so soon that it would matter.
        hub.activity_resolution = min(30, *(limit // 8 for limit in limits))
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


def _proxy(c: Any) -> None:
    c.JupyterHub.proxy_class = SardonyxProxy
    # The default looks every 30 s: so long would nobody reach anything after a crash of the proxy.
    c.ConfigurableHTTPProxy.check_running_interval = 2


def _logs(c: Any, folder: DataFolder) -> None:
    c.JupyterHub.log_level = "INFO"
    # Of a cluster's Pods what they write is kept by the cluster, and looked at there.
    on_terminal = "CRITICAL" if release() is None else "INFO"
    c.JupyterHub.logging_config = {
        # The terminal is for the operator: the address, the link, and what has to be done. The rest is in the file.
        "filters": {"links": {"()": WithoutLinks}},
        "handlers": {
            "console": {"level": on_terminal, "filters": ["links"]},
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
    authenticator.most_sign_ins = settings.events.most_sign_ins
    authenticator.event_secret = bytes.fromhex(generated_secret(folder.people_secret))
    authenticator.page_handlers = lambda: [*page_handlers(), *handlers]
    authenticator.trusted_proxies = settings.web.trusted_proxies
    # Who may sign in is decided by having an account or by the provider's rules, in `authenticate`.
    authenticator.allow_all = True
    authenticator.manage_groups = any(p.groups_claim for p in settings.sign_in.providers.values())


def _pages(c: Any, settings: Settings, shown: Shown, endings: Endings, called: Called) -> None:
    c.JupyterHub.template_paths = [str(PAGES / "templates")]
    c.JupyterHub.jinja_environment_options = {"extensions": [Translation]}
    c.JupyterHub.template_vars = {
        "place": settings.title,
        "place_description": settings.description,
        "contact": settings.contact,
        "minimum_password_length": settings.sign_in.local.minimum_password_length,
        "classes_url": f"{settings.web.path}{CLASSES}",
        "makers": {"classes": settings.classes.create, "events": settings.events.create},
        "local_sign_in": settings.sign_in.local.enabled,
        "words": Words(),
        "shared_with": lambda _user: shared_with,
        # On a cluster homes are volumes, which the hub reads not.
        "archives_have_homes": release() is None,
        # JupyterHub calls them for each page; traitlets would copy an object, and everything that it knows.
        "files": lambda _user: shown.files,
        "endings": lambda _user: endings,
        "called": lambda _user: called,
        "isolation": lambda _user: shown.isolation(),
        "sardonyx_version": static_version(),
    }


@cache
def _people(place: Place) -> Callable[[], PeopleStore]:
    @cache
    def store() -> PeopleStore:
        return PeopleStore(place)

    return store
