"""`sardonyx user export` and `sardonyx user erase`: what this place knows of somebody, and that it forgets it."""

import json

import click

from sardonyx_hub_config.commands.leaders import say_left_alone
from sardonyx_hub_config.commands.people_here import people_here
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.credentials.audit import read
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.errors import PeopleError


@click.command()
@click.argument("who", metavar="NAME|ID")
def export(who: str) -> None:
    """Print what this place knows of somebody, as JSON: who they are, what they are in, what was done, which keys they got.

    Files and data are not in it: everybody gets their own on the page Data, and nobody else's.
    """
    settings, people = people_here()
    person = people.by_name(who)
    known = people.personal.of(person.id if person is not None else who)
    if not known:
        raise OperatorError(f"there is nobody called “{who}” here, and nobody with that id.")
    try:
        issued = [each for each in read(DataFolder(settings.data_folder).audit) if each.person == known["id"]]
    except OSError as error:
        raise OperatorError(f"{error.filename} cannot be read: {error.strerror}.") from error
    people.actions.add(OPERATOR, "export", whom=(known["id"],))
    known["credentials"] = [json.loads(each.to_json()) for each in issued]
    click.echo(json.dumps(known, indent=1, ensure_ascii=False))


@click.command()
@click.argument("who", metavar="NAME|ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(who: str, *, yes: bool) -> None:
    """Remove somebody, and a day later delete all that is theirs: home, data, what they handed in, and who they were.

    Until then they come back with: sardonyx user readmit NAME
    """
    settings, people = people_here()
    person = people.by_name(who)
    if person is not None:
        say_left_alone(people, [person.id])
    if not yes and not click.confirm(
        f"Erase {who}, with all files and data? After a day nothing of it can be had again"
    ):
        click.echo("Nothing was changed.")
        return
    try:
        moment = people.erasure.want(who)
    except PeopleError as error:
        raise OperatorError(f"{error.message} Nothing was changed.") from error
    known = person.id if person is not None else who
    click.echo(
        f"{who} is removed. All that is theirs is deleted from {moment:%Y-%m-%d %H:%M} UTC on, while Sardonyx runs."
    )
    click.echo(f"Until then nothing is lost, and this takes it back: sardonyx user readmit {known}")
    if settings.vault.address:
        click.echo(f"Their secrets in Vault are for you to delete: users/{known}/")
