"""What is somebody's own here: all of it in one archive, with what is known of them."""

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.pages import as_file
from sardonyx_services.people.web.parts import Here, Parts, Who

router = APIRouter(prefix="/me", include_in_schema=False)
api_router = APIRouter(prefix="/api/me")


@router.get("/copy.zip")
async def take(here: Here, who: Who) -> Response:
    """Send somebody everything that is theirs."""
    return await _copy(here, who)


@api_router.get("/copy.zip", response_class=Response)
async def copy(here: Here, who: Who) -> Response:
    """Return the caller's home, data and hand-ins as a ZIP archive, with `about-you.json`: what this place knows of them.

    On Kubernetes homes are not in it.
    """
    return await _copy(here, who)


async def _copy(here: Parts, who: Caller) -> Response:
    known = await run_in_threadpool(here.people.personal.of, who.id)
    made = await run_in_threadpool(here.copies.everything, who.name, who.id, known)
    return StreamingResponse(made, media_type="application/zip", headers=as_file(f"{who.name}.zip"))
