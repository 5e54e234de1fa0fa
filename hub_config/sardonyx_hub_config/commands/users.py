"""`sardonyx user`: local accounts, beside a running hub or without one."""

import sys
from pathlib import Path

import click

from sardonyx_hub_config.commands.leaders import say_left_alone
from sardonyx_hub_config.commands.new_accounts import add_everybody
from sardonyx_hub_config.commands.people_here import ids_of, people_here
from sardonyx_hub_config.commands.personal import erase, export
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.sign_in.passwords import Passwords, password_fault
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.errors import InUseError, PeopleError
from sardonyx_services.people.records import LOCAL, PersonRecord
from sardonyx_services.people.sign_in_links import HAND_OUT_DAYS, LIFE_S, new_link
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.usernames import NameRefusedError, local_name

names_argument = click.argument("names", metavar="NAME...", nargs=-1, required=True)
stdin_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
link_option = click.option(
    "--link", is_flag=True, help="Ask for no password: print a link with which the person chooses one."
)


@click.group()
def user() -> None:
    """People: add, remove, readmit, list, reset-password, instructor, organiser, export, erase."""


user.add_command(export)
user.add_command(erase)


@user.command()
@click.argument("name", required=False)
@click.option("--admin", is_flag=True, help="Make the person an administrator.")
@click.option("--instructor", is_flag=True, help="Let the person make classes.")
@stdin_option
@link_option
@click.option(
    "--from",
    "listed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Instead of NAME: everybody in a CSV file or a spreadsheet with columns name and mail.",
)
@click.option(
    "--links",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --from: a new CSV file for a link for each, which only you can read.",
)
@click.option("--dry-run", is_flag=True, help="With --from: say what would be done, and do nothing.")
@click.option("--yes", is_flag=True, help="With --from: do not ask.")
def add(
    name: str | None,
    *,
    admin: bool,
    instructor: bool,
    password_stdin: bool,
    link: bool,
    listed: Path | None,
    links: Path | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Make a local account for NAME, or for everybody in a list who has none."""
    settings, people = people_here()
    _look_whether_passwords_are_used(settings)
    if listed is not None:
        if name or admin or password_stdin or link:
            raise OperatorError(
                "a list is added without NAME, and makes no administrators and no passwords; with --links FILE its links are in FILE."
            )
        add_everybody(settings, people, listed, links, instructor=instructor, dry_run=dry_run, yes=yes)
        return
    if not name or links or dry_run:
        raise OperatorError("say for whom: sardonyx user add NAME, or with a list: sardonyx user add --from FILE")
    try:
        name = local_name(name)
        password = _password(settings, from_stdin=password_stdin, as_link=link)
        person = people.add_account(name, Passwords().hashed(password) if password else "", is_admin=admin)
        people.actions.add(OPERATOR, "account", whom=(person.id,))
        if instructor:
            people.set_instructor(name, is_instructor=True)
            people.actions.add(OPERATOR, "instructor", whom=(person.id,))
    except InUseError as error:
        # Whose link was lost or is too old has an account already.
        other = f" For another link to an account with a password: sardonyx user reset-password {name} --link"
        raise OperatorError(f"{error}{other if link else ''}") from error
    except (NameRefusedError, PeopleError) as error:
        raise OperatorError(str(error)) from error
    click.echo(
        f"{name} can sign in now."
        if password
        else f"{name} has an account now. {_link(settings, people, person, HAND_OUT_DAYS)}"
    )


@user.command("reset-password")
@click.argument("name")
@stdin_option
@link_option
def reset_password(name: str, *, password_stdin: bool, link: bool) -> None:
    """Give NAME a new password, or with --link let them choose one; whoever is signed in as NAME is signed out within seconds then."""
    settings, people = people_here()
    try:
        _look_whether_passwords_are_used(settings)
        person, account = people.local(name), people.account(name)
        password = _password(settings, from_stdin=password_stdin, as_link=link)
        if password:
            people.set_password(name, Passwords().hashed(password))
        people.actions.add(OPERATOR, "password", whom=(person.id,))
    except PeopleError as error:
        raise OperatorError(str(error)) from error
    if password:
        click.echo(f"{name} has a new password.")
        return
    counts = account is not None and account.password_hash
    more = "; until it is used the password of before counts" if counts else "; links of before are good no more"
    click.echo(_link(settings, people, person, more=more))


@user.command()
@names_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(names: tuple[str, ...], *, yes: bool) -> None:
    """Remove people: nobody signs in with these names any more; files and data are kept under the ids."""
    _, people = people_here()
    found = ids_of(people, names)
    say_left_alone(people, found.values())
    if not yes and not click.confirm(
        f"Remove {', '.join(found)}? Files and data are kept, under the id {', '.join(found.values())}"
    ):
        click.echo("Nothing was changed.")
        return
    for name, person in found.items():
        people.remove(name)
        people.actions.add(OPERATOR, "remove", whom=(person,))
        click.echo(
            f"{name} is removed: signed out within seconds, servers stop. Files and data are kept, under the id {person}."
        )


@user.command()
@click.argument("name", metavar="NAME|ID")
def readmit(name: str) -> None:
    """Let somebody come back who was removed, to the same files and data."""
    settings, people = people_here()
    try:
        person = people.readmit(name)
    except PeopleError as error:
        raise OperatorError(str(error)) from error
    people.actions.add(OPERATOR, "readmit", whom=(person.id,))
    is_local = person.provider == LOCAL
    click.echo(_link(settings, people, person) if is_local else f"{person.name} can sign in again.")


@user.command()
@names_argument
@click.option("--revoke", is_flag=True, help="Not any more; their classes stay as they are.")
def instructor(names: tuple[str, ...], *, revoke: bool) -> None:
    """Let people make classes."""
    _settings, people = people_here()
    for name, person in ids_of(people, names).items():
        people.set_instructor(name, is_instructor=not revoke)
        people.actions.add(OPERATOR, "instructor-end" if revoke else "instructor", whom=(person,))
        click.echo(f"{name} makes no classes any more." if revoke else f"{name} can make classes now.")


@user.command()
@names_argument
@click.option("--revoke", is_flag=True, help="Not any more; their events stay as they are.")
def organiser(names: tuple[str, ...], *, revoke: bool) -> None:
    """Let people make events."""
    _settings, people = people_here()
    for name, person in ids_of(people, names).items():
        people.set_organiser(name, is_organiser=not revoke)
        people.actions.add(OPERATOR, "organiser-end" if revoke else "organiser", whom=(person,))
        click.echo(f"{name} makes no events any more." if revoke else f"{name} can make events now.")


@user.command("list")
def list_people() -> None:
    """List everybody: name, id, where they sign in, and what they may do here."""
    _, people = people_here()
    for person in people.everybody():
        marks = (
            ("administrator", person.is_admin),
            ("instructor", person.is_instructor),
            ("organiser", person.is_organiser),
        )
        said = ", ".join(word for word, is_so in marks if is_so)
        click.echo(f"{person.name:<24} {person.id}  {person.provider:<12} {said}".rstrip())


def _password(settings: Settings, *, from_stdin: bool, as_link: bool) -> str:
    if as_link and from_stdin:
        raise OperatorError("--link asks for no password: say --link or --password-stdin. Nothing was changed.")
    if as_link:
        return ""
    password = (
        sys.stdin.readline().rstrip("\n")
        if from_stdin
        else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    )
    fault = password_fault(password, settings.sign_in.local.minimum_password_length)
    if fault:
        raise OperatorError(fault)
    return str(password)


def _look_whether_passwords_are_used(settings: Settings) -> None:
    if not settings.sign_in.local.enabled:
        raise OperatorError(
            "nobody signs in with a password here. Write 'enabled: true' under 'sign_in: local' in the settings first."
        )


def _link(settings: Settings, people: PeopleStore, person: PersonRecord, days: int = 1, *, more: str = "") -> str:
    link = new_link(people, person.id, f"{settings.shown_url}/hub/", days * LIFE_S)
    said = "24 hours" if days == 1 else f"{days} days"
    return f"Give {person.name} this link to choose a password, good once and for {said}{more}: {link}"
