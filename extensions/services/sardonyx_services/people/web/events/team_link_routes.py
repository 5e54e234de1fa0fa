"""What a team of an event has, for whoever has its link: a page, and the archive. Nobody has to sign in for it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.events.api_models import TeamLinkShown
from sardonyx_services.people.web.pages import as_file
from sardonyx_services.people.web.parts import Here, Who

router = APIRouter(include_in_schema=False)
api_router = APIRouter(prefix="/api/events/{event}")


@router.get("/take/{code}")
async def show(request: Request, here: Here, code: str) -> Response:
    """Show whose files a link leads to: what only looks at a link, such as a program for mail, takes nothing."""
    here.callers.speak_to(request)
    taken = await run_in_threadpool(here.team_links.taken, code)
    return here.pages.open("take.html", taken=taken, address=f"{here.root}take/{code}/copy.zip")


@router.get("/take/{code}/copy.zip")
async def take(request: Request, here: Here, code: str) -> Response:
    """Send what the team has."""
    here.callers.speak_to(request)
    taken = await run_in_threadpool(here.team_links.taken, code)
    member = await run_in_threadpool(here.team_links.member, taken)
    made = await run_in_threadpool(here.copies.of_team, member.name, taken.team.id)
    await run_in_threadpool(here.team_links.note, taken)
    return StreamingResponse(made, media_type="application/zip", headers=as_file(f"{taken.team.title}.zip"))


@api_router.get("/teams")
def teams(here: Here, who: Who, event: str) -> list[TeamLinkShown]:
    """List the teams of an event that is on or still read, with the links by which what they have is taken."""
    return [
        TeamLinkShown(team=each.team.id, title=each.team.title, link=each.address)
        for each in here.team_links.of(who, event)
    ]
