"""The weekly hours of a class: a page, and for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from sardonyx_services.people.classes import ChangedMeanwhileError
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.lessons import NONE, WeeklyHours
from sardonyx_services.people.timetable import DAYS, Lesson, SingleLesson, Timetable, timetable_of
from sardonyx_services.people.web.api_models import HoursShown, HoursWish, LessonShown
from sardonyx_services.people.web.classes.lesson_desk import Schedule
from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.pages import see
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_spawner.language import _

router = APIRouter(prefix="/classes/{class_id}", include_in_schema=False)
api_router = APIRouter(prefix="/api/classes/{class_id}")
FIELDS = {
    "weekly": ("day", "begins", "ends"),
    "single": ("date", "begins", "ends"),
    "off": ("first", "last"),
}
"""Kind of line -> its fields, which have its name in front of theirs in the form."""
FREE = {"weekly": 2, "single": 1, "off": 1}
"""Empty lines of the form, below those that are written."""
Lines = dict[str, list[Mapping[str, str]]]


@router.get("/hours")
def show(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show the hours, and change them."""
    schedule = here.lessons.schedule(who, class_id, Level.STAFF)
    lines, told = _lines(schedule.hours.lessons), _told(here, schedule)
    return here.pages.page(request, who, "hours.html", fault="", is_old=False, lines=lines, **told)


@router.post("/hours")
async def change(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Keep other hours, or show them again with what is wrong."""
    form = await request.form()
    try:
        await run_in_threadpool(here.lessons.set, who, class_id, _read(form), _changed(form))
    except PeopleError as error:
        is_old = isinstance(error, ChangedMeanwhileError)
        schedule = await run_in_threadpool(here.lessons.schedule, who, class_id, Level.INSTRUCTOR)
        # Who has read that may write over it: their own lines are all still there.
        changed = schedule.hours.changed if is_old else _changed(form)
        # What was chosen beside the lessons stays chosen.
        schedule = replace(schedule, hours=replace(NONE, ahead_min=_minutes(form), only_then="only_then" in form))
        told = {**_told(here, schedule), "changed": changed, "lines": _sent(form), "fault": error.message}
        return here.pages.page(request, who, "hours.html", 409 if is_old else 400, is_old=is_old, **told)
    return see(f"{here.root}classes/{class_id}/hours")


@api_router.get("/hours")
def hours(here: Here, who: Who, class_id: str) -> HoursShown:
    """Return the weekly hours of a class, and the lessons that come."""
    return _shown(here, here.lessons.schedule(who, class_id))


@api_router.put("/hours")
def set_hours(here: Here, who: Who, class_id: str, wish: HoursWish) -> HoursShown:
    """Give a class other weekly hours."""
    wanted = WeeklyHours(timetable_of(wish.lessons), wish.ahead_min, wish.only_then)
    here.lessons.set(who, class_id, wanted, wish.changed)
    return _shown(here, here.lessons.schedule(who, class_id))


def _shown(here: Parts, schedule: Schedule) -> HoursShown:
    hours = schedule.hours
    return HoursShown(
        lessons=str(hours.lessons),
        ahead_min=hours.ahead_min,
        only_then=hours.only_then,
        changed=hours.changed,
        coming=[LessonShown(begins=each.begins, ends=each.ends) for each in schedule.coming],
        fit=here.lessons.fit(schedule.seen) if schedule.seen.is_staff else [],
    )


def _told(here: Parts, schedule: Schedule) -> dict[str, object]:
    hours, fit = schedule.hours, here.lessons.fit(schedule.seen)
    return {"seen": schedule.seen, "hours": hours, "changed": hours.changed, "schedule": schedule, "fit": fit}


def _lines(timetable: Timetable) -> Lines:
    """Return the lines of the form, with empty ones below those that are written."""
    found: Lines = {
        "weekly": [{"day": DAYS[each.day], **_times(each)} for each in timetable.weekly],
        "single": [{"date": str(each.day), **_times(each)} for each in timetable.single],
        "off": [{"first": str(each.first), "last": str(each.last)} for each in timetable.off],
    }
    return {kind: [*lines, *[dict.fromkeys(FIELDS[kind], "")] * FREE[kind]] for kind, lines in found.items()}


def _times(lesson: Lesson | SingleLesson) -> Mapping[str, str]:
    return {"begins": f"{lesson.begins:%H:%M}", "ends": f"{lesson.ends:%H:%M}"}


def _sent(form: FormData) -> Lines:
    return {kind: _rows(form, kind, names) for kind, names in FIELDS.items()}


def _rows(form: FormData, kind: str, names: Sequence[str]) -> list[Mapping[str, str]]:
    columns = [[str(value).strip() for value in form.getlist(f"{kind}_{name}")] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=False)]


def _read(form: FormData) -> WeeklyHours:
    """Return what a browser sent.

    Raises:
        PeopleError: a line is half empty, or is no lesson.
    """
    lines = {kind: [line for line in rows if any(line.values())] for kind, rows in _sent(form).items()}
    if any(not all(line.values()) for line in (*lines["weekly"], *lines["single"])):
        raise PeopleError(_("A lesson has a day, a beginning and an end. Fill in the line, or empty it."))
    parts = [f"{line['day']} {line['begins']}-{line['ends']}" for line in lines["weekly"]]
    parts += [f"{line['date']} {line['begins']}-{line['ends']}" for line in lines["single"]]
    # One day is written once.
    parts += [f"off {line['first'] or line['last']}/{line['last'] or line['first']}" for line in lines["off"]]
    return WeeklyHours(timetable_of(", ".join(parts)), _minutes(form), only_then="only_then" in form)


def _minutes(form: FormData) -> int:
    text = str(form.get("ahead_min", "0"))
    return int(text) if text.isascii() and text.isdigit() else -1


def _changed(form: FormData) -> int | None:
    """Return which hours a browser had shown; None = it does not say that."""
    text = str(form.get("changed", ""))
    return int(text) if text.isascii() and text.isdigit() else None
