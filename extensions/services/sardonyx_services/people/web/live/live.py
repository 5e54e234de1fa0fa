"""What everybody in a class or an event does now: from who is in it and what the hub says of servers, decided without either."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sardonyx_services.people.groups import Role
from sardonyx_services.people.web.hub import Server
from sardonyx_services.people.web.members import LEADING, Member
from sardonyx_spawner.language import again

KEPT_S = 2.0
HERE = frozenset({"running", "starting", "elsewhere"})
"""Who has a server is not given another one."""
DOES_MOST = ("running", "starting", "stopping", "failed")
ORDER = ("failed", "running", "starting", "stopping", "elsewhere", "shared", "off")


@dataclass(frozen=True)
class Row:
    """Somebody in a class or an event, and their server.

    Args:
        state: "failed", "running", "starting", "stopping", "off", "elsewhere": they run something else, or "shared": they
            have none, and another one of their team has the server of the team.
        share: of its memory that the server uses; None = that is not known.
        problem: what is wrong, in words; "" = nothing.
        open_to: names of those who lead it whom they have let into their server.
        team: title of their team; "" = none.
        hosts: theirs is the server of the team.
        step: what a start waits for, in words; "" = nothing that is known.
        server: name of the one that this says it of; "" = the usual one, or none.
        servers: names of all of theirs that run or start.
    """

    id: str
    name: str
    full_name: str
    role: Role
    state: str
    since: datetime | None = None
    seen: datetime | None = None
    memory: int | None = None
    memory_limit: int | None = None
    problem: str = ""
    share: float | None = None
    open_to: tuple[str, ...] = ()
    team: str = ""
    hosts: bool = False
    step: str = ""
    server: str = ""
    servers: tuple[str, ...] = ()

    @property
    def shown_name(self) -> str:
        """What people call them."""
        return self.full_name or self.name


def rows_of(
    members: Sequence[Member],
    servers: Iterable[Server],
    profile: str,
    refused: Mapping[str, str],
    unsaid: Mapping[str, str] | None = None,
) -> list[Row]:
    """Return a row for everybody, those with a problem first; for who leads it only while they have a server.

    Servers count whatever their names are; of somebody who has several, a row is about the one with most to say.

    Args:
        profile: slug of the profile of the class or the event.
        refused: names of those whom the last "Start everyone" did not start, and why.
        unsaid: names of those whose server could not do what was last said to it, and why.
    """
    servers = list(servers)
    of: dict[str, list[Server]] = {}
    for server in servers:
        of.setdefault(server.name, []).append(server)
    leading = {member.person.name for member in members if member.role in LEADING}
    teams = hosted(servers)
    rows = []
    for member in members:
        name = member.person.name
        own = _own(of.get(name, ()), profile, leading)
        row = _row(member, _shown(own, of.get(name, ())), profile, refused.get(name, ""))
        on = [each for each in own if each.is_on]
        why = (unsaid or {}).get(name, "") if row.state == "running" else ""
        problem = row.problem or again(why) or next((each.trouble for each in on if each.trouble), "")
        open_to = tuple(name for name in own[0].invited if name in leading) if row.state == "running" else ()
        row = replace(row, problem=problem, open_to=open_to, servers=tuple(each.server for each in on))
        rows.append(_in_team(row, member, own, teams))
    shown = [row for row in rows if row.role not in LEADING or row.state != "off"]
    return sorted(
        shown, key=lambda row: (not row.problem, ORDER.index(row.state), _as_counted(row.shown_name), row.name)
    )


def hosted(servers: Iterable[Server]) -> set[str]:
    """Return the ids of the teams that have a server, or for which one starts."""
    return {server.team for server in servers if server.team and server.is_on}


def first_of_teams(members: Iterable[Member], servers: Iterable[Server]) -> list[Member]:
    """Return whose servers are started where teams work in one: the first of each team that has none, and who is in no team."""
    taken, first = hosted(servers), []
    for member in members:
        if member.team is None:
            first.append(member)
        elif member.team.id not in taken:
            taken.add(member.team.id)
            first.append(member)
    return first


def _own(theirs: Iterable[Server], profile: str, leading: set[str]) -> list[Server]:
    """Return somebody's servers of a profile: what does most first, then into what one who leads it is let, then the usual one."""
    return sorted(
        (each for each in theirs if each.profile == profile),
        key=lambda each: (DOES_MOST.index(each.state), leading.isdisjoint(each.invited), each.server),
    )


def _shown(own: Sequence[Server], theirs: Iterable[Server]) -> Server | None:
    """Return the server that somebody's row is about.

    Args:
        own: theirs of the class or the event, as `_own` returns them.
    """
    usual = next((each for each in theirs if not each.server), None)
    # Another one cannot be started in its place.
    is_taken = usual is not None and usual.is_on and usual not in own
    return own[0] if own and (own[0].is_on or not is_taken) else usual


def _in_team(row: Row, member: Member, own: Iterable[Server], teams: set[str]) -> Row:
    """Return a row with what there is to say of somebody's team.

    Args:
        teams: ids of those that have a server.
    """
    if member.team is None:
        return row
    hosts = any(each.team == member.team.id and each.is_on for each in own)
    is_shared = row.state == "off" and not row.problem and member.team.id in teams
    return replace(row, team=member.team.title, hosts=hosts, state="shared" if is_shared else row.state)


def _as_counted(name: str) -> list[str | int]:
    """Return what names are ordered by: "student 2" comes before "student 10"."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"([0-9]+)", name.casefold())]


def counts_of(rows: Sequence[Row]) -> dict[str, int]:
    """Return how many there are, how many need help, how many run, how many do not."""
    return {
        "all": len(rows),
        "problem": sum(bool(row.problem) for row in rows),
        "on": sum(row.state in {"running", "starting"} for row in rows),
        "off": sum(row.state not in {"running", "starting", "shared"} for row in rows),
    }


def reach_of(rows: Sequence[Row]) -> dict[str, int]:
    """Return how many servers are started, and stopped, for everybody: those of who leads it are left alone."""
    states = [row.state for row in rows if row.role not in LEADING]
    return {
        "start": sum(state not in HERE | {"shared"} for state in states),
        "stop": sum(len(row.servers) for row in rows if row.role not in LEADING),
    }


def _row(member: Member, server: Server | None, profile: str, refused: str) -> Row:
    person, refused = member.person, again(refused)
    known = (person.id, person.name, person.full_name, member.role)
    if server is None:
        return Row(*known, "off", problem=refused)
    if server.profile != profile:
        return Row(*known, "off" if server.state == "failed" else "elsewhere", seen=server.seen, problem=refused)
    return Row(
        *known,
        server.state,
        server.since,
        server.seen,
        server.memory,
        server.memory_limit,
        server.trouble,
        server.share,
        step=server.doing,
        server=server.server,
    )


class Watch:
    """Asks the hub once for all who look at the same time, and not more often than each `KEPT_S`.

    Args:
        ask: returns all servers.
    """

    def __init__(self, ask: Callable[[], Awaitable[list[Server]]], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._clock = ask, clock
        self._turn = asyncio.Lock()
        self._kept: tuple[float, list[Server]] = (0.0, [])

    async def servers(self, *, is_new: bool = False) -> list[Server]:
        """Return what every server does.

        Args:
            is_new: now, for who does something with them: one that has just started is missing in what was kept.

        Raises:
            AwayError: the hub does not answer.
        """
        async with self._turn:
            until, found = self._kept
            if is_new or self._clock() >= until:
                found = await self._ask()
                self._kept = (self._clock() + KEPT_S, found)
            return found
