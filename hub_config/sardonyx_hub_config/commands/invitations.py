"""`sardonyx class invite`, `sardonyx class withdraw`: people who are to be in a class and have never signed in."""

import click

from sardonyx_hub_config.commands.class_id import CLASS, class_of_id, id_argument
from sardonyx_hub_config.commands.people_here import people_here
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import ROLES, Role
from sardonyx_services.people.invitations import Invitation
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.usernames import NameRefusedError, invited_name

who_argument = click.argument("who", metavar="NAME...", nargs=-1, required=True)


@click.command()
@id_argument
@who_argument
@click.option("--role", type=click.Choice(ROLES[CLASS]), default="student", show_default=True, help="As what.")
def invite(class_id: str, who: tuple[str, ...], *, role: Role) -> None:
    """Invite people who have not signed in yet into class ID, by name or mail address; nothing is sent to them."""
    settings, people = people_here()
    class_of_id(people, class_id, goes_on=True)
    names = [_checked(settings, people, each) for each in who]
    try:
        people.invitations.invite(class_id, [Invitation(name, role) for name in names])
    except PeopleError as error:
        raise OperatorError(error.message) from error
    people.actions.add(OPERATOR, "invite", class_id, detail=str(len(names)))
    for name in names:
        click.echo(f"{name} is invited, and is in the class from their first sign-in on, as {role}.")


@click.command()
@id_argument
@who_argument
def withdraw(class_id: str, who: tuple[str, ...]) -> None:
    """Invite people into class ID no more; who has come stays in it."""
    _settings, people = people_here()
    class_of_id(people, class_id)
    invited = {each.who for each in people.invitations.of(class_id)}
    if missing := [name for name in who if name not in invited]:
        raise OperatorError(
            f"{', '.join(missing)}: not invited. Nothing was changed. See who is with: sardonyx class show {class_id}"
        )
    for name in who:
        people.invitations.withdraw(class_id, name)
        people.actions.add(OPERATOR, "uninvite", class_id)
        click.echo(f"{name} is not invited any more.")


INVITATIONS = (invite, withdraw)


def _checked(settings: Settings, people: PeopleStore, who: str) -> str:
    if not settings.sign_in.providers:
        raise OperatorError("nobody signs in with a provider here. Make accounts with: sardonyx user add NAME")
    try:
        name = invited_name(who)
    except NameRefusedError as error:
        raise OperatorError(f"“{who}”: {error.message} Nothing was changed.") from error
    if people.by_name(name) is not None:
        raise OperatorError(
            f"{name} is known here already. Nothing was changed. Let them join with: sardonyx class join"
        )
    return name
