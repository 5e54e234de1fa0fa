"""What everybody in a class does now: from who is in it and what the hub says of servers, decided without either."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sardonyx_services.people.groups import STAFF, Role
from sardonyx_services.people.web.desk import Member
from sardonyx_services.people.web.hub import Server
from sardonyx_spawner.language import again

KEPT_S = 2.0
ORDER = ("failed", "running", "starting", "stopping", "elsewhere", "off")


@dataclass(frozen=True)
class Row:
    """Somebody in a class, and their server.

    Args:
        state: "failed", "running", "starting", "stopping", "off", or "elsewhere": they run something else.
        share: of its memory that the server uses; None = that is not known.
        problem: what is wrong, in words; "" = nothing.
        open_to: names of those of the staff whom they have let into their server.
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
    """Return a row for everybody, those with a problem first; for staff only while they have a server.

    Args:
        profile: slug of the class's own profile.
        refused: names of those whom the last "Start everyone" did not start, and why.
        unsaid: names of those whose server could not do what was last said to it, and why.
    """
    found = {server.name: server for server in servers if not server.server}
    staff = {member.person.name for member in members if member.role in STAFF}
    rows = []
    for member in members:
        name = member.person.name
        row = _row(member, found.get(name), profile, refused.get(name, ""))
        why = (unsaid or {}).get(name, "") if row.state == "running" and not row.problem else ""
        open_to = tuple(name for name in found[name].invited if name in staff) if row.state == "running" else ()
        rows.append(replace(row, problem=again(why) if why else row.problem, open_to=open_to))
    shown = [row for row in rows if row.role not in STAFF or row.state != "off"]
    return sorted(
        shown, key=lambda row: (not row.problem, ORDER.index(row.state), _as_counted(row.shown_name), row.name)
    )


def _as_counted(name: str) -> list[str | int]:
    """Return what names are ordered by: "student 2" comes before "student 10"."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"([0-9]+)", name.casefold())]


def counts_of(rows: Sequence[Row]) -> dict[str, int]:
    """Return how many there are, how many need help, how many run, how many do not."""
    return {
        "all": len(rows),
        "problem": sum(bool(row.problem) for row in rows),
        "on": sum(row.state in {"running", "starting"} for row in rows),
        "off": sum(row.state not in {"running", "starting"} for row in rows),
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

    async def servers(self) -> list[Server]:
        """Return what every server does.

        Raises:
            AwayError: the hub does not answer.
        """
        async with self._turn:
            until, found = self._kept
            if self._clock() >= until:
                found = await self._ask()
                self._kept = (self._clock() + KEPT_S, found)
            return found
