"""Everybody of the place, for its administrators: a page, and for programs."""

from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.roster import Fault
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.operation.link_list import LinkList, shown_links
from sardonyx_services.people.web.operation.models import (
    AccountWish,
    ActFault,
    PasswordLink,
    PasswordsWish,
    PeopleActWish,
    PersonShown,
)
from sardonyx_services.people.web.operation.people_words import OF_ONE
from sardonyx_services.people.web.pages import see
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_spawner.language import SaidError, _

router = APIRouter(prefix="/operation/people", include_in_schema=False)
api_router = APIRouter(prefix="/api/operation/people")


@router.get("")
def show(request: Request, here: Here, who: Who) -> Response:
    """List people."""
    show, text, after = (request.query_params.get(name, "") for name in ("show", "text", "after"))
    return _listed(request, here, who, {"show": show or "all", "text": text}, after)


@router.post("")
async def act(request: Request, here: Here, who: Who) -> Response:
    """Do something to the ticked people, or ask before they are removed; or make accounts."""
    form = await request.form()
    do, ids = str(form.get("do", "")), [str(each) for each in form.getlist("who")]
    shown = {"show": str(form.get("show", "all")), "text": str(form.get("text", ""))}
    if do == "remove" and "sure" not in form:
        names = await run_in_threadpool(here.people_desk.named, who, ids)
        left = await run_in_threadpool(here.people_desk.left_alone, who, ids)
        return here.pages.page(request, who, "people_remove.html", names=names, left=left, **shown)
    if do in OF_ONE:
        if len(ids) == 1:
            return see(f"{here.root}operation/people/{quote(ids[0], safe='')}/{do}")
        return await run_in_threadpool(_listed, request, here, who, shown, fault=_("Tick one person for that."))
    if do == "add":
        add = partial(_add, request, here, who, shown, is_instructor="instructor" in form)
        return await run_in_threadpool(add, str(form.get("names", "")))
    if do == "password":
        try:
            links = await run_in_threadpool(here.account_desk.links, who, ids)
        except SaidError as error:
            return await run_in_threadpool(_listed, request, here, who, shown, fault=error.message)
        return await run_in_threadpool(_listed, request, here, who, shown, links=links)
    faults = await run_in_threadpool(here.people_desk.act, who, do, ids)
    if not faults:
        return see(f"{here.root}operation/people?{urlencode(shown)}")
    return await run_in_threadpool(_listed, request, here, who, shown, faults=list(faults.values()))


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


@api_router.post("/accounts", status_code=201)
def add(here: Here, who: Who, wish: AccountWish) -> PasswordLink:
    """Make an account; return the link with which its person chooses a password."""
    [made] = _shown(here.account_desk.add(who, wish.name, is_instructor=wish.is_instructor))
    return made


@api_router.post("/passwords")
def passwords(here: Here, who: Who, wish: PasswordsWish) -> list[PasswordLink]:
    """Return links with which people choose another password; until they do, theirs counts."""
    return _shown(here.account_desk.links(who, wish.people))


def _shown(links: Mapping[str, str]) -> list[PasswordLink]:
    return [PasswordLink(name=name, link=link) for name, link in links.items()]


def _add(
    request: Request, here: Parts, who: Caller, shown: Mapping[str, str], names: str, *, is_instructor: bool
) -> Response:
    """Make accounts for everybody in a list; lines of which none was made stay in the form, with what is wrong."""
    try:
        made = here.account_desk.add_list(who, names, is_instructor=is_instructor)
    except SaidError as error:
        return _listed(request, here, who, shown, fault=error.message, typed=names)
    lines = names.splitlines()
    left = "\n".join(lines[fault.line - 1] for fault in made.faults if fault.line <= len(lines))
    new = shown_links(made.accounts, here.pages.place, here.account_desk.address)
    return _listed(request, here, who, shown, unmade=made.faults, typed=left, new=new)


def _listed(
    request: Request,
    here: Parts,
    who: Caller,
    shown: Mapping[str, str],
    after: str = "",
    *,
    faults: Sequence[str] = (),
    fault: str = "",
    unmade: Sequence[Fault] = (),
    typed: str = "",
    links: Mapping[str, str] | None = None,
    new: LinkList | None = None,
) -> Response:
    """Show the list.

    Args:
        faults: why something could not be done to some; fault: why nothing was done.
        unmade: what is wrong with lines of which no account was made; typed: these lines.
        links: with which people choose another password, by name; new: those to new accounts.
    """
    at = here.people_desk.find(who, shown["show"], shown["text"], after)
    told = {"at": at, "faults": faults, "fault": fault, "typed": typed, "links": links or {}}
    told |= {"unmade": unmade, "new": new, "waiting": here.account_desk.waiting(who)}
    status = 400 if faults or fault or (unmade and not new) else 200
    return here.pages.page(request, who, "operation_people.html", status, **told, **shown)
