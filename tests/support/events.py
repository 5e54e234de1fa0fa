"""Events by their pages, as organisers make them and people come in."""

import csv
from datetime import UTC, datetime, timedelta
from typing import Any

from support.visitors import Visitor


def make_event(place: Any, olga: Any, title: str, *, teams: int = 10, team_size: int = 4, accounts: int = 0) -> str:
    """Make an event that is on, with its form; return its id."""
    page, now = olga.page, datetime.now(UTC)
    page.goto(f"{place.url}/hub/home")
    page.get_by_role("link", name="Classes and events").click()
    page.get_by_role("link", name="Make an event").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Place", exact=True).fill("Main building, room 2.01")
    page.get_by_label("Begins").fill(f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("Ends").fill(f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("Time zone").fill("UTC")
    page.get_by_label("Teams").fill(str(teams))
    page.get_by_label("People in each").fill(str(team_size))
    page.get_by_label("People without a team").fill(str(accounts))
    page.get_by_label("Welcome").fill(f"# Programme\n\n* 9:00 coffee for {title}\n\n<script>alert(1)</script>")
    page.get_by_role("button", name="Make the event").click()
    page.get_by_role("heading", name=title).wait_for()
    return str(page.url.rpartition("/")[2])


def codes_of(place: Any, olga: Any, event: str) -> list[dict[str, str]]:
    """Return the table of codes."""
    answer = olga.page.context.request.get(f"{place.url}/services/people/events/{event}/cards.csv")
    return list(csv.DictReader(answer.body().decode("utf-8-sig").splitlines()))


def come_in(guest: Visitor, link: str, name: str) -> None:
    """Open what a QR code leads to, and say one's name."""
    guest.page.goto(link)
    guest.page.get_by_label("Your name").fill(name)
    guest.page.get_by_role("button", name="Come in").click()


def start_in_event(guest: Visitor, name: str) -> None:
    """Start a server of the event as whom the hub calls so; no other is offered."""
    guest.name = name
    guest.page.get_by_role("link", name="Start a server").click()
    assert guest.page.get_by_role("radio").count() <= 1
    guest.page.get_by_role("button", name="Start", exact=True).click()
    guest.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
