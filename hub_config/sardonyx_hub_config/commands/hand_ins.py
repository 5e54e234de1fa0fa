"""`sardonyx class collect` and `extend`: what students hand in, and until when."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from sardonyx_hub_config.commands.class_id import class_of_id, id_argument
from sardonyx_hub_config.commands.people_api import group_api
from sardonyx_hub_config.commands.people_here import people_here
from sardonyx_hub_config.commands.private_output import new_binary_file
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.moments import moment_of
from sardonyx_spawner.language import SaidError


@click.command()
@id_argument
@click.argument("archive", type=click.Path(path_type=Path))
def collect(class_id: str, archive: Path) -> None:
    """Write what was handed in in class ID into ARCHIVE, a ZIP file with a folder for each person and a list.

    That it was collected is written down, for the people of the class, too.
    """
    api = group_api("class", class_id)
    with new_binary_file(archive) as out:
        try:
            api.save("hand-ins.zip", out)
        except OperatorError:
            archive.unlink()
            raise
    click.echo(f"{archive} has what was handed in. Only you can read it.")


@click.command()
@id_argument
@click.argument("name")
@click.argument("until", metavar="YYYY-MM-DDTHH:MM")
def extend(class_id: str, name: str, until: str) -> None:
    """Let NAME hand in until then, by the clocks of class ID; '': as long as all others."""
    _settings, people = people_here()
    class_of_id(people, class_id)
    zone = people.classes.details(class_id).zone
    try:
        moment = moment_of(until, zone)
    except SaidError as error:
        raise OperatorError(f"{error} Nothing was changed.") from error
    wish = {"until": moment.isoformat() if moment is not None else None}
    group_api("class", class_id).ask("PUT", f"people/{name}/extension", wish)
    said = "as long as the others"
    if moment is not None:
        said = f"until {moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
    click.echo(f"{name} hands in {said}.")
