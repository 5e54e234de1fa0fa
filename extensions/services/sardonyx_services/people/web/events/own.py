"""What somebody has in an event who takes part in it: their account, their team, and what they take with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.errors import NoEventError, RefusedError
from sardonyx_services.people.web.events.seat_desk import SeatSeen
from sardonyx_services.people.web.kept.keeping import check_lasts, of_team
from sardonyx_services.people.web.kept.keeps import Keep
from sardonyx_services.people.web.pages import as_file
from sardonyx_services.people.web.parts import Parts
from sardonyx_spawner.language import _


@dataclass(frozen=True)
class Own:
    """What somebody has in an event.

    Args:
        own: their account; None = they came in otherwise.
        team: who is in their team by now; [] = they are in none.
        host: what people call whose server that of the team is; "" = there is none, or it is their own.
        code: with which they come in.
    """

    own: SeatSeen | None
    team: Sequence[SeatSeen]
    host: str
    code: str


async def own(here: Parts, who: Caller, event: str) -> Own:
    """Return what somebody has in an event.

    Raises:
        RefusedError: they are not in it.
    """
    seen = await run_in_threadpool(here.events.seen, who, event, Level.MEMBER)
    own, team = await run_in_threadpool(here.seats.own_team, who, event)
    code = await run_in_threadpool(here.seats.code, who, own.seat) if own is not None else ""
    works = seen.details.team_servers and seen.state == "on"
    host = await here.event_room.host(own, team) if own is not None and works else ""
    return Own(own, team, host, code)


async def copied(here: Parts, who: Caller, event: str) -> Response:
    """Return the archive of what somebody has in an event.

    Raises:
        RefusedError: they have no account in it, or it cannot be read now.
    """
    own = await run_in_threadpool(here.seats.own_seat, who, event)
    if own is None:
        raise NoEventError
    made = await run_in_threadpool(here.copies.archive, who.name, who.id, own.seat.team)
    return StreamingResponse(made, media_type="application/zip", headers=as_file(f"{who.name}.zip"))


async def kept(here: Parts, who: Caller, event: str, *, begin: bool = False) -> Keep:
    """Return how far what somebody keeps of their team is.

    Args:
        begin: copy it, in the background.

    Raises:
        RefusedError: they have no account in it, no team, or no data that lasts.
    """
    own = await run_in_threadpool(here.seats.own_seat, who, event)
    if own is None:
        raise NoEventError
    check_lasts(who)
    if own.team is None:
        raise RefusedError(_("You are in no team. What is in your own data stays yours."))
    seen = await run_in_threadpool(here.events.seen, who, event, Level.MEMBER)
    order = of_team(seen.group.title, event, own.team.id)
    return here.keeps.start(who, order) if begin else here.keeps.of(who, order)
