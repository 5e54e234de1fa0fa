"""`sardonyx audit`: who was given which access to data and secrets, and until when."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import click

from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.file import find_settings, load_settings
from sardonyx_services.credentials.audit import LINK_ENDED, Issued, read
from sardonyx_spawner.amounts import duration_seconds


@click.command()
@click.option("--person", default="", metavar="NAME", help="Only what this person got, by name or by id.")
@click.option("--server", default=None, metavar="NAME", help='Only for this server; "" is the one without a name.')
@click.option("--place", default="", metavar="PREFIX", help="Only what reaches this place, such as class/7mw2kfqd/.")
@click.option("--since", default="", metavar="DURATION", help="Only what was given in this time, such as 2h or 7d.")
@click.option("--living", is_flag=True, help="Only what has not ended yet.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON each, for programs.")
def audit(*, person: str, server: str | None, place: str, since: str, living: bool, as_json: bool) -> None:
    """List credentials that were issued, oldest first: when, to whom, for which server, what they reach, until when."""
    now = datetime.now(UTC)
    path = DataFolder(load_settings(find_settings(None)).data_folder).audit
    try:
        after = now - timedelta(seconds=duration_seconds(since)) if since else datetime.min.replace(tzinfo=UTC)
    except ValueError as error:
        raise OperatorError(f"“{since}” is no duration for --since: {error}.") from error
    try:
        taken_back = {issued.session for issued in read(path) if issued.service == LINK_ENDED} if living else set()
        found = [
            issued
            for issued in read(path)
            if issued.time >= after
            and (not living or (issued.until > now and issued.session not in taken_back))
            and (not person or person in {issued.name, issued.person})
            and (server is None or issued.server == server)
            and (not place or any(reaches(given, place) for given in issued.places))
        ]
    except OSError as error:
        raise OperatorError(f"{error.filename} cannot be read: {error.strerror}.") from error
    if as_json:
        for issued in found:
            click.echo(issued.to_json())
        return
    for line in table(found):
        click.echo(line)


def reaches(given: str, place: str) -> bool:
    """Tell whether a place of a line ("class/7mw2kfqd/shared/:r") and a place that is looked for have anything in common."""
    prefix = given.rpartition(":")[0]
    return prefix.startswith(place) or place.startswith(prefix)


def table(found: Iterable[Issued]) -> list[str]:
    """Return the lines for people, or the one that says that there are none."""
    lines = [
        f"{_minute(issued.time)}  {issued.name:<20} {issued.person:<16}  {issued.server or '-':<12}"
        f" {issued.service:<11} until {_minute(issued.until)}  {' '.join(issued.places)}"
        for issued in found
    ]
    return lines or ["Nothing was issued that fits. See how to ask with: sardonyx audit --help"]


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}Z"
