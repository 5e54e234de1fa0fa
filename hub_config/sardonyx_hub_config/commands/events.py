"""`sardonyx event`: events, their accounts and codes, as organisers have them on their pages."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from sardonyx_hub_config.commands.event_change import change, create, doing, wanted_accounts
from sardonyx_hub_config.commands.events_here import WHO, EventsHere, events_here
from sardonyx_hub_config.commands.groups import GROUPS
from sardonyx_hub_config.commands.limit_words import say_limits
from sardonyx_hub_config.commands.live import LIVE
from sardonyx_hub_config.commands.log import log
from sardonyx_hub_config.commands.material_words import said
from sardonyx_hub_config.commands.private_output import new_binary_file, new_file
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.services.people import PATH
from sardonyx_services.people.web.events.cards_pdf import cards_pdf
from sardonyx_services.people.web.events.codes_table import codes_table
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_services.people.web.events.words import EventWords
from sardonyx_spawner.language import speaking

STATES = {"before": "coming", "on": "on", "read": "over", "gone": "deleted"}
PRINTED = Path("-")

id_argument = click.argument("event_id", metavar="ID")
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group()
def event() -> None:
    """Events: what they are, their accounts and codes, and what is done with their servers."""


for command in (create, change, *LIVE, log, *GROUPS):
    event.add_command(command)


@event.command("list")
def list_events() -> None:
    """List all events, the latest first: id, how far it is, how many accounts, when, title."""
    here = events_here()
    alone = {group.id for group in here.people.leading.by_nobody()}
    for seen in here.desk.mine(WHO):
        count = len(here.people.seats.of(seen.group.id))
        said = f"{seen.group.id}  {STATES[seen.state]:<8} {count:>4} accounts  {_times(seen)}"
        click.echo(f"{said}  {seen.group.title}{' (no organiser)' if seen.group.id in alone else ''}")


@event.command()
@id_argument
def show(event_id: str) -> None:
    """Say what event ID is, who leads it, and what becomes of it, or what was deleted of it."""
    here = events_here()
    seen = here.of_id(event_id)
    details = seen.details
    place = f", {details.place}" if details.place else ""
    click.echo(f"{seen.group.title}: {STATES[seen.state]}, {_times(seen)}{place}")
    leading = ", ".join(person.name for person in here.desk.organisers(WHO, event_id))
    click.echo(f"Organisers: {leading or 'nobody is left'}.")
    if seen.state == "gone":
        _say_deleted(seen)
        return
    seats, teams = here.people.seats.of(event_id), len(here.people.seats.teams(event_id))
    taken = sum(seat.person is not None for seat in seats)
    click.echo(f"Accounts: {len(seats)}, of which {taken} are taken; teams: {teams}; profile: {details.profile}.")
    often = "once" if details.sign_ins == 1 else f"{details.sign_ins} times"
    click.echo(f"Each code lets somebody in {often}.")
    if details.storage:
        click.echo(f"All of it may have {details.storage} in the data store.")
    for line in say_limits(details.limits):
        click.echo(line)
    for material in details.repositories:
        click.echo(f"Material: {said(material)}")
    click.echo(f"Cards to print: {here.settings.shown_url}/{PATH}events/{event_id}/cards")
    click.echo(
        f"All of it is deleted on {_time(details.goes, details.zone)}, {details.read_hours} hours after its end."
    )


@event.command()
@id_argument
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--revoke", is_flag=True, help="Not any more.")
def organiser(event_id: str, names: tuple[str, ...], *, revoke: bool) -> None:
    """Let people lead event ID."""
    here = events_here()
    here.of_id(event_id)
    for name in names:
        with doing():
            here.desk.set_organiser(WHO, event_id, name, is_organiser=not revoke)
        click.echo(f"{name} leads the event no more." if revoke else f"{name} leads the event now.")


@event.command()
@id_argument
@click.option("--more", type=click.IntRange(min=1), metavar="N", help="So many.")
@click.option("--teams-of", type=click.IntRange(min=1), metavar="N", help="In new teams of so many each.")
@click.option("--double", is_flag=True, help="As many as there are, in teams of the same sizes.")
def accounts(event_id: str, *, more: int | None, teams_of: int | None, double: bool) -> None:
    """Make more accounts for event ID; those that there are stay as they are."""
    if double == (more is not None) or (double and teams_of is not None):
        raise OperatorError("say --more N, with --teams-of N if they are in teams, or --double. Nothing was changed.")
    here = events_here()
    here.of_id(event_id, goes_on=True)
    # Teams are called by their number, in the language of the place.
    with doing(), speaking(here.settings.language):
        if more is None:
            here.seats.double(WHO, event_id)
        else:
            here.seats.add_seats(WHO, event_id, wanted_accounts(more, teams_of))
    click.echo(
        f"There are {len(here.people.seats.of(event_id))} accounts now. Their codes: sardonyx event codes {event_id}"
    )


@event.command()
@id_argument
def people(event_id: str) -> None:
    """List the accounts of event ID: number, team, who has it and the id of that person, but no code."""
    here = events_here()
    here.of_id(event_id)
    for each in here.seats.seats(WHO, event_id):
        team = each.team.title if each.team is not None else ""
        who = f"{each.shown_name:<24} {each.person.id}" if each.person is not None else "nobody yet"
        mark = " (lasts)" if each.seat.is_kept else " (code used up)" if each.is_used_up else ""
        click.echo(f"{each.seat.number:>4}  {team:<20} {who}{mark}")


@event.command()
@id_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="A new file, which only you can read; “-” prints the codes.",
)
def codes(event_id: str, *, output: Path) -> None:
    """Write the codes of event ID as CSV, for a mail merge: number, team, name, code, link. Whoever reads it can come in."""
    here = events_here()
    here.of_id(event_id, goes_on=True)
    made = codes_table(here.seats.cards(WHO, event_id)).decode()
    if output == PRINTED:
        click.echo(made, nl=False)
        return
    with new_file(output) as file:
        file.write(made)
    click.echo(f"{output} has the codes.")


@event.command()
@id_argument
@click.option(
    "--pdf",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="A new file, which only you can read.",
)
def cards(event_id: str, *, pdf: Path) -> None:
    """Write the cards of event ID as a PDF, eight on a sheet of A4. Whoever has one can come in."""
    here = events_here()
    seen = here.of_id(event_id, goes_on=True)
    with doing(), speaking(here.settings.language):
        made = cards_pdf(seen, here.seats.cards(WHO, event_id), here.seats.said_address)
    with new_binary_file(pdf) as file:
        file.write(made)
    click.echo(f"{pdf} has the cards.")


@event.command()
@id_argument
def teams(event_id: str) -> None:
    """List the teams of event ID, with links by which what each has is taken until all is deleted; whoever has one can."""
    here = events_here()
    seen = here.of_id(event_id)
    found = here.team_links.of(WHO, event_id)
    if not found:
        raise OperatorError(f"“{seen.group.title}” has no teams, or is not on yet, or is deleted: there are no links.")
    for each in found:
        click.echo(f"{each.team.title:<20} {each.address}")


@event.command()
@id_argument
@yes_option
def end(event_id: str, *, yes: bool) -> None:
    """End event ID now: codes and servers end, and its people copy what they have until all of it is deleted."""
    here = events_here()
    seen = here.of_id(event_id, goes_on=True)
    hours = seen.details.read_hours
    if not yes and not click.confirm(f"End “{seen.group.title}”, {_crowd(here, event_id)}? It cannot begin again"):
        click.echo("Nothing was changed.")
        return
    with doing():
        here.desk.end(WHO, event_id)
    click.echo(
        f"“{seen.group.title}” has ended. Its people copy what they have for {hours} hours; then all is deleted."
    )


def _crowd(here: EventsHere, event_id: str) -> str:
    taken = sum(seat.person is not None for seat in here.people.seats.of(event_id))
    return f"with {taken} people in it"


def _say_deleted(seen: EventSeen) -> None:
    if seen.details.deleted is None:
        click.echo("All of it is being deleted, while Sardonyx runs.")
        return
    click.echo(f"All of it was deleted on {_time(seen.details.deleted, seen.details.zone)}:")
    for line in EventWords().report(seen.details.report):
        click.echo(f"  {line}")


def _times(seen: EventSeen) -> str:
    details = seen.details
    return f"{_time(details.begins, details.zone, said='')} to {_time(details.ends, details.zone)}"


def _time(moment: datetime, zone: str, *, said: str = " {}") -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}{said.format(zone)}"
