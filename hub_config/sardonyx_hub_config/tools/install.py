"""Installs a tool beside the others, and puts it into its place in one step: servers see the old one or the new one."""

import os
import shutil
from pathlib import Path

from sardonyx_hub_config.environments import EnvironmentRecipe, make_environment
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.opened import open_to_servers
from sardonyx_hub_config.services.proxy_install import Node, find_node, npm_ci
from sardonyx_hub_config.tools.recipes import Recipe
from sardonyx_services.exclusive import exclusive

MADE = ".made"
"""Folder in that of the tools; each tool is a link into it."""
READY = "ready"
START_NODE = """\
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/node" "$here/../node_modules/{entry}" "$@"
"""


def is_installed(recipe: Recipe, tools: Path) -> bool:
    """Tell whether a tool is there, in this version."""
    return (tools / recipe.name).resolve() == _home(recipe, tools).resolve() and (tools / recipe.name).exists()


def install(recipe: Recipe, tools: Path, log: Path) -> None:
    """Install a tool if this version is not there; an interrupted installation is made again.

    Raises:
        OperatorError: something is missing on the machine, or the installer failed; its own words are in `log`.
    """
    if missing := recipe.missing():
        raise OperatorError(
            f"{recipe.title} is partly compiled here, and {', '.join(missing)} {'is' if len(missing) == 1 else 'are'}"
            f" missing. On Debian and Ubuntu: sudo apt-get install {recipe.packages}"
        )
    made = tools / MADE
    made.mkdir(parents=True, exist_ok=True)
    for folder in (tools, made):
        folder.chmod(0o755)
    # Another one than that of the environment in it.
    with exclusive(made / f".{recipe.name}.installing"):
        home = _home(recipe, tools)
        install_it = _install_npm if recipe.kind == "npm" else _install_python
        install_it(recipe, home, log)
        before = (tools / recipe.name).resolve() if (tools / recipe.name).is_symlink() else None
        new = made / f".{recipe.name}.link"
        new.unlink(missing_ok=True)
        new.symlink_to(home.relative_to(tools))
        new.replace(tools / recipe.name)
        # Not the one of before: it may still run in a server.
        for old in made.glob(f"{recipe.name}-*"):
            if old not in {home, before}:
                shutil.rmtree(old, ignore_errors=True)


def remove(recipe: Recipe, tools: Path) -> None:
    """Remove a tool; where it runs it goes on until its server ends, as far as it has no need of its files."""
    (tools / recipe.name).unlink(missing_ok=True)
    for old in (tools / MADE).glob(f"{recipe.name}-*"):
        shutil.rmtree(old)


def _home(recipe: Recipe, tools: Path) -> Path:
    if recipe.kind == "python":
        return _environment(recipe).prefix(tools / MADE)
    return tools / MADE / f"{recipe.name}-{recipe.digest}"


def _environment(recipe: Recipe) -> EnvironmentRecipe:
    return EnvironmentRecipe(recipe.name, Path(str(recipe.files[0])), ())


def _install_python(recipe: Recipe, home: Path, log: Path) -> None:
    make_environment(_environment(recipe), home.parent, log)


def _install_npm(recipe: Recipe, home: Path, log: Path) -> None:
    if (home / READY).exists():
        return
    shutil.rmtree(home, ignore_errors=True)
    (home / "bin").mkdir(parents=True)
    for file in recipe.files:
        (home / file.name).write_bytes(file.read_bytes())
    found = find_node()
    # With a Node of its own: servers do not see that of the hub.
    node = home / "bin" / "node"
    shutil.copy2(found.node, node)
    # What npm starts has to find the same Node, and its headers to compile with.
    variables = {**os.environ, "PATH": f"{home / 'bin'}:{os.environ['PATH']}", "npm_config_nodedir": str(found.root)}
    if not npm_ci(Node(node, found.npm), home, log, variables=variables):
        raise OperatorError(
            f"{recipe.title} could not be installed with npm; what npm said is in {log}."
            " Mend the cause and try again; nothing else was changed."
        )
    start = home / "bin" / recipe.program
    start.write_text(START_NODE.format(entry=recipe.entry))
    start.chmod(0o755)
    open_to_servers(home)
    (home / READY).touch()
