"""What is live of an event, and what is done with the servers of its people: pages, and for programs."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.api_models import MessageWish, ServersWish
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.events.api_models import EventLiveShown, TeamLiveShown
from sardonyx_services.people.web.events.room import EventNow, event_now
from sardonyx_services.people.web.events.routes import stored_of
from sardonyx_services.people.web.events.typed_address import TypedAddress
from sardonyx_services.people.web.live import forms as server_forms
from sardonyx_services.people.web.live.live import Row, counts_of, reach_of
from sardonyx_services.people.web.live.models import RowShown, RunShown
from sardonyx_services.people.web.live.runs import Run
from sardonyx_services.people.web.pages import qr_code, see
from sardonyx_services.people.web.parts import Here, Parts, Who

router = APIRouter(prefix="/events/{event}", include_in_schema=False)
api_router = APIRouter(prefix="/api/events/{event}")


@router.get("/live")
async def figures(request: Request, here: Here, who: Who, event: str) -> Response:
    """Return the figures of the event's page, for its script."""
    seen = await run_in_threadpool(here.events.seen, who, event, Level.INSTRUCTOR)
    now, _rows, _run = await _now(here, who, event)
    return here.pages.page(request, who, "event_now.html", seen=seen, now=now, stored=await stored_of(here, seen))


@router.get("/rows")
async def rows(request: Request, here: Here, who: Who, event: str) -> Response:
    """Return the rows of the event's page, for its script."""
    found, run = await here.event_servers.live(who, event)
    told = {"event": event, "rows": found, "counts": counts_of(found), "reach": reach_of(found), "run": run}
    room = await here.event_servers.room(who, event)
    return here.pages.page(request, who, "server_rows.html", room=room, **told)


@router.get("/wall")
async def wall(request: Request, here: Here, who: Who, event: str) -> Response:
    """Show the event as all see it on a large screen: no name, and no code."""
    seen = await run_in_threadpool(here.events.seen, who, event, Level.INSTRUCTOR)
    now, _rows, _run = await _now(here, who, event)
    address = here.seats.code_address("").rstrip("#")
    told = {"seen": seen, "now": now, "address": TypedAddress(here.seats.said_address), "picture": qr_code(address)}
    return here.pages.page(request, who, "wall.html", **told)


@router.post("/servers")
async def servers(request: Request, here: Here, who: Who, event: str) -> Response:
    """Start or stop servers: those of everybody, or of the ticked people."""
    await server_forms.start_or_stop(here.event_servers, request, who, event)
    return _at(here, event)


@router.post("/word")
async def word(request: Request, here: Here, who: Who, event: str) -> Response:
    """Say something to everybody who is here, or bring them new material."""
    await server_forms.say_or_bring(here.event_servers, request, who, event)
    return _at(here, event)


@router.post("/hand-out")
async def hand_out_file(request: Request, here: Here, who: Who, event: str) -> Response:
    """Hand out a file to everybody."""
    await server_forms.hand_out(here.event_hand_outs, request, who, event)
    return _at(here, event)


@api_router.get("/live")
async def live(here: Here, who: Who, event: str) -> EventLiveShown:
    """Return who is in, and what their servers do now."""
    now, found, run = await _now(here, who, event)
    teams = [
        TeamLiveShown(
            team=row.team.id if row.team else "",
            title=row.team.title if row.team else "",
            accounts=row.seats,
            people=len(row.people),
            running=row.running,
            problems=list(row.problems),
        )
        for row in now.teams
    ]
    return EventLiveShown(
        accounts=now.seats,
        people=now.people,
        running=now.running,
        teams=teams,
        counts=counts_of(found),
        run=RunShown.of(run),
        rows=[RowShown.of(row) for row in found],
    )


@api_router.post("/start", status_code=202)
async def start(here: Here, who: Who, event: str, wish: ServersWish) -> RunShown:
    """Start servers, a few at a time; `live` says how far that is. Of a team that works in one server, one."""
    return RunShown.of(await here.event_servers.start(who, event, wish.names))


@api_router.post("/stop", status_code=202)
async def stop(here: Here, who: Who, event: str, wish: ServersWish) -> RunShown:
    """Stop the servers of the event that run; others of its people go on."""
    return RunShown.of(await here.event_servers.stop(who, event, wish.names))


@api_router.post("/messages", status_code=202)
async def say(here: Here, who: Who, event: str, wish: MessageWish) -> RunShown:
    """Say something to everybody whose server of the event runs: JupyterLab shows it."""
    return RunShown.of(await here.event_servers.say(who, event, wish.text))


@api_router.post("/material", status_code=202)
async def bring(here: Here, who: Who, event: str) -> RunShown:
    """Bring new material to everybody whose server of the event runs, around what they changed."""
    return RunShown.of(await here.event_servers.bring(who, event))


@api_router.put("/hand-outs/{name}", status_code=202)
async def hand_out(request: Request, here: Here, who: Who, event: str, name: str) -> RunShown:
    """Hand out the file that is the body, 1 MB at most, under this name."""
    return RunShown.of(await here.event_hand_outs.hand_out(who, event, name, await request.body()))


async def _now(here: Parts, who: Caller, event: str) -> tuple[EventNow, list[Row], Run]:
    seats = await run_in_threadpool(here.seats.seats, who, event)
    found, run = await here.event_servers.live(who, event)
    return event_now(seats, found), found, run


def _at(here: Parts, event: str) -> Response:
    return see(f"{here.root}events/{event}")
