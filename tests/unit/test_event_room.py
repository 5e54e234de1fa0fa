"""Whose server the team of somebody in an event has, from what the hub says."""

from datetime import UTC, datetime

import pytest

from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.seats import Seat, Team
from sardonyx_services.people.web.events.room import host_of
from sardonyx_services.people.web.events.seat_desk import SeatSeen
from sardonyx_services.people.web.hub import Server, server_of

NOW = datetime(2026, 12, 11, 9, tzinfo=UTC)


def seat(number: int, full_name: str) -> SeatSeen:
    """Return an account of the team Kite that somebody has."""
    name = f"days-{number}"
    person = PersonRecord(f"id{number}", name, "event", name, is_admin=False, created=NOW, full_name=full_name)
    taken = Seat("evnt2345", number, "kite2345", 1, person.id, NOW, 1, is_kept=False)
    return SeatSeen(taken, Team("kite2345", "Kite"), person, number, 2)


ADA, BEN = seat(1, "Ada"), seat(2, "")


def server(name: str, state: str = "running", team: str = "kite2345") -> Server:
    """Return a server, as the hub tells of it."""
    return server_of({"name": name, "server": "", "state": state, "profile": "event-evnt2345", "team": team})


@pytest.mark.parametrize(
    ("servers", "host"),
    [
        pytest.param([server("days-1")], "Ada", id="of another one"),
        pytest.param([server("days-2")], "", id="their own"),
        pytest.param([server("days-1", "starting")], "", id="not there yet"),
        pytest.param([server("days-1", team="")], "", id="of one of the team, and theirs alone"),
        pytest.param([server("days-9", team="heron234")], "", id="another team's"),
        pytest.param([server("days-9")], "", id="of who has left the team"),
        pytest.param([], "", id="none"),
    ],
)
def test_somebody_is_told_whose_server_their_team_has(servers: list[Server], host: str) -> None:
    """By what people call them."""
    assert host_of(BEN, [ADA, BEN], servers) == host
