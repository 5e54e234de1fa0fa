"""`sardonyx tools`: what servers offer beside JupyterLab."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.engines.engine import release
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.looks.tools import choose_image
from sardonyx_hub_config.settings.file import find_settings, load_settings
from sardonyx_hub_config.tools import install as tool
from sardonyx_hub_config.tools.extensions import (
    ExtensionError,
    add_extensions,
    check_wanted,
    extensions,
    remove_all_extensions,
    remove_extensions,
)
from sardonyx_hub_config.tools.recipes import RECIPES, Recipe

_SETTINGS = click.option(
    "--settings", type=click.Path(path_type=Path), help="The settings file, where it is not usual."
)
VSCODE = "vscode"


@click.group()
def tools() -> None:
    """Tools for servers, such as VS Code and MLflow."""


@tools.command("list")
@_SETTINGS
def list_tools(settings: Path | None) -> None:
    """List what can be installed, and what is."""
    folder = _folder(settings)
    for recipe in RECIPES.values():
        state = "installed" if tool.is_installed(recipe, folder.tools) else "not installed"
        click.echo(f"{recipe.name:10} {recipe.title:10} {state}")
    for found in extensions(folder.tools):
        click.echo(f"{'':10} extension of VS Code for everybody: {found.name} {found.version}")


@tools.command()
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--extension",
    "wanted",
    multiple=True,
    metavar="NAME",
    help="An extension of VS Code for everybody, beside those that are there: its name on Open VSX, or a file of type .vsix.",
)
@_SETTINGS
def install(names: tuple[str, ...], wanted: tuple[str, ...], settings: Path | None) -> None:
    """Install tools; servers have them at once."""
    folder, recipes = _folder(settings), [_recipe(name) for name in names]
    if wanted and VSCODE not in names:
        raise OperatorError("extensions are those of VS Code. Write: sardonyx tools install vscode --extension NAME.")
    with _for_operator():
        check_wanted(wanted)
    folder.prepare()
    for recipe in recipes:
        click.echo(f"Installing {recipe.title}: some minutes, only this once ...")
        tool.install(recipe, folder.tools, folder.logs / f"tool-{recipe.name}.log")
        click.echo(f"{recipe.title} is there.")
    if wanted:
        log = folder.logs / "tool-vscode-extensions.log"
        with _for_operator(f" What VS Code said is in {log}."):
            add_extensions(wanted, folder.tools, log)
        there = ", ".join(found.name for found in extensions(folder.tools))
        click.echo(f"Whenever VS Code starts from now on, everybody has: {there}.")


@tools.command()
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--extension",
    "unwanted",
    multiple=True,
    metavar="NAME",
    help="An extension of VS Code that was installed for everybody; VS Code itself stays.",
)
@_SETTINGS
def remove(names: tuple[str, ...], unwanted: tuple[str, ...], settings: Path | None) -> None:
    """Remove tools, or extensions of VS Code."""
    folder, recipes = _folder(settings), [_recipe(name) for name in names]
    if unwanted:
        if names != (VSCODE,):
            raise OperatorError(
                "extensions are those of VS Code. Write: sardonyx tools remove vscode --extension NAME."
            )
        with _for_operator():
            remove_extensions(unwanted, folder.tools)
        click.echo(f"Whenever VS Code starts from now on, it is without {', '.join(unwanted)}.")
        return
    for recipe in recipes:
        tool.remove(recipe, folder.tools)
        click.echo(f"{recipe.title} was removed.")
    if VSCODE in names:
        remove_all_extensions(folder.tools)


@contextmanager
def _for_operator(more: str = "") -> Iterator[None]:
    try:
        yield
    except ExtensionError as error:
        raise OperatorError(f"{error}{more}") from None


def _folder(settings: Path | None) -> DataFolder:
    if release() is not None:
        raise OperatorError(
            f"servers on Kubernetes have the tools that are in their image. For others: {choose_image([*RECIPES])}"
        )
    return DataFolder(load_settings(find_settings(settings)).data_folder)


def _recipe(name: str) -> Recipe:
    if name not in RECIPES:
        raise OperatorError(f"there is no tool '{name}'. There are: {', '.join(RECIPES)}.")
    return RECIPES[name]
