"""`sardonyx check` and `sardonyx schema`: the settings, looked at before anything starts; and a cluster, before it is installed there."""

import json
from collections.abc import Sized
from pathlib import Path
from typing import Any

import click

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.looks.findings import say_all
from sardonyx_hub_config.offered import profiles_here
from sardonyx_hub_config.settings.file import find_settings, load_settings
from sardonyx_hub_config.settings.whole import Settings


@click.command()
@click.argument("settings", required=False, type=click.Path(path_type=Path))
@click.option(
    "--kubernetes", is_flag=True, help="Look at the cluster of your kubeconfig, too, before you install there."
)
@click.option("--context", help="Which one of the kubeconfig; else the current one. With --kubernetes.")
@click.option("--namespace", help="Where you install; else that of the context. With --kubernetes.")
@click.option(
    "--values",
    type=click.Path(path_type=Path),
    help="Your values for the chart; without SETTINGS, the settings are those in them. With --kubernetes.",
)
@click.option(
    "--images", is_flag=True, help="Let a node fetch each image, by a Pod that is removed again. With --kubernetes."
)
def check(
    settings: Path | None,
    context: str | None,
    namespace: str | None,
    values: Path | None,
    *,
    kubernetes: bool,
    images: bool,
) -> None:
    """Look for faults in the settings: all of them, each with its line; and in a cluster. Exit 1 if there are any."""
    if kubernetes:
        _check_cluster(settings, values, context, namespace, try_images=images)
        return
    if context or namespace or values or images:
        raise OperatorError("--context, --namespace, --values and --images go with --kubernetes. Add it.")
    path = find_settings(settings)
    found = load_settings(path)
    # On a cluster each profile needs an image.
    profiles_here(found)
    _say_fine(path, found)


def _check_cluster(
    path: Path | None, values: Path | None, context: str | None, namespace: str | None, *, try_images: bool
) -> None:
    # Imported here: on one machine nobody needs a client of Kubernetes.
    from sardonyx_hub_config.chart.file import chart_values, load_values  # noqa: PLC0415
    from sardonyx_hub_config.cluster_check.installation import Installation  # noqa: PLC0415
    from sardonyx_hub_config.cluster_check.look import look  # noqa: PLC0415

    if values is None or path is not None:
        path = find_settings(path)
        settings = load_settings(path)
        told = chart_values(settings) if values is None else load_values(values, settings)
    else:
        path, told = values, load_values(values, None)
    installation = Installation(told.settings, told, is_told=values is not None)
    # One without an image is a fault of the settings.
    _ = installation.profiles
    _say_fine(path, told.settings)
    if say_all(look(installation, context, namespace, try_images=try_images)):
        raise SystemExit(1)


def _say_fine(path: Path, found: Settings) -> None:
    profiles, environments = _counted(found.profiles, "profile"), _counted(found.environments, "environment")
    click.echo(f"{path} is fine: {profiles}, {environments}.")


def _counted(found: Sized, what: str) -> str:
    return f"{len(found)} {what}" if len(found) == 1 else f"{len(found)} {what}s"


@click.command()
def schema() -> None:
    """Print the JSON Schema of the settings."""
    click.echo(schema_text(), nl=False)


def schema_text() -> str:
    """Return the JSON Schema as it is kept in the repository."""
    description: dict[str, Any] = Settings.model_json_schema()
    description["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(description, indent=2, sort_keys=True) + "\n"
