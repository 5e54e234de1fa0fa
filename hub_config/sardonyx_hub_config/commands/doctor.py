"""`sardonyx doctor`: what this machine can do for Sardonyx, found by trying, with what to do where it cannot."""

import asyncio
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.place import look_at_database
from sardonyx_hub_config.engines.engine import Release, ports_here, release
from sardonyx_hub_config.environments import is_ready, jars_problem
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding, say_all
from sardonyx_hub_config.looks.gpus import look_at_gpus
from sardonyx_hub_config.looks.homes import look_at_homes
from sardonyx_hub_config.looks.machine import check_machine
from sardonyx_hub_config.looks.sizes import look_at_sizes
from sardonyx_hub_config.looks.store import look_at_store
from sardonyx_hub_config.looks.tools import look_at_image_tools, look_at_tools
from sardonyx_hub_config.looks.vault import look_at_vault
from sardonyx_hub_config.offered import environments_in_use, prefix, profiles_here, recipe
from sardonyx_hub_config.services.proxy_install import find_node, is_installed
from sardonyx_hub_config.settings.file import find_settings, load_settings
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.object_store.store import namespaces_work
from sardonyx_spawner.amounts import GIB
from sardonyx_spawner.local.fork_client import ForkServer, ForkServerError, TryAgainError
from sardonyx_spawner.local.isolation import limited_at_last_start
from sardonyx_spawner.local.levels import judge
from sardonyx_spawner.local.machine import Machine
from sardonyx_spawner.local.obstacles import Obstacles

LATER = "They are tried again an hour after that, when somebody starts a server with it."
STATES = {"good": GOOD, "note": NOTE, "bad": BAD}


@click.command()
@click.argument("settings", required=False, type=click.Path(path_type=Path))
def doctor(settings: Path | None) -> None:
    """Look at this machine: what works, what does not, and what to do about it. Exit 1 if there is a fault."""
    if say_all(findings(settings)):
        raise SystemExit(1)


def findings(path: Path | None) -> Iterator[Finding]:
    """Look at one thing after the other; what depends on a fault is left out."""
    here = release()
    if here is None:
        yield _try("machine", _machine)
    try:
        found = find_settings(path)
        settings = load_settings(found)
    except OperatorError as error:
        yield Finding(BAD, "settings", str(error))
        return
    offered = ", ".join(profile.title for profile in profiles_here(settings))
    yield Finding(GOOD, "settings", f"{found}; profiles offered here: {offered or 'none'}")
    folder = DataFolder(settings.data_folder)
    if settings.web.public_url:
        yield Finding(GOOD, "address", _address(settings))
    yield _try("data folder", lambda: _data_folder(folder))
    if settings.database.url is not None:
        yield _try("database", lambda: look_at_database(settings))
    if here is None:
        yield from _one_machine(settings, folder)
    else:
        yield from _cluster(here, settings)
    for state, text in look_at_store(settings, folder):
        yield Finding(STATES[state], "data store", text)
    if settings.vault.is_there:
        for state, text in look_at_vault(settings, folder):
            yield Finding(STATES[state], "Vault", text)


def _cluster(here: Release, settings: Settings) -> Iterator[Finding]:
    # Imported here: on one machine nobody needs a client of Kubernetes.
    from sardonyx_hub_config.looks.cluster import look_at_cluster, look_at_copies, look_at_proxy  # noqa: PLC0415

    yield _try("cluster", look_at_cluster)
    yield _try("proxy", lambda: look_at_proxy(here))
    if here.copies:
        yield _try("copies", lambda: look_at_copies(here.copies))
    for text in look_at_image_tools(profiles_here(settings)):
        yield Finding(NOTE, "tools", text)


def _one_machine(settings: Settings, folder: DataFolder) -> Iterator[Finding]:
    yield _try("ports", lambda: _ports(settings, folder))
    yield _try("proxy", lambda: _proxy(folder))
    yield from _environments(settings, folder)
    yield from _servers(settings, folder)
    for is_well, text in look_at_homes(folder.homes, folder.home_uses, settings.one_machine.home_bytes()):
        yield Finding(GOOD if is_well else NOTE, "homes", text)
    for is_fault, text in look_at_sizes(profiles_here(settings), Machine.here()):
        yield Finding(BAD if is_fault else NOTE, "sizes", text)
    for is_fault, text in look_at_gpus(profiles_here(settings), settings.one_machine.gpus):
        yield Finding(BAD if is_fault else GOOD, "GPUs", text)
    for is_well, text in look_at_tools(profiles_here(settings), folder.tools):
        yield Finding(GOOD if is_well else NOTE, "tools", text)
    if settings.storage.kind == "embedded":
        yield _store()


