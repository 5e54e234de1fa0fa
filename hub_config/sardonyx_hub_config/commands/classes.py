"""`sardonyx class`: classes and who is in them, beside a running hub or without one."""

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TextIO

import click

from sardonyx_hub_config.commands.class_change import change
from sardonyx_hub_config.commands.class_hours import hours
from sardonyx_hub_config.commands.class_id import CLASS, class_of_id, id_argument
from sardonyx_hub_config.commands.class_words import shown
from sardonyx_hub_config.commands.groups import GROUPS
from sardonyx_hub_config.commands.hand_ins import collect, extend
from sardonyx_hub_config.commands.invitations import INVITATIONS
from sardonyx_hub_config.commands.leaders import keep_an_instructor
from sardonyx_hub_config.commands.live import LIVE
from sardonyx_hub_config.commands.log import log
from sardonyx_hub_config.commands.new_accounts import links, new_account, read_list, write_link
from sardonyx_hub_config.commands.people_here import ids_of, people_here
from sardonyx_hub_config.commands.private_output import new_file
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.class_checks import checked_title
from sardonyx_services.people.class_copy import as_new, copy_hours
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.enrolment import Enrolment, Place, account_name, enrol
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import ROLES, STAFF, Role
from sardonyx_services.people.invitations import Invitation
from sardonyx_services.people.sheet import write_csv
from sardonyx_services.people.sign_in_links import HAND_OUT_DAYS, TITLES
from sardonyx_services.people.store import PeopleStore

