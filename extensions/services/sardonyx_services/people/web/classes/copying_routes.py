"""Another class after one that there is, such as for the next term: a page, and for programs."""

from dataclasses import replace
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.class_copy import as_new
from sardonyx_services.people.web.api_models import ClassShown, ClassWish
from sardonyx_services.people.web.classes.form import ClassForm, read_class_form
from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.pages import see
from sardonyx_services.people.web.parts import Here, Who
from sardonyx_spawner.language import SaidError

router = APIRouter(prefix="/classes/{class_id}", include_in_schema=False)
api_router = APIRouter(prefix="/api/classes/{class_id}")


@router.get("/copy")
def show(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show the form of a new class, filled in as the other one is."""
    seen = here.desk.seen(who, class_id, Level.INSTRUCTOR)
    form = ClassForm.of(replace(seen, details=as_new(seen.details)))
    return here.pages.page(request, who, "new.html", form=form, profiles=here.profiles, fault="", like=seen)


@router.post("/copy")
async def make(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Make the class, and show its link; or the form again with what is wrong."""
    seen = await run_in_threadpool(here.desk.seen, who, class_id, Level.INSTRUCTOR)
    form = read_class_form(await request.form(), here.profiles)
    told: dict[str, object] = {"form": form, "profiles": here.profiles, "like": seen}
    if form.is_unfinished:
        return here.pages.page(request, who, "new.html", fault="", **told)
    before = as_new(seen.details)
    read = form.read(before)
    try:
        # What that form does not ask for is as it was.
        details = replace(read.details, description=before.description, joining=True)
        copy = partial(here.desk.copy, who, class_id, form.title, details, unread=read.faults)
        made = await run_in_threadpool(copy)
    except SaidError as error:
        told |= {"fault": error.message, "faults": form.places_of(error)}
        return here.pages.page(request, who, "new.html", 400, **told)
    return see(f"{here.root}classes/{made}/link")


@api_router.post("/copy", status_code=201)
def copy(here: Here, who: Who, class_id: str, wish: ClassWish) -> ClassShown:
    """Make a class like this one, with the caller as its instructor: without its people and its days.

    What is said is as it is said; an empty title is that of this one. Lessons of each week are those of this one.
    """
    seen = here.desk.seen(who, class_id, Level.INSTRUCTOR)
    details = wish.on(as_new(seen.details))
    made = here.desk.copy(who, class_id, wish.title or seen.group.title, details)
    return ClassShown.of(here.desk.seen(who, made, Level.MEMBER))
