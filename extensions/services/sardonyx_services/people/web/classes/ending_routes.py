"""The end of a class, and what its people take with them: pages, and for programs."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.web.api_models import AfterEndWish, StepShown
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.pages import as_file, see
from sardonyx_services.people.web.parts import Here, Parts, Who

router = APIRouter(prefix="/classes/{class_id}", include_in_schema=False)
api_router = APIRouter(prefix="/api/classes/{class_id}")
COPYING = {"copy": True, "no-copy": False}


@router.get("/timeline")
def show(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show what comes when."""
    return _timeline(request, here, who, class_id)


@router.post("/timeline")
async def decide(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Keep the class's data after its end, or let it be deleted; copy what was handed in to its people before, or not."""
    do = str((await request.form()).get("do", ""))
    try:
        if do in COPYING:
            await run_in_threadpool(partial(here.endings.copy_out, who, class_id, exporting=COPYING[do]))
        else:
            await run_in_threadpool(here.endings.decide, who, class_id, do)  # type: ignore[arg-type]  # what is neither is refused
    except PeopleError as error:
        return await run_in_threadpool(_timeline, request, here, who, class_id, error.message)
    return _at(here, class_id)


@router.get("/copy.zip")
async def take(here: Here, who: Who, class_id: str) -> Response:
    """Send somebody what is theirs in the class, and what is shared in it."""
    return await _copy(here, who, class_id)


@router.get("/end")
def ask(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Ask before the class is ended."""
    seen = here.desk.seen(who, class_id, Level.INSTRUCTOR)
    return here.pages.page(request, who, "end.html", seen=seen, count=len(here.desk.members(who, class_id)))


@router.post("/end")
def end(here: Here, who: Who, class_id: str) -> Response:
    """End the class."""
    here.endings.end(who, class_id)
    return _at(here, class_id)


@api_router.get("/timeline")
def steps(here: Here, who: Who, class_id: str) -> list[StepShown]:
    """List what was in a class and what comes when: made, begins, hand-in, over, ends (closed: both at once), export, delete or keep."""
    _seen, found = here.endings.steps(who, class_id)
    return [StepShown(step=each.name, at=each.at, is_done=each.is_done) for each in found]


@api_router.put("/after-end", status_code=204)
def set_after_end(here: Here, who: Who, class_id: str, wish: AfterEndWish) -> None:
    """Say what becomes of the class's data, also when it has ended, until that begins to be deleted."""
    if wish.exporting is not None:
        here.endings.copy_out(who, class_id, exporting=wish.exporting)
    if wish.after_end is not None:
        here.endings.decide(who, class_id, wish.after_end)


@api_router.get("/copy.zip", response_class=Response)
async def copy(here: Here, who: Who, class_id: str) -> Response:
    """Return what the caller has handed in, and what is shared in the class, as a ZIP archive."""
    return await _copy(here, who, class_id)


@api_router.post("/end", status_code=204)
def end_now(here: Here, who: Who, class_id: str) -> None:
    """End a class: nobody reaches its data any more; a day later it is deleted, if that is wanted."""
    here.endings.end(who, class_id)


def _timeline(request: Request, here: Parts, who: Caller, class_id: str, fault: str = "") -> Response:
    seen, found = here.endings.steps(who, class_id)
    told = {"seen": seen, "steps": found, "behind": here.endings.behind(seen), "fault": fault}
    told["may_copy"] = here.endings.may_copy(seen)
    return here.pages.page(request, who, "timeline.html", 409 if fault else 200, **told)


async def _copy(here: Parts, who: Caller, class_id: str) -> Response:
    seen = await run_in_threadpool(here.endings.leaving_with, who, class_id)
    hands_in = seen.role == "student"
    made = await run_in_threadpool(here.copies.of_class, who.name, who.id, class_id, hands_in=hands_in)
    return StreamingResponse(made, media_type="application/zip", headers=as_file(f"{seen.group.title}.zip"))


def _at(here: Parts, class_id: str) -> Response:
    return see(f"{here.root}classes/{class_id}/timeline")
