"""`sardonyx check` and `sardonyx schema`: the settings, looked at before anything starts."""

import json
from pathlib import Path
from typing import Any

import click

from sardonyx_hub_config.offered import profiles_here
from sardonyx_hub_config.settings import Settings
from sardonyx_hub_config.settings_file import find_settings, load_settings


@click.command()
@click.argument("settings", required=False, type=click.Path(path_type=Path))
def check(settings: Path | None) -> None:
    """Look for faults in the settings: all of them, each with its line. Exit 1 if there are any."""
    path = find_settings(settings)
    found = load_settings(path)
    # On a cluster each profile needs an image.
    profiles_here(found)
    click.echo(f"{path} is fine: {len(found.profiles)} profiles, {len(found.environments)} environments.")


@click.command()
def schema() -> None:
    """Print the JSON Schema of the settings."""
    click.echo(schema_text(), nl=False)


def schema_text() -> str:
    """Return the JSON Schema as it is kept in the repository."""
    description: dict[str, Any] = Settings.model_json_schema()
    description["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(description, indent=2, sort_keys=True) + "\n"
