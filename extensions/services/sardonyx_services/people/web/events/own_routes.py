"""What people of an event see and do with what is theirs in it: its page for them, their name, and what they take with them."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.events.desk import EventSeen
from sardonyx_services.people.web.events.own import copied, kept, own
from sardonyx_services.people.web.markdown import rendered
from sardonyx_services.people.web.pages import see
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_spawner.language import SaidError

router = APIRouter(prefix="/events", include_in_schema=False)


@router.post("/{event}/name")
async def rename(request: Request, here: Here, who: Who, event: str) -> Response:
    """Call somebody otherwise, as they want it; or show their page with what is wrong with that name."""
    name = str((await request.form()).get("name", ""))
    try:
        await run_in_threadpool(here.seats.rename, who, event, name)
    except SaidError as error:
        seen = await run_in_threadpool(here.events.seen, who, event, Level.MEMBER)
        if seen.state != "on" or error.field != "name":
            raise
        return await participants_page(request, here, who, seen, error.message)
    return see(f"{here.root}events/{event}#yours")


@router.get("/{event}/copy.zip")
async def copy(here: Here, who: Who, event: str) -> Response:
    """Send somebody what is theirs, and what is of their team."""
    return await copied(here, who, event)


@router.get("/{event}/keep")
async def show_kept(request: Request, here: Here, who: Who, event: str) -> Response:
    """Show how far it is."""
    keep, seen = await kept(here, who, event), await run_in_threadpool(here.events.seen, who, event, Level.MEMBER)
    told = {"group": seen.group, "back": f"events/{event}", "address": f"events/{event}/keep"}
    return here.pages.page(request, who, "keep.html", keep=keep, ended=seen.group.ended, **told)


@router.post("/{event}/keep")
async def keep(here: Here, who: Who, event: str) -> Response:
    """Copy what somebody's team has into their own data, which lasts."""
    await kept(here, who, event, begin=True)
    return see(f"{here.root}events/{event}/keep")


async def participants_page(request: Request, here: Parts, who: Caller, seen: EventSeen, fault: str = "") -> Response:
    """Show an event to who takes part in it."""
    told = {"seen": seen, "welcome": rendered(seen.details.welcome), "fault": fault}
    told |= vars(await own(here, who, seen.group.id))
    return here.pages.page(request, who, "event_of_participant.html", 400 if fault else 200, **told)