names_argument = click.argument("names", metavar="NAME...", nargs=-1, required=True)
role_option = click.option(
    "--role",
    type=click.Choice(ROLES[CLASS]),
    default="student",
    show_default=True,
    help="As what. Assistants and instructors write the class's data and read all hand-ins; guests read.",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group("class")
def class_() -> None:
    """Classes: what they are and who is in them, and what is done with their servers and what is handed in."""


for command in (change, hours, collect, extend, *INVITATIONS, links, *LIVE, log, *GROUPS):
    class_.add_command(command)


@class_.command()
@click.argument("title")
@click.option("--exam", is_flag=True, help="Keys that reach the class's data live for 15 minutes at most.")
def add(title: str, *, exam: bool) -> None:
    """Make a class called TITLE; print its id."""
    settings, people = people_here()
    try:
        title = checked_title(title)
    except PeopleError as error:
        raise OperatorError(error.message) from error
    made = people.groups.add(CLASS, title, is_exam=exam)
    usual = ClassDetails(after_end=settings.classes.after_end, exporting=settings.classes.exporting)
    people.classes.change(made, usual)
    click.echo(f"“{title}” has the id {made}. People join with: sardonyx class join {made} NAME …")


@class_.command()
@id_argument
@click.argument("title", default="")
def copy(class_id: str, title: str) -> None:
    """Make a class after the one with the id ID, such as for the next term; print its id.

    Its servers, its material, the lessons of each week and what becomes of its data are taken over; its people and its days are
    not. Without TITLE it is called as that one.
    """
    _settings, people = people_here()
    before = class_of_id(people, class_id)
    try:
        title = checked_title(title or before.title)
    except PeopleError as error:
        raise OperatorError(error.message) from error
    made = people.groups.add(CLASS, title, is_exam=before.is_exam)
    people.classes.change(made, as_new(people.classes.details(class_id)))
    copy_hours(people, class_id, made)
    click.echo(f"“{title}” has the id {made}. People join with: sardonyx class join {made} NAME …")


@class_.command("list")
def list_classes() -> None:
    """List all classes: id, how many students and staff, title."""
    _settings, people = people_here()
    for found in people.groups.all(CLASS):
        count = Counter(people.groups.members(found.id).values())
        has_nobody = found.ended is None and not count["instructor"]
        told = (("exam", found.is_exam), ("ended", found.ended is not None), ("no instructor", has_nobody))
        marks = [word for word, is_so in told if is_so]
        if invited := people.invitations.count(found.id):
            marks.append(f"{invited} invited")
        staff = sum(count[role] for role in STAFF)
        said = f"{found.id}  {count['student']:>4} students {staff:>3} staff  {found.title}"
        click.echo(f"{said} ({', '.join(marks)})" if marks else said)


@class_.command()
@id_argument
def show(class_id: str) -> None:
    """Say what comes when in class ID, its material, and list who is in it: name, role, and the person's id, under which their data is."""
    settings, people = people_here()
    for line in shown(
        people, class_of_id(people, class_id), datetime.now(UTC), invites=bool(settings.sign_in.providers)
    ):
        click.echo(line)


@class_.command()
@id_argument
@names_argument
@role_option
def join(class_id: str, names: tuple[str, ...], *, role: Role) -> None:
    """Let people join class ID, or change what they are in it. Their servers reach its data after minutes."""
    _settings, people = people_here()
    found, ids = class_of_id(people, class_id, goes_on=True), ids_of(people, names)
    keep_an_instructor(people, found, dict.fromkeys(ids.values(), role))
    for name, person in ids.items():
        try:
            people.groups.join(class_id, person, role)
        except PeopleError as error:
            raise OperatorError(error.message) from error
        people.actions.add(OPERATOR, "role", class_id, whom=(person,), detail=role)
        click.echo(f"{name} is in the class now, as {role}.")


@class_.command()
@id_argument
@names_argument
def leave(class_id: str, names: tuple[str, ...]) -> None:
    """Let people leave class ID: they reach its data no more; what they handed in is kept."""
    _settings, people = people_here()
    found, ids = class_of_id(people, class_id), ids_of(people, names)
    keep_an_instructor(people, found, dict.fromkeys(ids.values()))
    for name, person in ids.items():
        people.groups.leave(class_id, person)
        people.actions.add(OPERATOR, "leave", class_id, whom=(person,))
        click.echo(f"{name} is not in the class any more.")


@class_.command()
@id_argument
@yes_option
def end(class_id: str, *, yes: bool) -> None:
    """End class ID: nobody reaches its data any more; a day later it is deleted, if that is wanted."""
    _settings, people = people_here()
    title, count = class_of_id(people, class_id).title, len(people.groups.members(class_id))
    if not yes and not click.confirm(f"End “{title}”, with {count} people in it? It cannot begin again"):
        click.echo("Nothing was changed.")
        return
    try:
        people.groups.end(class_id)
    except PeopleError as error:
        raise OperatorError(error.message) from error
    people.actions.add(OPERATOR, "end", class_id, detail=title)
    if people.classes.details(class_id).after_end == "keep":
        click.echo(f"“{title}” has ended. Its data is kept, at class/{class_id}/.")
    else:
        click.echo(f"“{title}” has ended. Its data, at class/{class_id}/, is deleted in a day; to keep it:")
        click.echo(f"sardonyx class change {class_id} --after-end keep")


@class_.command("import")
@id_argument
@click.argument("roster", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--links",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Make accounts for who has none, and write this CSV file with a link for each.",
)
@role_option
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@yes_option
def import_(class_id: str, roster: Path, *, links: Path | None, role: Role, dry_run: bool, yes: bool) -> None:
    """Let everybody in ROSTER join class ID; people who are not in it stay what they are.

    Who is not known here yet gets an account with --links; else they are invited where people sign in with a provider.

    ROSTER is a CSV file or a spreadsheet with a line for each person and columns name, mail, role; the name is enough.
    """
    settings, people = people_here()
    course = class_of_id(people, class_id, goes_on=True)
    members = people.groups.members(class_id)
    invites = bool(settings.sign_in.providers)
    makes = settings.sign_in.local.enabled and (links is not None or not invites)
    named = partial(account_name, settings.sign_in.administrators) if makes else None
    invited = {each.who: each for each in people.invitations.of(class_id)} if invites else None
    found = enrol(read_list(roster), people.everybody(), members, role, named, invited=invited)
    _say(found, roster)
    if found.of("is new") and links is None:
        raise OperatorError(
            "some have no account yet. With --links FILE they get one, and FILE a link for each to choose a password."
            " Nothing was changed."
        )
    # Who has no account yet has no id, and may be the one who leads it then.
    changes = {place.person or place.name: place.role for place in found.of("joins", "changes", "is new")}
    keep_an_instructor(people, course, changes)
    if dry_run or not found.of("joins", "changes", "is new", "invited"):
        click.echo("Nothing was changed.")
        return
    if not yes and not click.confirm("Do this?"):
        click.echo("Nothing was changed.")
        return
    with nullcontext() if links is None else new_file(links) as out:
        _carry_out(settings, people, class_id, found, out)
    is_said = links is not None and found.of("is new")
    click.echo(
        f"Done. {links} has a link for each new account, good once and for {HAND_OUT_DAYS} days."
        if is_said
        else "Done."
    )


def _invite(people: PeopleStore, class_id: str, places: Sequence[Place]) -> None:
    invitations = [Invitation(place.name, place.role, place.entry.mail) for place in places]
    try:
        people.invitations.invite(class_id, invitations)
    except PeopleError as error:
        raise OperatorError(error.message) from error
    if places:
        people.actions.add(OPERATOR, "invite", class_id, detail=str(len(places)))


def _say(found: Enrolment, roster: Path) -> None:
    for fault in found.faults:
        click.echo(f"{roster}, line {fault.line}: {fault.text}")
    said = {
        "join": len(found.of("joins")),
        "get an account and join": len(found.of("is new")),
        "change their role": len(found.of("changes")),
        "are invited, and join at their first sign-in": len(found.of("invited")),
        "are in the class already": len(found.of("stays")),
        "are invited already": len(found.of("waits")),
    }
    click.echo(", ".join(f"{count} {what}" for what, count in said.items() if count) or "Nobody in it can join.")


def _carry_out(settings: Settings, people: PeopleStore, class_id: str, found: Enrolment, links: TextIO | None) -> None:
    if links is not None:
        links.write(write_csv([TITLES]))
    _invite(people, class_id, found.of("invited"))
    for place in found.of("joins", "changes", "is new"):
        try:
            person = place.person or new_account(people, place.name)
            people.groups.join(class_id, person, place.role)
        except PeopleError as error:
            raise OperatorError(
                f"{error.message} Who came before is in the class; import again when it is mended."
            ) from error
        if not place.person and links is not None:
            write_link(settings, people, person, place, links)
        people.actions.add(OPERATOR, "import", class_id, whom=(person,))
