"""The pages of one class. None needs a script; what they do, the desk and the classroom do."""

from dataclasses import replace
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from sardonyx_services.people.classes import ChangedMeanwhileError
from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.classes.form import ClassForm, read_class_form
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.live import forms as server_forms
from sardonyx_services.people.web.live.live import counts_of, reach_of
from sardonyx_services.people.web.operation.link_list import shown_links
from sardonyx_services.people.web.pages import qr_code, see
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_spawner.language import SaidError

router = APIRouter(prefix="/classes/{class_id}", include_in_schema=False)


@router.get("")
async def one(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show the class: live to its staff, with a start to its students."""
    schedule = await run_in_threadpool(here.lessons.schedule, who, class_id)
    seen = schedule.seen
    if not seen.is_staff:
        until = await run_in_threadpool(here.deadlines.of, who, seen)
        _seen, steps = await run_in_threadpool(here.endings.steps, who, class_id)
        return here.pages.page(
            request, who, "class_of_student.html", seen=seen, until=until, steps=steps, schedule=schedule
        )
    rows, run = await here.classroom.live(who, class_id)
    told = {
        "seen": seen,
        "class_id": class_id,
        "rows": rows,
        "counts": counts_of(rows),
        "reach": reach_of(rows),
        "run": run,
        "room": await here.classroom.room(who, class_id),
    }
    told["invited"] = await run_in_threadpool(here.people.invitations.count, class_id)
    told |= {"schedule": schedule, "stored": await here.stored.of("class", class_id) if not seen.group.ended else None}
    return here.pages.page(request, who, "class.html", has_material=bool(here.desk.material(seen)), **told)


@router.get("/rows")
async def rows(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Return the rows of the live page, for its script."""
    found, run = await here.classroom.live(who, class_id)
    told = {"class_id": class_id, "rows": found, "counts": counts_of(found), "reach": reach_of(found), "run": run}
    room = await here.classroom.room(who, class_id)
    return here.pages.page(request, who, "server_rows.html", room=room, **told)


@router.post("/servers")
async def servers(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Start or stop servers: those of everybody, or of the ticked people."""
    await server_forms.start_or_stop(here.classroom, request, who, class_id)
    return _at(here, class_id)


@router.post("/word")
async def say(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Say something to everybody who is here, or bring them new material."""
    await server_forms.say_or_bring(here.classroom, request, who, class_id)
    return _at(here, class_id)


@router.post("/hand-out")
async def hand_out(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Hand out a file to everybody."""
    await server_forms.hand_out(here.hand_outs, request, who, class_id)
    return _at(here, class_id)


@router.get("/link")
def link(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show the link to join, and a picture of it."""
    seen = here.desk.seen(who, class_id, Level.STAFF)
    code = here.desk.join_code(who, class_id)
    address = here.classroom.join_address(code) if code else ""
    told = {"seen": seen, "address": address, "picture": qr_code(address) if address else ""}
    return here.pages.page(request, who, "link.html", **told)


@router.post("/link")
async def open_link(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Open the link, close it, or make another one."""
    do = (await request.form()).get("do")
    await run_in_threadpool(here.desk.open_link, who, class_id, joining=do != "close", renew=do == "renew")
    return _at(here, class_id, "/link")


@router.get("/people")
def people(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show who is in the class."""
    return _people(request, here, who, class_id)


@router.post("/people")
async def change_people(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Put somebody in, out, or into another role."""
    form = await request.form()
    try:
        await run_in_threadpool(_change_people, here, who, class_id, form)
    except RefusedError as error:
        return await run_in_threadpool(_people, request, here, who, class_id, error)
    return _at(here, class_id, "/people")


@router.post("/leave")
def leave(here: Here, who: Who, class_id: str) -> Response:
    """Leave the class."""
    here.desk.remove(who, class_id, who.name)
    return see(here.root)


@router.post("/roster")
async def roster(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show what a list of names would change; carry it out when that was seen."""
    form = await request.form()
    seen = await run_in_threadpool(here.desk.seen, who, class_id, Level.INSTRUCTOR)
    told: dict[str, object] = {"seen": seen, "found": None, "text": "", "names": "", "fault": "", "is_done": False}
    told |= {"makes_accounts": here.enrolling.makes_accounts(who), "links": None, "waiting": [], "page": ""}
    try:
        data = await _file_of(form)
        if form.get("do") == "links":
            made = await run_in_threadpool(here.enrolling.links_again, who, class_id)
            told["links"] = shown_links(made, seen.group.title, here.account_desk.address)
        elif form.get("do") in {"import", "accounts"}:
            told |= await run_in_threadpool(_bring_in, here, who, seen, None if form.get("do") == "accounts" else data)
        else:
            told |= {"found": await run_in_threadpool(here.enrolling.look, who, class_id, data)}
            told |= {"names": data} if isinstance(data, str) else {"text": data.hex()}
    except SaidError as error:
        told["fault"] = error.message
    return here.pages.page(request, who, "roster.html", 400 if told["fault"] else 200, **told)


@router.get("/settings")
def settings(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Show the settings."""
    seen = here.desk.seen(who, class_id, Level.INSTRUCTOR)
    return _settings(request, here, who, seen, ClassForm.of(seen))


@router.post("/settings")
async def change(request: Request, here: Here, who: Who, class_id: str) -> Response:
    """Keep the settings, or show them again with what is wrong."""
    seen = await run_in_threadpool(here.desk.seen, who, class_id, Level.INSTRUCTOR)
    form = read_class_form(await request.form(), here.profiles)
    if form.is_unfinished:
        return await run_in_threadpool(_settings, request, here, who, seen, form)
    read = form.read(seen.details)
    try:
        change = partial(here.desk.change, who, class_id, form.title, read.details, unread=read.faults)
        await run_in_threadpool(change)
    except ChangedMeanwhileError as error:
        # Who has read that may write over it: their own words are all still there.
        # What becomes of the data is decided beside this form, too, and not taken back by one that is old.
        form = replace(form, changed=str(seen.details.changed), after_end=seen.details.after_end)
        return await run_in_threadpool(_settings, request, here, who, seen, form, fault=error, is_old=True)
    except SaidError as error:
        return await run_in_threadpool(_settings, request, here, who, seen, form, fault=error)
    return _at(here, class_id)


def _people(request: Request, here: Parts, who: Caller, class_id: str, fault: RefusedError | None = None) -> Response:
    told = {"seen": here.desk.seen(who, class_id, Level.STAFF), "members": here.desk.members(who, class_id)}
    told |= {"invited": here.enrolling.invited(who, class_id), "unused": here.enrolling.unused(who, class_id)}
    told |= {"fault": fault.message if fault else "", "makes_accounts": here.enrolling.makes_accounts(who)}
    told["page"] = here.classroom.page_address(class_id, "/people")
    return here.pages.page(request, who, "people.html", fault.status if fault else 200, **told)


def _change_people(here: Parts, who: Caller, class_id: str, form: FormData) -> None:
    name, role = str(form.get("name", "")).strip(), str(form.get("role", ""))
    if form.get("do") == "remove":
        here.desk.remove(who, class_id, name)
    elif form.get("do") == "withdraw":
        here.enrolling.withdraw(who, class_id, name)
    else:
        here.enrolling.put(who, class_id, name, role)  # type: ignore[arg-type]  # the store refuses what is no role


def _bring_in(here: Parts, who: Caller, seen: Seen, data: bytes | str | None) -> dict[str, object]:
    """Bring in a list, or make accounts for who is invited already (None); return what the page shows of it."""
    group = seen.group
    desk = here.enrolling
    brought = desk.make_accounts(who, group.id) if data is None else desk.bring_in(who, group.id, data)
    links = shown_links(brought.accounts, group.title, here.account_desk.address)
    waiting = here.enrolling.invited(who, group.id)
    page = here.classroom.page_address(group.id, "/people")
    return {"found": brought.found, "is_done": True, "links": links, "waiting": waiting, "page": page}


async def _file_of(form: FormData) -> bytes | str:
    """Return the file that was sent, what the page of its preview kept of it, or the names that were written instead."""
    file = form.get("file")
    if file is not None and not isinstance(file, str) and file.filename:
        return await file.read()
    return _from_hex(str(form.get("kept", ""))) or str(form.get("names", ""))


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _at(here: Parts, class_id: str, page: str = "") -> Response:
    return see(f"{here.root}classes/{class_id}{page}")


def _settings(
    request: Request,
    here: Parts,
    who: Caller,
    seen: Seen,
    form: ClassForm,
    *,
    fault: SaidError | None = None,
    is_old: bool = False,
) -> Response:
    course = here.courses.of_class(who, seen.group.id)
    told = {"seen": seen, "form": form, "profiles": here.profiles, "is_old": is_old}
    told |= {"fault": fault.message if fault else "", "faults": form.places_of(fault) if fault else {}}
    told |= {"course": course, "site": here.courses.site(course) if course else ""}
    status = 409 if is_old else 400 if fault else 200
    return here.pages.page(request, who, "settings.html", status, **told)
