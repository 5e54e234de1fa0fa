"""Courses of learning platforms: the page on which a teacher chooses the class of one, and the same for programs."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.api_models import ClassShown, ClassWish, CourseShown
from sardonyx_services.people.web.classes.form import ClassForm, read_class_form
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.errors import WithoutCourseError
from sardonyx_services.people.web.pages import see
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_spawner.language import SaidError

router = APIRouter(include_in_schema=False)
api_router = APIRouter(prefix="/api")


@router.get("/courses/{course_id}")
def choose(request: Request, here: Here, who: Who, course_id: str) -> Response:
    """Ask which class is that of the course."""
    return _page(request, here, who, course_id)


@router.post("/courses/{course_id}")
async def chosen(request: Request, here: Here, who: Who, course_id: str) -> Response:
    """Make the class of the course, or take one that there is; or show the page again with what is wrong."""
    sent = await request.form()
    form = None
    try:
        if sent.get("do") == "use":
            class_id = str(sent.get("class", ""))
            await run_in_threadpool(here.courses.link, who, course_id, class_id)
        else:
            form = read_class_form(sent, here.profiles)
            if form.is_unfinished:
                return await run_in_threadpool(_page, request, here, who, course_id, form)
            read = form.read(here.desk.usual)
            make = partial(here.courses.make, who, course_id, form.title, read.details, unread=read.faults)
            class_id = await run_in_threadpool(make)
    except SaidError as error:
        return await run_in_threadpool(_page, request, here, who, course_id, form, fault=error)
    return see(f"{here.root}classes/{class_id}")


@router.post("/classes/{class_id}/course")
def unlink(here: Here, who: Who, class_id: str) -> Response:
    """Let nobody come by the course of a class any more."""
    here.courses.unlink(who, class_id)
    return see(f"{here.root}classes/{class_id}/settings")


@api_router.get("/courses")
def offered(here: Here, who: Who) -> list[CourseShown]:
    """List the courses of learning platforms for which the caller may choose a class."""
    return [CourseShown.of(course) for course in here.courses.offered(who)]


@api_router.post("/courses/{course_id}/class", status_code=201)
def make(here: Here, who: Who, course_id: str, wish: ClassWish) -> ClassShown:
    """Make the class of a course, with the caller as its instructor."""
    made = here.courses.make(who, course_id, wish.title, wish.on(here.desk.usual))
    return ClassShown.of(here.desk.seen(who, made, Level.MEMBER))


@api_router.put("/courses/{course_id}/class/{class_id}", status_code=204)
def link(here: Here, who: Who, course_id: str, class_id: str) -> None:
    """Let the people of a course be in a class that the caller leads."""
    here.courses.link(who, course_id, class_id)


@api_router.get("/classes/{class_id}/course")
def course(here: Here, who: Who, class_id: str) -> CourseShown:
    """Return the course of a class; 404 where it has none."""
    found = here.courses.of_class(who, class_id)
    if found is None:
        raise WithoutCourseError
    return CourseShown.of(found)


@api_router.delete("/classes/{class_id}/course", status_code=204)
def remove(here: Here, who: Who, class_id: str) -> None:
    """Let nobody come by the course of a class any more; who is in the class stays."""
    here.courses.unlink(who, class_id)


def _page(
    request: Request,
    here: Parts,
    who: Caller,
    course_id: str,
    form: ClassForm | None = None,
    *,
    fault: SaidError | None = None,
) -> Response:
    course = here.courses.one(who, course_id)
    told = {
        "course": course,
        "site": here.courses.site(course),
        "choice": here.courses.choice(who),
        "may_make": here.courses.may_make(who, course),
        "form": form or ClassForm.new(here.profiles, here.desk.usual, course.title),
        "profiles": here.profiles,
        "fault": fault.message if fault else "",
        "faults": form.places_of(fault) if fault and form else {},
    }
    return here.pages.page(request, who, "course.html", 400 if fault else 200, **told)
