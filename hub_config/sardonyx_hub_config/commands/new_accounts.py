"""Accounts for everybody in a list: which names they get, and a link for each, in a file for whoever hands them out."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

import click

from sardonyx_hub_config.commands.class_id import class_of_id, id_argument
from sardonyx_hub_config.commands.people_here import people_here
from sardonyx_hub_config.commands.private_output import new_file
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.enrolment import Enrolment, Place, account_name, enrol
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.roster import Roster, read_roster
from sardonyx_services.people.sheet import write_csv
from sardonyx_services.people.sign_in_links import HAND_OUT_DAYS, HAND_OUT_S, TITLES, new_link
from sardonyx_services.people.store import PeopleStore


def add_everybody(
    settings: Settings,
    people: PeopleStore,
    file: Path,
    links: Path | None,
    *,
    instructor: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Make accounts for all in a list who have none, and write a link for each; say first what would be done.

    Args:
        links: a new CSV file; None = nothing is made unless all have an account.

    Raises:
        OperatorError: the list or the file cannot be used, or an account cannot be made.
    """
    found = enrol(
        read_list(file), people.everybody(), {}, "student", partial(account_name, settings.sign_in.administrators)
    )
    new = found.of("is new")
    _say(found, file)
    if dry_run or not new:
        click.echo("Nothing was changed.")
        return
    if links is None:
        raise OperatorError(
            "with --links FILE each gets an account, and FILE a link for each to choose a password. Nothing was changed."
        )
    if not yes and not click.confirm("Do this?"):
        click.echo("Nothing was changed.")
        return
    with new_file(links) as out:
        out.write(write_csv([TITLES]))
        _make(settings, people, new, out, instructor=instructor)
    click.echo(f"Done. {links} has a link for each new account, good once and for {HAND_OUT_DAYS} days.")


@click.command()
@id_argument
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def links(class_id: str, file: Path) -> None:
    """Write into FILE, a new CSV file, a new link for each in class ID who has chosen no password yet; earlier ones end."""
    settings, people = people_here()
    class_of_id(people, class_id)
    named = settings.sign_in.administrators
    found = [each for each in people.directory.without_password(class_id) if each[1] not in named]
    if not found:
        raise OperatorError("everybody in this class who has an account with a password has chosen it.")
    with new_file(file) as out:
        out.write(write_csv([TITLES]))
        for person, name in found:
            link = new_link(people, person, f"{settings.shown_url}/hub/", HAND_OUT_S)
            out.write(write_csv([(name, "", link)]))
    people.actions.add(OPERATOR, "password", class_id, whom=[person for person, _name in found])
    count = "one person" if len(found) == 1 else f"{len(found)} people"
    click.echo(
        f"{file} has a new link for {count}, good once and for {HAND_OUT_DAYS} days. Links of before are good no more."
    )


def read_list(file: Path) -> Roster:
    """Read a list of people.

    Raises:
        OperatorError: it is none, or cannot be read.
    """
    try:
        return read_roster(file.read_bytes())
    except PeopleError as error:
        raise OperatorError(f"{file}: {error.message}") from error
    except OSError as error:
        raise OperatorError(f"{file} cannot be read: {error.strerror}. Nothing was changed.") from error


def new_account(people: PeopleStore, name: str) -> str:
    """Make an account without a password, and write down that it was made; return the person's id.

    Raises:
        PeopleError: the name is in use.
    """
    person = people.add_account(name, "").id
    people.actions.add(OPERATOR, "account", whom=(person,))
    return person


def write_link(settings: Settings, people: PeopleStore, person: str, place: Place, links: TextIO) -> None:
    """Write the line of somebody with the link by which they choose a password; it is not shown a second time."""
    link = new_link(people, person, f"{settings.shown_url}/hub/", HAND_OUT_S)
    links.write(write_csv([(place.name, place.entry.mail, link)]))
    links.flush()


def _make(settings: Settings, people: PeopleStore, new: Sequence[Place], links: TextIO, *, instructor: bool) -> None:
    for place in new:
        try:
            person = new_account(people, place.name)
        except PeopleError as error:
            raise OperatorError(
                f"{error.message} Who came before has an account; add the list again, with another file for links."
            ) from error
        write_link(settings, people, person, place, links)
        if instructor:
            people.set_instructor(place.name, is_instructor=True)
            people.actions.add(OPERATOR, "instructor", whom=(person,))


def _say(found: Enrolment, file: Path) -> None:
    for fault in found.faults:
        click.echo(f"{file}, line {fault.line}: {fault.text}")
    said = {"get an account": len(found.of("is new")), "have one already": len(found.of("joins"))}
    click.echo(", ".join(f"{count} {what}" for what, count in said.items() if count) or "Nobody in it can have one.")
