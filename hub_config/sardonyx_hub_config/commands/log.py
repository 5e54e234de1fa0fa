"""`sardonyx class log` and `sardonyx event log`: what was done, and by whom; also where Sardonyx does not run."""

from collections.abc import Mapping
from datetime import UTC, datetime

import click

from sardonyx_hub_config.commands.live import id_argument, kind_here
from sardonyx_hub_config.commands.people_here import people_here
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.actions import OPERATOR, PART, Action
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.web.log import MOST_PARTS, Look, table, whole
from sardonyx_services.people.web.words import Words
from sardonyx_spawner.language import speaking

ZONE = "UTC"
"""Its clocks are those of the lines, and of the days that are looked for."""
day = click.DateTime(["%Y-%m-%d"])


@click.command()
@id_argument
@click.option(
    "--after", type=day, metavar="DAY", help="Only from this day on, such as 2026-11-02; days are those of UTC."
)
@click.option("--before", type=day, metavar="DAY", help="Only to this day, with it.")
@click.option("--what", default="", metavar="WORD", help="Only what has this word in the table, such as start.")
@click.option(
    "--page",
    type=click.IntRange(1, MOST_PARTS),
    default=1,
    show_default=True,
    help=f"Which {PART} of them, from the latest on.",
)
@click.option("--csv", "as_table", is_flag=True, help="As a table, with a line for each person: the latest 20,000.")
def log(group: str, *, after: datetime | None, before: datetime | None, what: str, page: int, as_table: bool) -> None:
    """Say what was done, and by whom, the latest first; also where Sardonyx does not run."""
    _settings, people = people_here()
    kind = kind_here()
    try:
        found = people.groups.get(kind, group)
    except PeopleError as error:
        raise OperatorError(f"{error.message} See which there are with: sardonyx {kind} list") from error
    asked = Look(after and after.date(), before and before.date(), what, page).asked(ZONE)
    if as_table:
        actions = people.actions.of(group, whole(asked))
        click.echo(table(actions, people.names.ever(), {group: found.title}).decode(), nl=False)
        return
    actions, names = people.actions.of(group, asked), {**people.names.ever(), **people.names.shown()}
    with speaking("en"):
        for action in actions[:PART]:
            click.echo(say_action(action, names))
    if len(actions) > PART:
        click.echo(f"There is more: --page {page + 1}", err=True)


def say_action(action: Action, names: Mapping[str, str]) -> str:
    """Say in a line what somebody did.

    Args:
        names: of people, by id.
    """
    who = "the operator" if action.who == OPERATOR else names.get(action.who, action.who)
    words, count = Words(), len(action.people)
    whom = "" if action.people == (action.who,) else words.named(action.people, names)
    at = f"{action.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    parts = (at, who, words.done(action), words.people(count) if count > words.most_named else whom, action.detail)
    return " ".join(filter(None, parts))
