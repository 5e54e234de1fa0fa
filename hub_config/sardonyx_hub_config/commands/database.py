"""`sardonyx database move`: from the files of SQLite into the PostgreSQL that the settings name."""

import os
from pathlib import Path

import click

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.database.move import move_everybody
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.file import find_settings, load_settings


@click.group()
def database() -> None:
    """The database: move into a PostgreSQL."""


@database.command()
@click.argument("settings", required=False, type=click.Path(path_type=Path))
def move(settings: Path | None) -> None:
    """Copy everybody and JupyterHub's tables from the data folder into the PostgreSQL of the settings: all of it or nothing."""
    found = load_settings(find_settings(settings))
    if found.database.url is None:
        raise OperatorError("the settings name no PostgreSQL. Add 'database: {url: {file: …}}' first.")
    folder = DataFolder(found.data_folder)
    if not folder.people_database.exists() or not folder.hub_database.exists():
        raise OperatorError(f"{folder.root} has no people in files. Start Sardonyx: there is nothing to move.")
    lock = folder.lock()
    try:
        click.echo(move_everybody(found, folder))
    finally:
        os.close(lock)
