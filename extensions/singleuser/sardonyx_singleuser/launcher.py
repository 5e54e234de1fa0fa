"""A server's way from its start to JupyterLab: code, keys, and then the single-user server itself."""

import os
import shlex
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sardonyx_singleuser import contract, own_packages, own_settings, together
from sardonyx_singleuser.aws_profiles import give_profiles
from sardonyx_singleuser.credentials import storage_variables, write_token
from sardonyx_singleuser.first_to_go import shell_that_goes_first
from sardonyx_singleuser.git.clone import Fetched, place_name
from sardonyx_singleuser.git.coming import Coming, end_all, fetch_all
from sardonyx_singleuser.git.configuration import give_git
from sardonyx_singleuser.git.note import leave_note
from sardonyx_singleuser.idle_extensions import idle_extensions
from sardonyx_singleuser.kernels.dormant import FORKED
from sardonyx_singleuser.key_relay import local_way
from sardonyx_singleuser.language import _, give_jupyterlab
from sardonyx_singleuser.language_servers import node_root_options, node_roots
from sardonyx_singleuser.plan import Plan, PlanError, read_plan
from sardonyx_singleuser.progress import Progress, Tell, to_file, to_log
from sardonyx_singleuser.sandbox.layout import OWN
from sardonyx_singleuser.shared_folders import give_shared
from sardonyx_singleuser.spark_settings import spark_variables, write_spark_settings
from sardonyx_singleuser.tools.mlflow import MLFLOW, client_variables
from sardonyx_singleuser.tools.tool import SHELF

OPTIONS = ("--LabApp.extension_manager=readonly",)
"""Installing extensions would change an environment that everybody shares."""
SPECS = "sardonyx_singleuser.environments.specs.EnvironmentSpecs"
"""Lists the kernels, unless somebody's settings name another class."""
INSIDE = f"{OWN}/server.sock"
"""Where a forked server listens for programs of its own sandbox; the proxy comes through another socket."""


@dataclass(frozen=True)
class Forked:
    """What a server is given that is a fork.

    Args:
        listener: where the proxy reaches it.
        ready: called when the server answers.
        tell: tells the hub how far the start is.
        opening: called when all is there but the server.
        blamed: where the person's own settings kept a first try from starting; None = this is the first.
    """

    listener: socket.socket
    ready: Callable[[], None]
    tell: Tell
    opening: Callable[[], None]
    blamed: str | None = None


def main() -> None:
    """Get everything ready, then become JupyterHub's single-user server in this process."""
    run(sys.argv[1:])


def run(arguments: list[str], forked: Forked | None = None) -> None:
    """Be a server, from its plan to its end.

    Args:
        arguments: for the single-user server.
        forked: None = a process of its own, which listens where JupyterHub says.
    """
    try:
        plan = read_plan(Path(os.environ[contract.PLAN]))
    except (KeyError, PlanError) as error:
        sys.stderr.write(f"Sardonyx: this server has no plan: {error}\n")
        raise SystemExit(1) from None
    progress = Progress(_tell(forked))
    home = Path.home()
    if forked is not None and forked.blamed is not None:
        said = own_settings.say(forked.blamed, own_settings.found(home))
        progress.say(said, "warn")
        sys.stderr.write(f"Sardonyx: {said}\n")
        own_settings.leave_out()
    progress.say(_("Opened your files"), "done")
    give_shared(home, progress)
    give_keys()
    give_profiles()
    give_spark()
    if plan.offers(MLFLOW.name):
        os.environ.update(client_variables(os.environ))
    own_packages.give(home)
    if os.environ.get(contract.VAULT_URL):
        # Imported here: forked kernels have what this module imports, and would have more than ordinary ones.
        from sardonyx_singleuser.vault import give_vault  # noqa: PLC0415

        give_vault(plan.secrets, home, progress)
    if contract.TOKEN_FILE in os.environ:
        give_git(plan, Path(os.environ[contract.TOKEN_FILE]).parent)
    fetched, coming = get_code(plan, home, progress)
    progress.say(_("Opening JupyterLab"))
    open_in(fetched, home)
    if forked is not None:
        forked.opening()
    # Takes a second where nothing is warmed, after the person knows what happens.
    from jupyterhub.singleuser.extension import JupyterHubSingleUser  # noqa: PLC0415

    from sardonyx_singleuser.lingering import serve  # noqa: PLC0415
    from sardonyx_singleuser.presence import tell_hub_later  # noqa: PLC0415
    from sardonyx_singleuser.word import WORDS  # noqa: PLC0415

    tell_hub_later(JupyterHubSingleUser)

    listening = arguments if forked is None else [f"--ServerApp.sock={INSIDE}", *arguments]
    server = make_server(listening, plan)
    words = server.web_app.settings[WORDS]
    words.say_when_here(coming)
    if forked is not None:
        # The first things that its loop does.
        server.io_loop.add_callback(serve, server.http_server, forked.listener)
        server.io_loop.add_callback(forked.ready)
    watch(server, plan)
    try:
        server.start()
    finally:
        server.web_app.settings[SHELF].kill()
        end_all(words.coming)


