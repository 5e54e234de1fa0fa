"""Many classes or events on the command line: which have something wrong, and what is done to several at once."""

from typing import Any

import click

from sardonyx_hub_config.commands.live import kind_here
from sardonyx_hub_config.commands.people_api import groups_api
from sardonyx_hub_config.commands.people_here import people_here
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Kind
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.operation.group_list import AT_ONCE, MOST_DAYS, SHOWS, USUAL_DAYS
from sardonyx_services.people.web.operation.moved_end import MOST_DAYS as MOST_MOVED

TOGETHER = 50
"""So many are asked for at once: the service answers when it is through with them."""
QUESTIONS = {
    "leader": "Let {name} lead",
    "move": "Move the end of",
    "stop": "Stop all servers of",
    "say": "Say this to everybody who is in",
    "end": "End, for good,",
}


@click.command()
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--show", type=click.Choice(SHOWS), default="all", help="Only those; wrong: with anything wrong.")
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=USUAL_DAYS,
    show_default=True,
    help="What ends within so many days ends soon.",
)
@click.option("--ids", is_flag=True, help="Print nothing but ids, for another command.")
def find(words: tuple[str, ...], *, show: str, days: int, ids: bool) -> None:
    """List those with all WORDs in their title, their id or a name of who leads them, with what is wrong; that comes first."""
    api, text, page = groups_api(kind_here()), " ".join(words), 1
    while found := api.find({"show": show, "text": text, "days": days, "page": page}):
        for each in found:
            click.echo(each["id"] if ids else say_group(each))
        page += 1
        if len(found) < AT_ONCE:
            break


@click.command()
@click.argument("groups", metavar="ID...", nargs=-1, required=True)
@click.option("--leader", metavar="NAME", help="Let them lead all of these, beside who does already.")
@click.option(
    "--move", type=click.IntRange(-MOST_MOVED, MOST_MOVED), metavar="DAYS", help="Move their end; -7: sooner."
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="Move their end to that day.")
@click.option("--stop", is_flag=True, help="Stop all of their servers, also of who leads them.")
@click.option("--say", metavar="TEXT", help="Say it to everybody whose server of them runs: JupyterLab shows it.")
@click.option("--end", is_flag=True, help="End them, for good.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def many(groups: tuple[str, ...], *, yes: bool, **typed: Any) -> None:
    """Do one thing to all of these IDs. What cannot be done to one is said, and keeps no other from it."""
    wish, kind = wish_of(typed), kind_here()
    _settings, people = people_here()
    chosen = {group: _title_and_changes(people, kind, group) for group in groups}
    if not yes:
        for group, (title, _changed) in chosen.items():
            click.echo(f"{group}  {title}")
        question = QUESTIONS[wish["do"]].format(**wish)
        if not click.confirm(f"{question} these {len(chosen)}?" if len(chosen) > 1 else f"{question} this one?"):
            click.echo("Nothing was changed.")
            return
    those = [{"id": group, "changed": changed} for group, (_title, changed) in chosen.items()]
    api, left = groups_api(kind), 0
    for first in range(0, len(those), TOGETHER):
        for each in api.act({**wish, "groups": those[first : first + TOGETHER]}):
            click.echo(f"{each['id']}  {each['title']}: {each['message']}")
            left += not each["is_done"]
    if left:
        raise OperatorError(f"it was not done to {left} of {len(those)}: see above.")


GROUPS = (find, many)
"""The commands, for `sardonyx class` and `sardonyx event` alike."""


def say_group(found: dict[str, Any]) -> str:
    """Say in a line what a class or an event is, and what is wrong with it."""
    led = ", ".join(found["leaders"]) or "nobody"
    said = f"{found['id']}  {found['people']:>4} people {found['running']:>4} running  {found['title']} (led by {led})"
    faults = " ".join(fault["message"] for fault in found["faults"])
    return f"{said}: {faults}" if faults else said


def wish_of(typed: dict[str, Any]) -> dict[str, Any]:
    """Return what is to be done, as the service takes it.

    Raises:
        OperatorError: nothing, or more than one thing.
    """
    wishes: list[dict[str, Any]] = [
        {"do": "leader", "name": typed["leader"]} if typed["leader"] is not None else {},
        {"do": "move", "days": typed["move"]} if typed["move"] is not None else {},
        {"do": "move", "day": f"{typed['until']:%Y-%m-%d}"} if typed["until"] is not None else {},
        {"do": "stop"} if typed["stop"] else {},
        {"do": "say", "text": typed["say"]} if typed["say"] is not None else {},
        {"do": "end"} if typed["end"] else {},
    ]
    said = [wish for wish in wishes if wish]
    if len(said) != 1:
        raise OperatorError(
            "say one thing that is to be done: --leader, --move, --until, --stop, --say or --end. Nothing was changed."
        )
    return said[0]


def _title_and_changes(people: PeopleStore, kind: Kind, group: str) -> tuple[str, int]:
    """Return what one is called, and how often it was changed, so that nobody answers for what it is no more."""
    try:
        title = people.groups.get(kind, group).title
        details = people.classes.details(group) if kind == "class" else people.events.details(group)
    except PeopleError as error:
        raise OperatorError(
            f"{error.message} Nothing was changed. See which there are with: sardonyx {kind} list"
        ) from error
    return title, details.changed
