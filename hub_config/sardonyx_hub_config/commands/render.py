"""`sardonyx render`: from a settings file to the values that `helm install` takes."""

from io import StringIO
from pathlib import Path

import click
from ruamel.yaml import YAML

from sardonyx_hub_config.engines.images import with_images
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.render.settings_tree import put_secrets, secrets, take_out
from sardonyx_hub_config.render.values_text import Rendering, values_text
from sardonyx_hub_config.settings.file import find_settings, load_settings
from sardonyx_hub_config.settings.whole import Settings

WIDE = 4096
"""Lines are as long as they were."""


@click.command()
@click.argument("settings", required=False, type=click.Path(path_type=Path))
@click.option(
    "--output", type=click.Path(path_type=Path), help="Write them into this new file, and not on the terminal."
)
@click.option("--namespace", default="sardonyx", show_default=True, help="Where you install, for the commands in it.")
def render(settings: Path | None, output: Path | None, namespace: str) -> None:
    """Print values for the chart that make the same place on a cluster. Secrets are named, and never read."""
    text = rendered(find_settings(settings), namespace)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise OperatorError(f"{output} is there already, and is not written over. Name another file.") from error
    except OSError as error:
        raise OperatorError(f"{output} cannot be written: {error.strerror}.") from error


def rendered(path: Path, namespace: str) -> str:
    """Return the values that a settings file becomes.

    Raises:
        OperatorError: the settings have faults.
    """
    settings = load_settings(path)
    yaml = YAML(typ="rt")
    yaml.preserve_quotes, yaml.width = True, WIDE
    # It can be read: it was, a moment ago.
    tree = yaml.load(path.read_text(encoding="utf-8"))
    named = secrets(settings)
    put_secrets(tree, named)
    left_out = take_out(tree)
    text = StringIO()
    yaml.dump(tree, text)
    conf_d = settings.conf_d if any(settings.conf_d.glob("*.py")) else None
    return values_text(
        Rendering(settings, path, namespace, text.getvalue(), left_out, named, conf_d, _without_image(settings))
    )


def _without_image(settings: Settings) -> list[str]:
    found = []
    for slug, profile in settings.profiles.items():
        try:
            with_images(profile.profile(slug), settings)
        except OperatorError as error:
            found.append(str(error))
    return found
