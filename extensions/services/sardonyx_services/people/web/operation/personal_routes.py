"""What is known of one person, and that it is forgotten: pages for administrators, and for programs."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.directory import Listed
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.operation.models import EraseWish, ErasureShown, ExportShown
from sardonyx_services.people.web.pages import as_file, see
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_spawner.language import SaidError, _

router = APIRouter(prefix="/operation/people/{person}", include_in_schema=False)
api_router = APIRouter(prefix="/api/operation/people/{person}")


@router.get("/export")
async def show_export(request: Request, here: Here, who: Who, person: str) -> Response:
    """Show how far it is that what is known of somebody is written out."""
    found = await run_in_threadpool(here.personal_desk.person, who, person)
    export = await here.personal_desk.exported(who, person)
    return here.pages.page(request, who, "people_export.html", person=found, export=export)


@router.post("/export")
async def begin_export(here: Here, who: Who, person: str) -> Response:
    """Write it out."""
    await here.personal_desk.export(who, person)
    return see(f"{here.root}operation/people/{person}/export")


@router.get("/export.json")
async def take_export(here: Here, who: Who, person: str) -> Response:
    """Send what was written out."""
    return await _taken(here, who, person)


@router.get("/erase")
def show_erase(request: Request, here: Here, who: Who, person: str) -> Response:
    """Say what is deleted, and what stays."""
    return _asked(request, here, who, person)


@router.post("/erase")
async def erase(request: Request, here: Here, who: Who, person: str) -> Response:
    """Let somebody be erased whose name was typed; or ask again, with what is wrong."""
    typed = str((await request.form()).get("name", ""))
    try:
        await run_in_threadpool(here.personal_desk.erase, who, person, typed)
    except SaidError as error:
        return await run_in_threadpool(_asked, request, here, who, person, error.message)
    return see(f"{here.root}operation/people/{person}/erase")


@api_router.get("/export")
async def exported(here: Here, who: Who, person: str) -> ExportShown:
    """Return how far it is that what is known of somebody is written out for the caller."""
    return ExportShown.of(await here.personal_desk.exported(who, person))


@api_router.post("/export", status_code=202)
async def export_known(here: Here, who: Who, person: str) -> ExportShown:
    """Write out what is known of somebody, in the background, also of who was removed; it can be fetched for 15 minutes."""
    return ExportShown.of(await here.personal_desk.export(who, person))


@api_router.get("/export.json", response_class=Response)
async def fetch_export(here: Here, who: Who, person: str) -> Response:
    """Return what is known of somebody, as `sardonyx user export` prints it, once it is written out."""
    return await _taken(here, who, person)


@api_router.get("/erasure")
def erasure(here: Here, who: Who, person: str) -> ErasureShown:
    """Return how far it is that somebody is erased."""
    return _shown(here.personal_desk.person(who, person))


@api_router.post("/erasure", status_code=202)
def begin_erasure(here: Here, who: Who, person: str, wish: EraseWish) -> ErasureShown:
    """Remove somebody, and erase them a day later, as `sardonyx user erase` does; until then `readmit` takes it back."""
    here.personal_desk.erase(who, person, wish.name)
    return _shown(here.personal_desk.person(who, person))


def _shown(person: Listed) -> ErasureShown:
    return ErasureShown.model_validate({"state": person.erasure, "begins": person.erase_at})


async def _taken(here: Parts, who: Caller, person: str) -> Response:
    found = await run_in_threadpool(here.personal_desk.person, who, person)
    export = await here.personal_desk.exported(who, person)
    if not export.content:
        raise RefusedError(_("It is not written out yet, or was forgotten by now. Let it be written out again."))
    return Response(export.content, media_type="application/json", headers=as_file(f"{found.name}.json"))


def _asked(request: Request, here: Parts, who: Caller, person: str, fault: str = "") -> Response:
    at = here.personal_desk.erasing(who, person)
    return here.pages.page(request, who, "people_erase.html", 400 if fault else 200, at=at, fault=fault)
