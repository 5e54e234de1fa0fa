"""The weekly hours of a class: a page, and for programs."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.lessons import DAYS, NONE, WeeklyHours, lessons_of, written
from sardonyx_services.people.web.api_models import HoursShown, HoursWish
from sardonyx_services.people.web.classes.lesson_desk import Schedule
from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.pages import see
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_spawner.language import _

router = APIRouter(prefix="/classes/{class_id}", include_in_schema=False)
api_router = APIRouter(prefix="/api/classes/{class_id}")
FREE = 2
"""Empty lines of the form, below those that are written."""


@router.get("/hours")
def show(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show the hours, and change them."""
    schedule = here.lessons.schedule(who, class_id, Level.STAFF)
    return here.pages.page(request, who, "hours.html", fault="", lines=_lines(schedule.hours), **_told(here, schedule))


@router.post("/hours")
async def change(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Keep other hours, or show them again with what is wrong."""
    form = await request.form()
    try:
        await run_in_threadpool(here.lessons.set, who, class_id, _read(form))
    except PeopleError as error:
        schedule = await run_in_threadpool(here.lessons.schedule, who, class_id, Level.INSTRUCTOR)
        # What was chosen beside the lessons stays chosen.
        schedule = replace(schedule, hours=replace(NONE, ahead_min=_minutes(form), only_then="only_then" in form))
        told = {**_told(here, schedule), "lines": _sent(form), "fault": error.message}
        return here.pages.page(request, who, "hours.html", 400, **told)
    return see(f"{here.root}classes/{class_id}/hours")


@api_router.get("/hours")
def hours(here: Here, who: Who, class_id: str) -> HoursShown:
    """Return the weekly hours of a class, and the lesson that is on or comes next."""
    return _shown(here.lessons.schedule(who, class_id))


@api_router.put("/hours")
def set_hours(here: Here, who: Who, class_id: str, wish: HoursWish) -> HoursShown:
    """Give a class other weekly hours."""
    here.lessons.set(who, class_id, WeeklyHours(lessons_of(wish.lessons), wish.ahead_min, wish.only_then))
    return _shown(here.lessons.schedule(who, class_id))


def _shown(schedule: Schedule) -> HoursShown:
    hours, following = schedule.hours, schedule.next
    return HoursShown(
        lessons=written(hours.lessons),
        ahead_min=hours.ahead_min,
        only_then=hours.only_then,
        next_begins=following.begins if following else None,
        next_ends=following.ends if following else None,
    )


def _told(here: Parts, schedule: Schedule) -> dict[str, object]:
    fit = here.lessons.fit(schedule.seen)
    return {"seen": schedule.seen, "hours": schedule.hours, "following": schedule.next, "fit": fit}


def _lines(hours: WeeklyHours) -> list[Mapping[str, str]]:
    found: list[Mapping[str, str]] = [
        {"day": DAYS[each.day], "begins": f"{each.begins:%H:%M}", "ends": f"{each.ends:%H:%M}"}
        for each in hours.lessons
    ]
    return found + [{"day": "", "begins": "", "ends": ""}] * FREE


def _sent(form: FormData) -> list[Mapping[str, str]]:
    columns = [[str(value) for value in form.getlist(name)] for name in ("day", "begins", "ends")]
    return [{"day": d, "begins": b, "ends": e} for d, b, e in zip(*columns, strict=False)]


def _read(form: FormData) -> WeeklyHours:
    """Return what a browser sent.

    Raises:
        PeopleError: a line is half empty, or is no lesson.
    """
    lines = [line for line in _sent(form) if any(line.values())]
    if any(not all(line.values()) for line in lines):
        raise PeopleError(_("A lesson has a day, a beginning and an end. Fill in the line, or empty it."))
    text = ", ".join(f"{line['day']} {line['begins']}-{line['ends']}" for line in lines)
    return WeeklyHours(lessons_of(text), _minutes(form), only_then="only_then" in form)


def _minutes(form: FormData) -> int:
    text = str(form.get("ahead_min", "0"))
    return int(text) if text.isascii() and text.isdigit() else -1
