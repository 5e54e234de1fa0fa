"""Help for one person in a class or an event: a page, and for programs."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sardonyx_services.people.web.api_models import PutBackWish
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.live.helping import Helping
from sardonyx_services.people.web.live.models import ProblemShown
from sardonyx_services.people.web.parts import Here, Parts, Who

router = APIRouter(include_in_schema=False)
event_router = APIRouter(include_in_schema=False)
api_router = APIRouter(prefix="/api/classes/{class_id}/people/{name}")
event_api_router = APIRouter(prefix="/api/events/{event}/people/{name}")
CLASS_PAGE, EVENT_PAGE = "/classes/{class_id}/help/{name}", "/events/{event}/help/{name}"


@router.get(CLASS_PAGE)
async def show(request: Request, here: Here, who: Who, class_id: str, name: str) -> Response:
    """Show what can be done for a student."""
    return await _page(request, here, who, helping=here.helping, group=class_id, name=name)


@router.post(CLASS_PAGE)
async def act(request: Request, here: Here, who: Who, class_id: str, name: str) -> Response:
    """Ask to be let in, or put a file back."""
    return await _act(request, here, who, helping=here.helping, group=class_id, name=name)


@event_router.get(EVENT_PAGE)
async def show_in_event(request: Request, here: Here, who: Who, event: str, name: str) -> Response:
    """Show what can be done for somebody in an event."""
    return await _page(request, here, who, helping=here.event_helping, group=event, name=name)


@event_router.post(EVENT_PAGE)
async def act_in_event(request: Request, here: Here, who: Who, event: str, name: str) -> Response:
    """Ask to be let in, or put a file back."""
    return await _act(request, here, who, helping=here.event_helping, group=event, name=name)


@api_router.post("/help")
async def ask(here: Here, who: Who, class_id: str, name: str) -> ProblemShown:
    """Ask a student to let the caller into their server: JupyterLab asks them, and they decide."""
    return ProblemShown(problem=await here.helping.ask(who, class_id, name))


@api_router.post("/put-back")
async def put_back(here: Here, who: Who, class_id: str, name: str, wish: PutBackWish) -> ProblemShown:
    """Put a file of the material back as it was brought; what the student wrote stays beside it, under another name."""
    return ProblemShown(problem=await here.helping.put_back(who, class_id, name, wish.path, wish.folder))


@event_api_router.post("/help")
async def ask_in_event(here: Here, who: Who, event: str, name: str) -> ProblemShown:
    """Ask somebody in an event to let the caller into their server: JupyterLab asks them, and they decide."""
    return ProblemShown(problem=await here.event_helping.ask(who, event, name))


@event_api_router.post("/put-back")
async def put_back_in_event(here: Here, who: Who, event: str, name: str, wish: PutBackWish) -> ProblemShown:
    """Put a file of the material back as it was brought; what they wrote stays beside it, under another name."""
    return ProblemShown(problem=await here.event_helping.put_back(who, event, name, wish.path, wish.folder))


async def _act(request: Request, here: Parts, who: Caller, *, helping: Helping, group: str, name: str) -> Response:
    form = await request.form()
    do, path, folder = (str(form.get(field, "")) for field in ("do", "path", "folder"))
    try:
        if do == "put-back":
            fault = await helping.put_back(who, group, name, path, folder)
        else:
            fault = await helping.ask(who, group, name)
    except RefusedError as error:
        fault = error.message
        status = error.status
    else:
        status = 409 if fault else 200
    said = {"done": "" if fault else do, "fault": fault, "path": path, "folder": folder}
    return await _page(request, here, who, helping=helping, group=group, name=name, status=status, **said)


async def _page(
    request: Request,
    here: Parts,
    who: Caller,
    *,
    helping: Helping,
    group: str,
    name: str,
    status: int = 200,
    done: str = "",
    fault: str = "",
    path: str = "",
    folder: str = "",
) -> Response:
    room, row = await helping.one(who, group, name)
    said = {"done": done, "fault": fault, "path": path, "folder": folder}
    return here.pages.page(request, who, "help.html", status, room=room, row=row, **said)
