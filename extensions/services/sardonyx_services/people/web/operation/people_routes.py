"""Everybody of the place, for its administrators: a page, and for programs."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.operation.models import ActFault, PeopleActWish, PersonShown
from sardonyx_services.people.web.pages import see
from sardonyx_services.people.web.parts import Here, Who

router = APIRouter(prefix="/operation/people", include_in_schema=False)
api_router = APIRouter(prefix="/api/operation/people")


@router.get("")
def show(request: Request, here: Here, who: Who) -> Response:
    """List people."""
    show, text, after = (request.query_params.get(name, "") for name in ("show", "text", "after"))
    told = {"show": show or "all", "text": text, "at": here.people_desk.find(who, show, text, after), "faults": []}
    return here.pages.page(request, who, "operation_people.html", **told)


@router.post("")
async def act(request: Request, here: Here, who: Who) -> Response:
    """Do something to the ticked people, or ask before they are removed."""
    form = await request.form()
    do, ids = str(form.get("do", "")), [str(each) for each in form.getlist("who")]
    shown = {"show": str(form.get("show", "all")), "text": str(form.get("text", ""))}
    if do == "remove" and "sure" not in form:
        names = await run_in_threadpool(here.people_desk.named, who, ids)
        left = await run_in_threadpool(here.people_desk.left_alone, who, ids)
        return here.pages.page(request, who, "people_remove.html", names=names, left=left, **shown)
    faults = await run_in_threadpool(here.people_desk.act, who, do, ids)
    if not faults:
        return see(f"{here.root}operation/people?{urlencode(shown)}")
    at = await run_in_threadpool(here.people_desk.find, who, shown["show"], shown["text"], "")
    return here.pages.page(request, who, "operation_people.html", 400, at=at, faults=list(faults.values()), **shown)


@api_router.get("")
def find(here: Here, who: Who, show: str = "all", text: str = "", after: str = "") -> list[PersonShown]:
    """List people by name, 200 at a time: all, administrators, instructors, organisers, event or removed."""
    at = here.people_desk.find(who, show, text, after)
    return [PersonShown.of(each, at.seconds.get(each.id, 0)) for each in at.people]


@api_router.post("")
def act_on(here: Here, who: Who, wish: PeopleActWish) -> list[ActFault]:
    """Do something to people; return to whom it could not be done, and why."""
    faults = here.people_desk.act(who, wish.do, wish.people)
    return [ActFault(id=person, message=message) for person, message in faults.items()]
