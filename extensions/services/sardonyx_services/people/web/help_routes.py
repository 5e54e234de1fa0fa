"""Help for one student: a page, and for programs."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sardonyx_services.people.web.api_models import ProblemShown, PutBackWish
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_services.people.web.seat import Caller

router = APIRouter(prefix="/classes/{class_id}/help/{name}", include_in_schema=False)
api_router = APIRouter(prefix="/api/classes/{class_id}/people/{name}")


@router.get("")
async def show(request: Request, here: Here, who: Who, class_id: str, name: str) -> Response:
    """Show what can be done for a student."""
    return await _page(request, here, who, class_id, name)


@router.post("")
async def act(request: Request, here: Here, who: Who, class_id: str, name: str) -> Response:
    """Ask to be let in, or put a file back."""
    form = await request.form()
    do, path = str(form.get("do", "")), str(form.get("path", ""))
    try:
        if do == "put-back":
            fault = await here.helping.put_back(who, class_id, name, path)
        else:
            fault = await here.helping.ask(who, class_id, name)
    except RefusedError as error:
        fault = error.message
        status = error.status
    else:
        status = 409 if fault else 200
    done = "" if fault else do
    return await _page(request, here, who, class_id, name, status=status, done=done, fault=fault, path=path)


@api_router.post("/help")
async def ask(here: Here, who: Who, class_id: str, name: str) -> ProblemShown:
    """Ask a student to let the caller into their server: JupyterLab asks them, and they decide."""
    return ProblemShown(problem=await here.helping.ask(who, class_id, name))


@api_router.post("/put-back")
async def put_back(here: Here, who: Who, class_id: str, name: str, wish: PutBackWish) -> ProblemShown:
    """Put a file of the material back as it was brought; what the student wrote stays beside it, under another name."""
    return ProblemShown(problem=await here.helping.put_back(who, class_id, name, wish.path))


async def _page(
    request: Request,
    here: Parts,
    who: Caller,
    class_id: str,
    name: str,
    *,
    status: int = 200,
    done: str = "",
    fault: str = "",
    path: str = "",
) -> Response:
    seen, row = await here.helping.one(who, class_id, name)
    can = {"has_material": here.desk.has_material(seen), "is_open": here.desk.is_for_working_together(seen)}
    said = {"done": done, "fault": fault, "path": path}
    return here.pages.page(request, who, "help.html", status, seen=seen, row=row, **can, **said)
