"""`sardonyx event create` and `sardonyx event change`: what the form of an event asks, as options."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from sardonyx_hub_config.commands.class_change import option_and_value
from sardonyx_hub_config.commands.events_here import WHO, events_here
from sardonyx_hub_config.commands.limit_words import Decorator, limit_options, tools_of
from sardonyx_hub_config.commands.material_words import HELP, METAVAR, materials_of
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.web.events.form import EventForm
from sardonyx_services.people.web.events.new_seats import Wanted
from sardonyx_services.people.web.material_form import rows_of
from sardonyx_spawner.language import SaidError, speaking

MOMENT = "YYYY-MM-DDTHH:MM"


@contextmanager
def doing() -> Iterator[None]:
    """Say to an operator what is refused.

    Raises:
        OperatorError: it was, so that nothing was changed.
    """
    try:
        yield
    except SaidError as error:
        raise OperatorError(f"{error.message} Nothing was changed.") from error


def form_options(*, is_new: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add what the form asks, also of an event that there is."""
    options: tuple[Decorator, ...] = (
        click.option(
            "--begins", metavar=MOMENT, required=is_new, help="From then on codes are good, by the clocks of its zone."
        ),
        click.option("--ends", metavar=MOMENT, required=is_new, help="Then codes, servers and writing end."),
        click.option(
            "--zone",
            metavar="ZONE",
            help="By whose clocks it begins and ends, such as Europe/Paris; UTC if none is said.",
        ),
        click.option(
            "--read-hours", metavar="N", help="So long after its end people copy what they have; then all is deleted."
        ),
        click.option(
            "--sign-ins",
            metavar="N",
            help="So often each code lets somebody in; 30, or as often as the settings allow if that is less.",
        ),
        click.option(
            "--storage",
            metavar="AMOUNT",
            help="So much may all of it have in the data store, such as 20G; '': as much as the settings allow.",
        ),
        click.option("--place", help="Where it is, in words."),
        click.option(
            "--welcome",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            help="What its people read first, in Markdown.",
        ),
        click.option("--profile", metavar="SLUG", help="The profile that its servers are made from."),
        click.option(
            "--set",
            "settle",
            metavar="OPTION=VALUE",
            multiple=True,
            help="What an option of the profile is for all, who are not asked; 'OPTION=': each chooses.",
        ),
        click.option("--repository", "repositories", metavar=METAVAR, multiple=True, help=HELP),
        *limit_options(),
        click.option(
            "--team-servers/--no-team-servers",
            default=None,
            help="Each team works in one server; the profile has to be for working together.",
        ),
    )

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@click.command()
@click.argument("title")
@click.option(
    "--organiser", metavar="NAME", required=True, help="Who leads it; more of them: sardonyx event organiser."
)
@click.option("--accounts", type=click.IntRange(min=1), metavar="N", required=True, help="So many accounts are made.")
@click.option("--teams-of", type=click.IntRange(min=1), metavar="N", help="In teams of so many each.")
@form_options(is_new=True)
def create(title: str, *, organiser: str, accounts: int, teams_of: int | None, **typed: Any) -> None:
    """Make an event called TITLE with its accounts; print its id."""
    here = events_here()
    form = filled(replace(EventForm.new(here.profiles, here.desk.rules), title=title), typed)
    read, wanted = form.read(), wanted_accounts(accounts, teams_of)
    # Teams are called by their number, in the language of the place.
    with doing(), speaking(here.settings.language):
        made = here.desk.make(WHO, title, read.details, wanted, organiser, unread=read.faults)
    click.echo(f"“{title}” has the id {made}. What it is now: sardonyx event show {made}")


@click.command()
@click.argument("event_id", metavar="ID")
@click.option("--title", help="What its people read.")
@form_options(is_new=False)
def change(event_id: str, *, title: str | None, **typed: Any) -> None:
    """Change event ID; what is not said stays. Servers that run go on as they are, the next start has it."""
    here = events_here()
    seen = here.of_id(event_id, goes_on=True)
    if title is None and not any(value not in (None, ()) for value in typed.values()):
        raise OperatorError("nothing was said that is to change. See what can be with: sardonyx event change --help")
    read = filled(EventForm.of(seen), typed).read(seen.details)
    with doing():
        here.desk.change(WHO, event_id, title or seen.group.title, read.details, unread=read.faults)
    click.echo(f"“{title or seen.group.title}” is changed.")


def filled(form: EventForm, typed: Mapping[str, Any]) -> EventForm:
    """Return the form with what was typed in it.

    Args:
        typed: by the names of the options; None or () = nothing was.

    Raises:
        OperatorError: a file of it cannot be read, or what is to be settled is nothing.
    """
    said = {name: value for name, value in typed.items() if value not in (None, ()) and name != "settle"}
    if "welcome" in said:
        said["welcome"] = _text(said["welcome"])
    if "repositories" in said:
        said["repositories"] = rows_of(materials_of(said["repositories"]))
    if "team_servers" in said:
        said["team_servers"] = "yes" if said["team_servers"] else ""
    tools = tools_of(said, form.tools.get(said.get("profile", form.profile)))
    made = replace(form, **{name: value for name, value in said.items() if name not in {"tools", "no_tools"}})
    settled = dict(map(option_and_value, typed["settle"]))
    made = replace(made, tools={} if tools is None else {made.profile: tools})
    return replace(made, answers={**form.answers, **{f"{made.profile}.{name}": each for name, each in settled.items()}})


def wanted_accounts(count: int, teams_of: int | None) -> Wanted:
    """Return the accounts that are to be made.

    Raises:
        OperatorError: they do not come to whole teams.
    """
    if teams_of is None:
        return Wanted(count)
    teams, left = divmod(count, teams_of)
    if left:
        less = f"{count - left} or " if teams else ""
        raise OperatorError(
            f"{count} accounts are no teams of {teams_of}: make {less}{count - left + teams_of}. Nothing was changed."
        )
    return Wanted(0, teams, teams_of)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise OperatorError(f"{path} is no text in UTF-8. Nothing was changed.") from error
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}. Nothing was changed.") from error
