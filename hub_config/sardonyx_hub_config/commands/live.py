"""What those who lead a class or an event do with its servers, on the command line: beside a Sardonyx that runs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from sardonyx_hub_config.commands.people_api import GroupApi, Progress, content_of, group_api
from sardonyx_hub_config.errors import OperatorError
from sardonyx_services.people.groups import Kind
from sardonyx_services.people.web.words import Words
from sardonyx_spawner.amounts import say_memory
from sardonyx_spawner.language import speaking

NOBODY = "There was nobody to do that for."
id_argument = click.argument("group", metavar="ID")
some_argument = click.argument("names", metavar="[NAME]...", nargs=-1)
one_argument = click.argument("name")


@click.command()
@id_argument
def live(group: str) -> None:
    """Say what everybody's server does, those with a problem first."""
    for row in group_api(kind_here(), group).ask("GET", "live")["rows"]:
        click.echo(say_row(row))


@click.command()
@id_argument
@some_argument
def start(group: str, names: tuple[str, ...]) -> None:
    """Start the servers of everybody who is not here, or those of NAMEs, a few at a time."""
    _go(group_api(kind_here(), group), "started", "POST", "start", {"names": names or None})


@click.command()
@id_argument
@some_argument
def stop(group: str, names: tuple[str, ...]) -> None:
    """Stop the servers that run, or those of NAMEs; other servers of these people go on."""
    _go(group_api(kind_here(), group), "stopped", "POST", "stop", {"names": names or None})


@click.command()
@id_argument
@click.argument("text")
def say(group: str, text: str) -> None:
    """Say TEXT to everybody whose server runs: JupyterLab shows it."""
    _go(group_api(kind_here(), group), "told", "POST", "messages", {"text": text})


@click.command()
@id_argument
def material(group: str) -> None:
    """Bring new material to everybody whose server runs, around what they changed."""
    _go(group_api(kind_here(), group), "brought up to date", "POST", "material")


@click.command("hand-out")
@id_argument
@click.argument("file", type=click.Path(path_type=Path))
def hand_out(group: str, file: Path) -> None:
    """Put FILE, of 1 MB at most, where JupyterLab opens for everybody whose server runs; others find it in what is shared."""
    api = group_api(kind_here(), group)
    _go(api, "given it", "PUT", f"hand-outs/{file.name}", content_of(file))


@click.command("put-back")
@id_argument
@one_argument
@click.argument("path")
@click.option("--folder", default="", help="Of the repository, in the home, where there are several.")
def put_back(group: str, name: str, path: str, folder: str) -> None:
    """Put PATH of the material back as it was brought, in the server of NAME; what they wrote stays beside it."""
    wish = {"path": path, "folder": folder}
    said = group_api(kind_here(), group).ask("POST", f"people/{name}/put-back", wish)
    if said["problem"]:
        raise OperatorError(f"nothing was done. {said['problem']}")
    click.echo(f"“{path}” is as it is in the material again, in the home of {name}.")


LIVE = (live, start, stop, say, material, hand_out, put_back)
"""The commands, for `sardonyx class` and `sardonyx event` alike."""


def say_row(row: Mapping[str, Any]) -> str:
    """Say in a line what somebody's server does."""
    with speaking("en"):
        parts = [f"{row['name']:<24} {Words().state(row['state']):<18}"]
    if len(row["servers"]) > 1:
        parts.append(f"{len(row['servers'])} servers")
    elif row["server"]:
        parts.append(f"server “{row['server']}”")
    if row["memory"] is not None:
        limit = f" of {say_memory(row['memory_limit'])}" if row["memory_limit"] else ""
        parts.append(f"memory {say_memory(row['memory'])}{limit}")
    if row["seen"] is not None:
        parts.append(f"last seen {_time(datetime.fromisoformat(row['seen']))}")
    return "  ".join(filter(None, (*parts, row["team"], row["problem"] or row["step"]))).rstrip()


def kind_here() -> Kind:
    """Return what the command is about: its group's name says that."""
    within = click.get_current_context().parent
    return "event" if within is not None and within.info_name == "event" else "class"


def _go(api: GroupApi, done: str, method: str, path: str, body: Any = None) -> None:
    """Begin something, and follow it to its end.

    Raises:
        SystemExit: it was not done for somebody.
    """
    now = Progress.of(api.ask(method, path, body))
    with click.progressbar(length=now.total, label=f"{now.total} to be {done}") as bar:
        while now.goes_on:
            before, now = now, api.look_again()
            bar.update(now.done - before.done)
    for name, why in sorted(now.refused.items()):
        click.echo(f"{name}: {why}")
    click.echo(f"{now.total - len(now.refused)} of {now.total} were {done}." if now.total else NOBODY)
    if now.refused:
        raise SystemExit(1)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
