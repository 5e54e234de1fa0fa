"""`sardonyx hub` and `sardonyx proxy`: the two Pods of a place on a cluster. The chart runs them."""

import os
import sys
import time
from contextlib import closing
from pathlib import Path

import click

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.move import move_everybody
from sardonyx_hub_config.database.place import left_behind, open_people, refuse_to_leave_anybody, wait_for_database
from sardonyx_hub_config.engines.engine import ENGINE, KUBERNETES, release
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.services.proxy_install import find_node, proxy_command
from sardonyx_hub_config.settings.file import find_settings, load_settings
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.shipped import shipped
from sardonyx_hub_config.terminal import say

LOCK_PATIENCE_S, LOCK_RETRY_S = 30.0, 0.2
PROXY_FOLDER = "SARDONYX_PROXY_FOLDER"
"""Variable of the image: where its proxy is installed."""

MOVE = "hub.moveDatabase: true in the values of the chart"


@click.command()
@click.option("--move", is_flag=True, help="First take along whoever is in files, where the PostgreSQL has nobody.")
def hub(*, move: bool) -> None:
    """Be the hub of a cluster, in its Pod; the chart runs this."""
    if release() is None:
        raise OperatorError(f"this is for Pods of the chart, where {ENGINE} is '{KUBERNETES}'. Here, use: sardonyx up")
    os.umask(0o077)
    path = find_settings(None)
    settings = load_settings(path)
    folder = DataFolder(settings.data_folder)
    folder.prepare()
    # Kept open on purpose, through execv: two hubs on one volume would each undo what the other does.
    os.set_inheritable(_lock(folder), True)  # noqa: FBT003 - the standard library's signature
    if warning := folder.check_space():
        say(warning)
    if settings.database.url is not None:
        wait_for_database(settings, say)
        _take_along(settings, folder, is_wanted=move)
    config = shipped("jupyterhub_config.py")
    command = [sys.executable, "-m", "sardonyx_hub_config.hub", "--config", str(config)]
    os.execv(sys.executable, command)  # noqa: S606 - we become JupyterHub; there is no shell


def _take_along(settings: Settings, folder: DataFolder, *, is_wanted: bool) -> None:
    """Move whoever would be left behind in files, or refuse to leave them there."""
    with closing(open_people(settings, folder)) as people:
        if not is_wanted:
            refuse_to_leave_anybody(people, folder, MOVE)
            return
        is_anybody_left = left_behind(people, folder) > 0
    if is_anybody_left:
        say(move_everybody(settings, folder))


def _lock(folder: DataFolder) -> int:
    """Take the folder; the hub before this one may still be ending, where its Pod was deleted in a hurry."""
    deadline = time.monotonic() + LOCK_PATIENCE_S
    while True:
        try:
            return folder.lock()
        except OperatorError:
            if time.monotonic() > deadline:
                raise
        time.sleep(LOCK_RETRY_S)


@click.command()
def proxy() -> None:
    """Be the proxy of a cluster, in its Pod; the chart runs this."""
    here = release()
    folder = os.environ.get(PROXY_FOLDER)
    if here is None or not folder:
        raise OperatorError("this is for Pods of the chart. Here, the proxy is started by: sardonyx up")
    ports = here.ports
    target = ports.url(ports.hub)
    node, *program = proxy_command(find_node(), Path(folder))
    # Without an address it listens on all, IPv6 or not.
    listening = [f"--port={ports.public}", "--api-ip=", f"--api-port={ports.proxy_api}"]
    shown = [f"--default-target={target}", f"--error-target={target}/hub/error", "--log-level=warn"]
    os.execv(node, [node, *program, *listening, *shown])  # noqa: S606 - we become the proxy; there is no shell
