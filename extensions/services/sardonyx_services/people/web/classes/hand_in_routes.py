"""What was handed in in a class: as a page, as a list for programs, and as one archive."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.moments import moment_of
from sardonyx_services.people.web.api_models import HandInShown
from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.classes.hand_ins import Handed, handed_in
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.pages import as_file, see
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_spawner.language import SaidError

router = APIRouter(prefix="/classes/{class_id}", include_in_schema=False)
api_router = APIRouter(prefix="/api/classes/{class_id}")


@router.get("/hand-ins")
def hand_ins(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show who has handed in what."""
    return _page(request, here, who, class_id)


@router.post("/hand-ins")
async def extend(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Give somebody more time, or take it back."""
    form = await request.form()
    name, text = str(form.get("name", "")), str(form.get("until", ""))
    seen = await run_in_threadpool(here.desk.seen, who, class_id, Level.STAFF)
    try:
        until = moment_of(text, seen.details.zone)
        await run_in_threadpool(here.deadlines.extend, who, class_id, name, until)
    except SaidError as error:
        return await run_in_threadpool(_page, request, here, who, class_id, error.message)
    return see(f"{here.root}classes/{class_id}/hand-ins")


@router.get("/hand-ins.zip")
async def collect(here: Here, who: Who, class_id: str) -> Response:
    """Send all of it."""
    return await _archive(here, who, class_id)


@api_router.get("/hand-ins")
def list_hand_ins(here: Here, who: Who, class_id: str) -> list[HandInShown]:
    """List the files that were handed in."""
    _seen, handed = _handed(here, who, class_id)
    return [
        HandInShown(name=each.member.person.name, path=file.path, size=file.size, changed=file.changed)
        for each in handed
        for file in each.files
    ]


@api_router.get("/hand-ins.zip", response_class=Response)
async def collect_hand_ins(here: Here, who: Who, class_id: str) -> Response:
    """Return all of it as a ZIP archive: a folder for each person, and `hand-ins.csv` with all files."""
    return await _archive(here, who, class_id)


def _page(request: Request, here: Parts, who: Caller, class_id: str, fault: str = "") -> Response:
    seen, handed = _handed(here, who, class_id)
    extensions = here.deadlines.extensions(who, class_id)
    told = {"seen": seen, "handed": handed, "extensions": extensions, "fault": fault}
    return here.pages.page(request, who, "hand_ins.html", 400 if fault else 200, **told)


def _handed(here: Parts, who: Caller, class_id: str) -> tuple[Seen, Sequence[Handed]]:
    seen = here.desk.seen(who, class_id, Level.STAFF)
    return seen, handed_in(here.desk.members(who, class_id), here.hand_ins.files(who.name, class_id))


async def _archive(here: Parts, who: Caller, class_id: str) -> Response:
    seen = await run_in_threadpool(here.desk.seen, who, class_id, Level.STAFF)
    members = await run_in_threadpool(here.desk.members, who, class_id)
    parts = await run_in_threadpool(here.hand_ins.archive, who.name, class_id, members)
    await run_in_threadpool(here.desk.collected, who, class_id)
    return StreamingResponse(parts, media_type="application/zip", headers=as_file(f"{seen.group.title}.zip"))
