"""The pages that are of no class alone: the list, a new class, joining one, and one's language. None needs a script."""

from dataclasses import replace
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.classes.form import ClassForm, read_class_form
from sardonyx_services.people.web.classes.seat import NO_SERVERS
from sardonyx_services.people.web.pages import see
from sardonyx_services.people.web.parts import Here, Who
from sardonyx_spawner.language import LANGUAGES, SaidError, _

router = APIRouter(include_in_schema=False)


@router.get("/")
def classes(request: Request, here: Here, who: Who) -> Response:
    """List the classes and events of who asks."""
    told = {"classes": here.desk.mine(who), "events": here.events.mine(who), "courses": here.courses.offered(who)}
    may = {"may_make": who.may_make and who.could_start, "may_make_events": who.may_make_events and who.could_start}
    problem = _(NO_SERVERS) if (who.may_make or who.may_make_events) and not who.could_start else ""
    return here.pages.page(request, who, "classes.html", site=here.courses.site, problem=problem, **may, **told)


@router.get("/new")
def new(request: Request, here: Here, who: Who) -> Response:
    """Show the form of a new class."""
    form = ClassForm.new(here.profiles, here.desk.usual)
    return here.pages.page(request, who, "new.html", form=form, profiles=here.profiles, fault="", like=None)


@router.post("/new")
async def make(request: Request, here: Here, who: Who) -> Response:
    """Make a class, and show its link; or the form again with what is wrong."""
    form = read_class_form(await request.form(), here.profiles)
    if form.is_unfinished:
        return here.pages.page(request, who, "new.html", form=form, profiles=here.profiles, fault="", like=None)
    read = form.read(replace(here.desk.usual, joining=True))
    try:
        make = partial(here.desk.make, who, form.title, read.details, unread=read.faults)
        made = await run_in_threadpool(make)
    except SaidError as error:
        told = {"form": form, "profiles": here.profiles, "like": None}
        told |= {"fault": error.message, "faults": form.places_of(error)}
        return here.pages.page(request, who, "new.html", 400, **told)
    return see(f"{here.root}classes/{made}/link")


@router.get("/join/{code}")
def invited(request: Request, here: Here, who: Who, code: str) -> Response:
    """Ask before joining; who is in the class already is led to it."""
    seen = here.desk.invited(who, code)
    if seen.role is not None:
        return see(f"{here.root}classes/{seen.group.id}")
    return here.pages.page(request, who, "join.html", seen=seen, code=code)


@router.post("/join/{code}")
def join(here: Here, who: Who, code: str) -> Response:
    """Join the class."""
    return see(f"{here.root}classes/{here.desk.join(who, code)}")


@router.post("/language")
async def language(request: Request, here: Here, who: Who) -> Response:
    """Keep the language that somebody chooses."""
    chosen = str((await request.form()).get("language", ""))
    if chosen in LANGUAGES:
        await run_in_threadpool(here.people.languages.choose, who.name, chosen)
    return see(here.root)
