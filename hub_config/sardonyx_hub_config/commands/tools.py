"""`sardonyx tools`: what servers offer beside JupyterLab."""

from pathlib import Path

import click

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.engines.engine import release
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.looks.tools import CHOOSE_IMAGE
from sardonyx_hub_config.settings.file import find_settings, load_settings
from sardonyx_hub_config.tools import install as tool
from sardonyx_hub_config.tools.recipes import RECIPES, Recipe

_SETTINGS = click.option(
    "--settings", type=click.Path(path_type=Path), help="The settings file, where it is not usual."
)


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


@tools.command()
@click.argument("names", nargs=-1, required=True)
@_SETTINGS
def install(names: tuple[str, ...], settings: Path | None) -> None:
    """Install tools; servers have them at once."""
    folder, recipes = _folder(settings), [_recipe(name) for name in names]
    folder.prepare()
    for recipe in recipes:
        click.echo(f"Installing {recipe.title}: some minutes, only this once ...")
        tool.install(recipe, folder.tools, folder.logs / f"tool-{recipe.name}.log")
        click.echo(f"{recipe.title} is there.")


@tools.command()
@click.argument("names", nargs=-1, required=True)
@_SETTINGS
def remove(names: tuple[str, ...], settings: Path | None) -> None:
    """Remove tools."""
    folder = _folder(settings)
    for recipe in [_recipe(name) for name in names]:
        tool.remove(recipe, folder.tools)
        click.echo(f"{recipe.title} was removed.")


def _folder(settings: Path | None) -> DataFolder:
    if release() is not None:
        raise OperatorError(f"servers on Kubernetes have the tools that are in their image. For others: {CHOOSE_IMAGE}")
    return DataFolder(load_settings(find_settings(settings)).data_folder)


def _recipe(name: str) -> Recipe:
    if name not in RECIPES:
        raise OperatorError(f"there is no tool '{name}'. There are: {', '.join(RECIPES)}.")
    return RECIPES[name]