def watch(server: Any, plan: Plan) -> None:
    """Let a server know who uses it, when its loop runs."""
    from sardonyx_singleuser.addresses import watch_use  # noqa: PLC0415 - as late as the server itself

    server.io_loop.add_callback(watch_use, server, os.environ)
    if plan.collaboration:
        from sardonyx_singleuser.visits import VISITS  # noqa: PLC0415

        server.io_loop.add_callback(server.web_app.settings[VISITS].watch, together.ASK_AGAIN_S)


def _tell(forked: Forked | None) -> Tell | None:
    if forked is not None:
        return forked.tell
    where = os.environ.get(contract.PROGRESS)
    if where is None:
        return None
    return to_log if where == contract.PROGRESS_IN_LOG else to_file(Path(where))


def make_server(arguments: list[str], plan: Plan) -> Any:
    """Return JupyterHub's single-user server, which listens but does not answer yet."""
    give_jupyterlab()
    # Takes a second, after the person knows what happens.
    from jupyter_core.paths import jupyter_config_dir, jupyter_config_path, jupyter_runtime_dir  # noqa: PLC0415
    from jupyterhub.singleuser.extension import JupyterHubSingleUser  # noqa: PLC0415

    from sardonyx_singleuser.addresses import add_addresses  # noqa: PLC0415
    from sardonyx_singleuser.broken_extensions import BROKEN, BrokenExtensions  # noqa: PLC0415
    from sardonyx_singleuser.lazy_extensions import load_when_asked  # noqa: PLC0415

    lab = Path(jupyter_config_dir()) / "lab"
    # JupyterLab reads where these are when it is imported, which in a forked server was before it had a home.
    folders = [f"--LabApp.user_settings_dir={lab / 'user-settings'}", f"--LabApp.workspaces_dir={_workspaces(lab)}"]
    roots = node_roots(Path.home())
    folders += node_root_options(roots)
    # Terminals without a login: /etc/profile would put another PATH in the place of the environment's and of the person's own programs.
    shell = shlex.join(shell_that_goes_first(os.environ.get("SHELL") or "/bin/sh"))
    folders.append(f"--ServerApp.terminado_settings=shell_command={shell}")
    # What packages of the person's own bring for the page, such as for plots that answer to the mouse.
    folders.append(f"--LabApp.extra_labextensions_path={own_packages.labextensions(Path.home())}")
    extensions = {JupyterHubSingleUser.get_extension_package(): True}
    extensions |= together.extensions(is_on=plan.collaboration)
    if plan.collaboration:
        place = Path(jupyter_runtime_dir()).parent / "together"
        together.turn_on(place)
        folders += together.options(place)
    idle = idle_extensions(map(Path, jupyter_config_path()), roots)
    extensions |= dict.fromkeys(idle, False)
    # Jupyter's own hook, called before the settings are read; what it has made is taken below.
    made = JupyterHubSingleUser.make_serverapp(jpserver_extensions=extensions, kernel_spec_manager_class=SPECS)
    broken = BrokenExtensions()
    made.log.addFilter(broken)
    # JupyterHub 6.1 reads it when it is imported, and would set the cookie that opens this server for the whole host.
    own = f"--HubAuth.base_url={os.environ['JUPYTERHUB_SERVICE_PREFIX']}"
    # Kernels are forked where there is something to fork them from, and watched everywhere.
    kernels = f"--KernelProvisionerFactory.default_provisioner_name={FORKED}"
    # Where the hub runs as root, as in a container, its servers do too: that is the operator's choice.
    as_root = ["--allow-root"] if os.geteuid() == 0 else []
    server = JupyterHubSingleUser.initialize_server(argv=[*OPTIONS, *folders, own, kernels, *arguments, *as_root])
    server.web_app.settings[BROKEN] = broken
    add_addresses(server, os.environ, plan)
    load_when_asked(server, idle)
    if not plan.collaboration:
        together.leave_out(server.web_app.settings)
    return server


