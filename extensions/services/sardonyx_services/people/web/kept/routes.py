"""What somebody keeps of a class in their own data: asked for and looked at, as a page and for programs."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.kept.keeping import Order, of_class, of_hand_ins
from sardonyx_services.people.web.kept.keeps import Keep
from sardonyx_services.people.web.kept.models import KeepShown
from sardonyx_services.people.web.pages import see
from sardonyx_services.people.web.parts import Here, Parts, Who

router = APIRouter(prefix="/classes/{class_id}", include_in_schema=False)
api_router = APIRouter(prefix="/api/classes/{class_id}")


@router.get("/keep")
async def show(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show how far it is."""
    seen = await run_in_threadpool(here.desk.seen, who, class_id, Level.MEMBER)
    return _page(request, here, who, seen, _own(who, seen))


@router.post("/keep")
async def keep(here: Here, who: Who, class_id: str) -> Response:
    """Copy what somebody handed in, and what is shared, into their own data."""
    await _begin(here, who, class_id)
    return see(f"{here.root}classes/{class_id}/keep")


@router.get("/hand-ins/keep")
async def show_hand_ins(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show how far it is."""
    seen = await run_in_threadpool(here.desk.seen, who, class_id, Level.STAFF)
    return _page(request, here, who, seen, await _hand_ins(here, who, seen))


@router.post("/hand-ins/keep")
async def keep_hand_ins(here: Here, who: Who, class_id: str) -> Response:
    """Copy all that was handed in into the data of somebody of the staff."""
    await _begin_hand_ins(here, who, class_id)
    return see(f"{here.root}classes/{class_id}/hand-ins/keep")


@api_router.get("/keep")
async def kept(here: Here, who: Who, class_id: str) -> KeepShown:
    """Return how far what the caller keeps of a class is."""
    seen = await run_in_threadpool(here.desk.seen, who, class_id, Level.MEMBER)
    return KeepShown.of(here.keeps.of(who, _own(who, seen)))


@api_router.post("/keep", status_code=202)
async def begin(here: Here, who: Who, class_id: str) -> KeepShown:
    """Copy what the caller has handed in, and what is shared in the class, into their own data, in the background."""
    return KeepShown.of(await _begin(here, who, class_id))


@api_router.get("/hand-ins/keep")
async def kept_hand_ins(here: Here, who: Who, class_id: str) -> KeepShown:
    """Return how far what somebody of the staff keeps of all that was handed in is."""
    seen = await run_in_threadpool(here.desk.seen, who, class_id, Level.STAFF)
    return KeepShown.of(here.keeps.of(who, await _hand_ins(here, who, seen)))


@api_router.post("/hand-ins/keep", status_code=202)
async def begin_hand_ins(here: Here, who: Who, class_id: str) -> KeepShown:
    """Copy all that was handed in into the caller's own data, in the background: a folder for each person, and a list."""
    return KeepShown.of(await _begin_hand_ins(here, who, class_id))


def _own(who: Caller, seen: Seen) -> Order:
    return of_class(who, seen.group.title, seen.group.id, hands_in=seen.role == "student")


async def _hand_ins(here: Parts, who: Caller, seen: Seen) -> Order:
    members = await run_in_threadpool(here.desk.members, who, seen.group.id)
    names = {member.person.id: member.person.name for member in members}
    return of_hand_ins(seen.group.title, seen.group.id, names)


async def _begin(here: Parts, who: Caller, class_id: str) -> Keep:
    seen = await run_in_threadpool(here.endings.leaving_with, who, class_id)
    return here.keeps.start(who, _own(who, seen))


async def _begin_hand_ins(here: Parts, who: Caller, class_id: str) -> Keep:
    await run_in_threadpool(here.desk.seen, who, class_id, Level.STAFF)
    seen = await run_in_threadpool(here.endings.leaving_with, who, class_id)
    made = here.keeps.start(who, await _hand_ins(here, who, seen))
    await run_in_threadpool(here.desk.collected, who, class_id)
    return made


def _page(request: Request, here: Parts, who: Caller, seen: Seen, order: Order) -> Response:
    back = f"classes/{seen.group.id}"
    address = f"{back}/hand-ins/keep" if order.is_of_all else f"{back}/keep"
    told = {"group": seen.group, "ended": seen.group.ended, "back": back, "address": address}
    return here.pages.page(request, who, "keep.html", keep=here.keeps.of(who, order), **told)