def _try(about: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(GOOD, about, look())
    except OperatorError as error:
        return Finding(BAD, about, str(error))


def _machine() -> str:
    check_machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    who = "root" if os.geteuid() == 0 else "an ordinary user"
    return (
        f"Linux {platform.release()}, Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" {memory / GIB:.0f} GB; run by {who}"
    )


def _address(settings: Settings) -> str:
    path = settings.web.path
    rule = "" if path == "/" else f"; a proxy in front of it has to pass the path {path} on as it is"
    return f"people open {settings.shown_url}{rule}"


def _data_folder(folder: DataFolder) -> str:
    if not folder.root.is_dir():
        return f"{folder.root} is made at the first start"
    folder.prepare()
    free = shutil.disk_usage(folder.root).free
    return f"{folder.root} is yours, with {free / GIB:.0f} GB free"


def _ports(settings: Settings, folder: DataFolder) -> str:
    ports = ports_here(settings)
    if folder.is_in_use():
        return f"{ports.public} to {ports.links}: Sardonyx runs on them"
    storage = settings.storage
    ports.check(
        settings.web.address, with_object_store=storage.kind == "embedded", with_links=storage.links is not None
    )
    return f"{ports.public} to {ports.links} are free"


def _proxy(folder: DataFolder) -> str:
    node = find_node()
    return f"installed, run by {node.node}" if is_installed(folder.proxy) else "is installed at the first start"


def _environments(settings: Settings, folder: DataFolder) -> Iterator[Finding]:
    for slug in environments_in_use(settings):
        environment, about = settings.environments[slug], f"env. {slug}"
        python = prefix(settings, slug) / "bin" / "python"
        made = recipe(settings, slug)
        if made is not None and is_ready(made.prefix(folder.environments)):
            yield Finding(GOOD, about, f"is there: {python}")
            if problem := jars_problem(made.prefix(folder.environments)):
                yield Finding(NOTE, about, f"works without its jars, such as Spark's part for S3: {problem} {LATER}")
        elif made is not None:
            when = "the next start" if environment.make == "at_start" else "its first use"
            yield Finding(NOTE, about, f"is made at {when}")
        elif python.exists():
            yield Finding(GOOD, about, f"is there: {python}")
        else:
            yield Finding(BAD, about, f"there is no {python}. Correct 'environments' in the settings.")


def _servers(settings: Settings, folder: DataFolder) -> Iterator[Finding]:
    """Try in each environment that is there: it takes its Python to try."""
    tried = False
    for slug in environments_in_use(settings):
        python = prefix(settings, slug)
        if not (python / "bin" / "python").exists():
            continue
        tried = True
        server = ForkServer.of(folder.forks, python, idle_s=0)
        try:
            level = asyncio.run(server.find_level())
        except TryAgainError as error:
            yield Finding(NOTE, "servers", f"whether those of {slug} can be isolated cannot be tried now: {error}")
            continue
        except ForkServerError as error:
            yield Finding(BAD, "servers", f"of {slug} are neither fast nor isolated: {error}")
            continue
        # What is limited only the hub finds out: it moves into a group of its own for that, which is not ours to do.
        limited = limited_at_last_start(folder.forks)
        is_accepted, remedy = settings.servers.accept_not_isolated, Obstacles.here().remedy
        verdict = judge(
            level,
            limited,
            server.problem,
            are_names_apart=server.are_names_apart,
            accept_not_isolated=is_accepted,
            remedy=remedy,
        )
        text = verdict.text
        if verdict.is_apart:
            since = "" if limited is None else " What is limited was found at the last start."
            text = f"of {slug} are kept apart by {verdict.kept_apart_by}. {text}{since}"
        yield Finding(STATES[verdict.state], "servers", text)
    if not tried:
        yield Finding(NOTE, "servers", "whether they can be isolated is known after the first start")


def _store() -> Finding:
    if namespaces_work():
        return Finding(GOOD, "data store", "runs in namespaces of its own: only its S3 endpoint can be reached")
    return Finding(
        NOTE,
        "data store",
        "namespaces are forbidden here, so the store's inner ports are on this machine's own loopback, closed by"
        " certificates; programs under the hub's own user can read its files. Allow user namespaces (see 'servers'),"
        " or use a store of your own: storage: {kind: s3, …}",
    )
