"""What happens in an event now: who is in, what runs, which team needs help."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sardonyx_services.people.seats import Team
from sardonyx_services.people.web.errors import AwayError
from sardonyx_services.people.web.events.seat_desk import SeatSeen
from sardonyx_services.people.web.hub import Hub, Server
from sardonyx_services.people.web.live.live import Row, Watch


@dataclass(frozen=True)
class TeamRow:
    """A team, or all who are in none.

    Args:
        team: None = those without a team.
        seats: accounts that it has.
        people: those who are in, with their servers.
    """

    team: Team | None
    seats: int
    people: tuple[Row, ...]

    @property
    def running(self) -> int:
        """How many of their servers run, or start."""
        return sum(len(row.servers) for row in self.people)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, each with who has it."""
        return tuple(f"{row.shown_name}: {row.problem}" for row in self.people if row.problem)


@dataclass(frozen=True)
class EventNow:
    """An event as it is now.

    Args:
        teams: those with a problem first.
    """

    teams: tuple[TeamRow, ...]
    seats: int
    people: int
    running: int

    @property
    def has_teams(self) -> bool:
        """Whether anybody is in a team."""
        return any(row.team is not None for row in self.teams)

    @property
    def problems(self) -> int:
        """How many teams have a problem."""
        return sum(bool(row.problems) for row in self.teams)


def event_now(seats: Sequence[SeatSeen], rows: Iterable[Row]) -> EventNow:
    """Return what happens in an event, from its accounts and what their servers do."""
    of = {row.id: row for row in rows}
    teams: dict[str, list[SeatSeen]] = {}
    for each in seats:
        teams.setdefault(each.seat.team, []).append(each)
    found = [
        TeamRow(
            inside[0].team,
            len(inside),
            tuple(of[each.person.id] for each in inside if each.person is not None and each.person.id in of),
        )
        for inside in teams.values()
    ]
    found.sort(key=lambda row: not row.problems)
    running = sum(row.running for row in found)
    return EventNow(tuple(found), len(seats), sum(each.person is not None for each in seats), running)


def host_of(own: SeatSeen, team: Iterable[SeatSeen], servers: Iterable[Server]) -> str:
    """Return what people call the one whose server that of somebody's team is; "" = there is none, or it is their own.

    Args:
        team: who is in it.
    """
    of = {each.person.name: each for each in team if each.person is not None}
    hosts = (each.name for each in servers if each.team and each.team == own.seat.team and each.state == "running")
    host = next((of[name] for name in hosts if name in of), own)
    return host.shown_name if host.seat != own.seat else ""


class EventRoom:
    """Looks for the servers of teams."""

    def __init__(self, hub: Hub) -> None:
        self._watch = Watch(hub.servers)

    async def host(self, own: SeatSeen, team: Sequence[SeatSeen]) -> str:
        """Return what `host_of` does; "" also where the hub does not answer: then people start one of their own."""
        try:
            return host_of(own, team, await self._watch.servers())
        except AwayError:
            return ""
