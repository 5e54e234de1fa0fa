"""`sardonyx user export` and `sardonyx user erase`: what this place knows of somebody, and that it forgets it."""

import click

from sardonyx_hub_config.commands.leaders import say_left_alone
from sardonyx_hub_config.commands.people_here import people_here
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.web.kept.exports import known_of
from sardonyx_services.people.web.operation.personal_desk import ERASE, EXPORT


@click.command()
@click.argument("who", metavar="NAME|ID")
def export(who: str) -> None:
    """Print what this place knows of somebody, as JSON: who they are, what they are in, what was done, which keys they got.

    Files and data are not in it: everybody gets their own on the page Data, and nobody else's.
    """
    settings, people = people_here()
    person = people.by_name(who)
    known = person.id if person is not None else who
    try:
        found = known_of(people, DataFolder(settings.data_folder).audit, known)
    except OSError as error:
        raise OperatorError(f"{error.filename} cannot be read: {error.strerror}.") from error
    if not found:
        raise OperatorError(f"there is nobody called “{who}” here, and nobody with that id.")
    people.actions.add(OPERATOR, EXPORT, whom=(known,))
    click.echo(found)


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
    people.actions.add(OPERATOR, ERASE, whom=(known,))
    click.echo(
        f"{who} is removed. All that is theirs is deleted from {moment:%Y-%m-%d %H:%M} UTC on, while Sardonyx runs."
    )
    click.echo(f"Until then nothing is lost, and this takes it back: sardonyx user readmit {known}")
    if settings.vault.address:
        click.echo(f"Their secrets in Vault are for you to delete: users/{known}/")