def _workspaces(lab: Path) -> Path:
    """Return where JupyterLab keeps what is open in it: servers share a home, and none opens what another one has open."""
    name = os.environ.get("JUPYTERHUB_SERVER_NAME", "")
    return lab / "workspaces" / f"server-{quote(name, safe='')}" if name else lab / "workspaces"


def give_keys() -> None:
    """Let every program of this server find object storage, and trust it."""
    token = os.environ.get("JUPYTERHUB_API_TOKEN", "")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    told = dict(os.environ)
    if told.get(contract.CREDENTIALS_URL):
        told[contract.CREDENTIALS_URL], token = local_way(told[contract.CREDENTIALS_URL], token)
    found = storage_variables(told, token)
    if found:
        write_token(Path(os.environ[contract.TOKEN_FILE]), token)
        os.environ.update(found)
    if os.environ.get(contract.AUTHORITY):
        # Imported here as what is of Vault above.
        from sardonyx_singleuser.authority import give_authority  # noqa: PLC0415

        give_authority(os.environ, Path(os.environ[contract.TOKEN_FILE]).parent)


def give_spark() -> None:
    """Let Spark find object storage, and keep it closed to others."""
    if contract.TOKEN_FILE not in os.environ:
        return
    token_file = Path(os.environ[contract.TOKEN_FILE])
    has_storage = bool(os.environ.get(contract.CREDENTIALS_URL) and os.environ.get(contract.S3_ENDPOINT))
    write_spark_settings(os.environ if has_storage else {}, token_file)
    os.environ.update(spark_variables(os.environ, token_file))


def get_code(plan: Plan, home: Path, progress: Progress) -> tuple[list[Fetched], list[Coming]]:
    """Bring the plan's repositories into the home, all at once; what fails is said, and stops nothing.

    Return what became of each, and those that are still on their way.
    """
    if not plan.repositories:
        leave_note(home, {})
        return [], []
    for repository in plan.repositories:
        said = _("Getting your code: {name}, branch {branch}") if repository.branch else _("Getting your code: {name}")
        progress.say(said.format(name=place_name(repository), branch=repository.branch))
    fetched, coming = fetch_all(plan.repositories, home)
    problems = {}
    for repository, result in zip(plan.repositories, fetched, strict=True):
        name = str(result.folder.relative_to(home))
        if result.problem:
            problems[repository.url] = result.problem
            said = _("Your code is not all here: {problem} Your server starts all the same.")
            progress.say(said.format(problem=result.problem), "warn")
            sys.stderr.write(f"Sardonyx: {repository.url}: {result.problem}\n")
        elif result.is_coming:
            progress.say(_("Your code goes on arriving beside your server: {name}").format(name=name), "done")
        elif result.is_kept:
            progress.say(_("Your code is as you left it: {name}").format(name=name), "done")
        else:
            progress.say(_("Got your code: {name}").format(name=name), "done")
        if result.set_aside:
            said = _("Beside new files of {name} are yours, or new ones beside yours: {files}")
            progress.say(said.format(name=name, files=", ".join(result.set_aside)))
    leave_note(home, problems)
    return fetched, coming


def open_in(fetched: list[Fetched], home: Path) -> None:
    """Let JupyterLab open in the repository, with the whole home around it."""
    os.environ.setdefault("JUPYTERHUB_ROOT_DIR", str(home))
    there = next((result.folder for result in fetched if result.folder.is_dir()), None)
    if there is not None:
        os.environ["JUPYTERHUB_DEFAULT_URL"] = f"/lab/tree/{quote(str(there.relative_to(home)))}"
