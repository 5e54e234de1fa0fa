"""`sardonyx up`: get this machine ready, then become JupyterHub."""

import os
import signal
import sys
from contextlib import closing
from pathlib import Path

import click

from sardonyx_hub_config.certificate import check_certificate
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.place import open_people, refuse_to_leave_anybody
from sardonyx_hub_config.engines.scope import enter_scope
from sardonyx_hub_config.environments import EnvironmentRecipe, is_ready, make_environment
from sardonyx_hub_config.looks.machine import check_machine
from sardonyx_hub_config.offered import environments_in_use, recipe
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.services.proxy_install import find_node, install_proxy, proxy_runs
from sardonyx_hub_config.settings.file import find_settings, load_settings
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.shipped import shipped
from sardonyx_hub_config.terminal import say, step

PORT_PATIENCE_S = 3.0
"""A hub that was killed takes its services with it, which takes the system a moment on a busy machine."""


@click.command()
@click.argument("settings", required=False, type=click.Path(path_type=Path))
def up(settings: Path | None) -> None:
    """Start Sardonyx on this machine.

    SETTINGS is the settings file; without it, SARDONYX_SETTINGS, ./settings.yaml or the shipped one.
    """
    check_machine()
    path = find_settings(settings)
    enter_scope()
    prepare(load_settings(path))
    # A caller may have us ignore Ctrl-C (a shell does so in the background); all that we start would inherit that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ["SARDONYX_SETTINGS"] = str(path.resolve())
    config = shipped("jupyterhub_config.py")
    command = [sys.executable, "-m", "sardonyx_hub_config.hub", "--config", str(config)]
    os.execv(sys.executable, command)  # noqa: S606 - we become JupyterHub; there is no shell


def prepare(settings: Settings) -> None:
    """Bring everything to the machine that the hub needs; does nothing that is already done.

    Raises:
        OperatorError: something is wrong with the machine, in a sentence.
    """
    os.umask(0o077)
    if settings.web.certificate and settings.web.key:
        check_certificate(settings.web.certificate, settings.web.key)
    folder = DataFolder(settings.data_folder)
    folder.prepare()
    # Kept open on purpose, through execv: the hub holds the lock until it ends.
    os.set_inheritable(folder.lock(), True)  # noqa: FBT003 - the standard library's signature
    if warning := folder.check_space():
        say(warning)
    Ports(settings.web.port).check(
        settings.web.address,
        with_object_store=settings.storage.kind == "embedded",
        with_links=settings.storage.links is not None,
        proxy_runs=proxy_runs(folder.run / "proxy.pid", folder.proxy),
        patience_s=PORT_PATIENCE_S,
    )
    if settings.database.url is not None:
        with step("Getting the database ready"), closing(open_people(settings, folder)) as people:
            refuse_to_leave_anybody(people, folder)
    with step("Getting the proxy ready"):
        install_proxy(find_node(), folder.proxy, folder.logs / "proxy-install.log")
    for slug in environments_in_use(settings):
        wanted = recipe(settings, slug)
        if wanted is not None and settings.environments[slug].make == "at_start":
            _get_ready(wanted, folder)


def _get_ready(wanted: EnvironmentRecipe, folder: DataFolder) -> None:
    if is_ready(wanted.prefix(folder.environments)):
        return
    with step(f"Getting the environment '{wanted.slug}' ready"):
        make_environment(wanted, folder.environments, folder.logs / f"environment-{wanted.slug}.log")
