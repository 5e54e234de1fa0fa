"""The REST API: all that the pages do. Bodies and answers are JSON; an error is an object with a message in words."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.invitations import Invitation
from sardonyx_services.people.roster import MOST_BYTES
from sardonyx_services.people.web.api_models import (
    ClassShown,
    ClassWish,
    ExtensionWish,
    InvitationShown,
    InvitationWish,
    JoinWish,
    LineShown,
    LinkShown,
    LinkWish,
    MemberShown,
    MessageWish,
    RoleWish,
    ServersWish,
)
from sardonyx_services.people.web.classes.enrolling import BroughtIn
from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.live.live import counts_of
from sardonyx_services.people.web.live.models import LiveShown, RowShown, RunShown
from sardonyx_services.people.web.operation.models import PasswordLink
from sardonyx_services.people.web.parts import Here, Who
from sardonyx_spawner.language import _

router = APIRouter(prefix="/api")


@router.get("/classes")
def classes(here: Here, who: Who) -> list[ClassShown]:
    """List the classes that the caller is in; for administrators, all."""
    return [ClassShown.of(seen) for seen in here.desk.mine(who)]


@router.post("/classes", status_code=201)
def make(here: Here, who: Who, wish: ClassWish) -> ClassShown:
    """Make a class, with the caller as its instructor."""
    made = here.desk.make(who, wish.title, wish.on(here.desk.usual))
    return ClassShown.of(here.desk.seen(who, made, Level.MEMBER))


@router.get("/classes/{class_id}")
def one(here: Here, who: Who, class_id: str) -> ClassShown:
    """Return a class."""
    return ClassShown.of(here.desk.seen(who, class_id, Level.MEMBER))


@router.patch("/classes/{class_id}")
def change(here: Here, who: Who, class_id: str, wish: ClassWish) -> ClassShown:
    """Change what is said of a class."""
    seen = here.desk.seen(who, class_id, Level.INSTRUCTOR)
    here.desk.change(who, class_id, wish.title, wish.on(seen.details))
    return ClassShown.of(here.desk.seen(who, class_id, Level.MEMBER))


@router.get("/classes/{class_id}/people")
def people(here: Here, who: Who, class_id: str) -> list[MemberShown]:
    """List who is in a class."""
    return [
        MemberShown(name=each.person.name, full_name=each.person.full_name, role=each.role)
        for each in here.desk.members(who, class_id)
    ]


@router.put("/classes/{class_id}/people/{name}", status_code=204)
def set_role(here: Here, who: Who, class_id: str, name: str, wish: RoleWish) -> None:
    """Let somebody be something in a class."""
    here.desk.set_role(who, class_id, name, wish.role)


@router.delete("/classes/{class_id}/people/{name}", status_code=204)
def remove(here: Here, who: Who, class_id: str, name: str) -> None:
    """Take somebody out of a class; everybody may leave by themselves."""
    here.desk.remove(who, class_id, name)


@router.get("/classes/{class_id}/invitations")
def invitations(here: Here, who: Who, class_id: str) -> list[InvitationShown]:
    """List who is invited into a class and has not signed in yet."""
    return [
        InvitationShown(name=each.who, mail=each.mail, role=each.role) for each in here.enrolling.invited(who, class_id)
    ]


@router.put("/classes/{class_id}/invitations/{name}", status_code=204)
def invite(here: Here, who: Who, class_id: str, name: str, wish: InvitationWish) -> None:
    """Invite somebody who is not known here yet, by a name or a mail address: they are in the class from a sign-in on."""
    here.enrolling.invite(who, class_id, Invitation(name, wish.role, wish.mail))


@router.delete("/classes/{class_id}/invitations/{name}", status_code=204)
def withdraw(here: Here, who: Who, class_id: str, name: str) -> None:
    """Invite somebody no more."""
    here.enrolling.withdraw(who, class_id, name)


@router.put("/classes/{class_id}/people/{name}/extension", status_code=204)
def extend(here: Here, who: Who, class_id: str, name: str, wish: ExtensionWish) -> None:
    """Give somebody more time to hand in than all others have."""
    here.deadlines.extend(who, class_id, name, wish.until)


@router.post("/classes/{class_id}/roster")
async def roster(here: Here, who: Who, class_id: str, request: Request, *, dry_run: bool = False) -> list[LineShown]:
    """Let everybody in a roster join, and invite who is not known here yet; the body is a CSV file or a spreadsheet.

    Where all sign in with passwords of this place, an administrator's roster makes an account for who has none. With
    dry_run nothing is changed.
    """
    data = await _body(request)
    if dry_run:
        brought = BroughtIn(await run_in_threadpool(here.enrolling.look, who, class_id, data))
    else:
        brought = await run_in_threadpool(here.enrolling.bring_in, who, class_id, data)
    links = {each.name: each.link for each in brought.accounts}
    lines = [
        LineShown(
            line=place.entry.line, name=place.name, step=place.step, role=place.role, link=links.get(place.name, "")
        )
        for place in brought.found.places
    ]
    return lines + [LineShown(line=fault.line, fault=fault.text) for fault in brought.found.faults]


@router.post("/classes/{class_id}/links")
def links(here: Here, who: Who, class_id: str) -> list[PasswordLink]:
    """Return new links for all in a class who have chosen no password yet, as an administrator; theirs of before end."""
    return [PasswordLink(name=each.name, link=each.link) for each in here.enrolling.links_again(who, class_id)]


@router.get("/classes/{class_id}/link")
def link(here: Here, who: Who, class_id: str) -> LinkShown:
    """Return the link to join by."""
    code = here.desk.join_code(who, class_id)
    return LinkShown(code=code, link=here.classroom.join_address(code) if code else "")


@router.put("/classes/{class_id}/link")
def open_link(here: Here, who: Who, class_id: str, wish: LinkWish) -> LinkShown:
    """Let people join by a link, or not any more."""
    here.desk.open_link(who, class_id, joining=wish.joining, renew=wish.renew)
    return link(here, who, class_id)


@router.post("/join")
def join(here: Here, who: Who, wish: JoinWish) -> ClassShown:
    """Join a class by the code of its link."""
    return ClassShown.of(here.desk.seen(who, here.desk.join(who, wish.code), Level.MEMBER))


@router.get("/classes/{class_id}/live")
async def live(here: Here, who: Who, class_id: str) -> LiveShown:
    """Return what everybody in a class does now."""
    rows, run = await here.classroom.live(who, class_id)
    return LiveShown(counts=counts_of(rows), run=RunShown.of(run), rows=[RowShown.of(row) for row in rows])


@router.post("/classes/{class_id}/start", status_code=202)
async def start(here: Here, who: Who, class_id: str, wish: ServersWish) -> RunShown:
    """Start servers, a few at a time; `live` says how far that is."""
    return RunShown.of(await here.classroom.start(who, class_id, wish.names))


@router.post("/classes/{class_id}/stop", status_code=202)
async def stop(here: Here, who: Who, class_id: str, wish: ServersWish) -> RunShown:
    """Stop the servers of the class that run; others of its people go on."""
    return RunShown.of(await here.classroom.stop(who, class_id, wish.names))


@router.post("/classes/{class_id}/messages", status_code=202)
async def say(here: Here, who: Who, class_id: str, wish: MessageWish) -> RunShown:
    """Say something to everybody whose server of the class runs: JupyterLab shows it."""
    return RunShown.of(await here.classroom.say(who, class_id, wish.text))


@router.post("/classes/{class_id}/material", status_code=202)
async def bring(here: Here, who: Who, class_id: str) -> RunShown:
    """Bring new material to everybody whose server of the class runs, around what they changed."""
    return RunShown.of(await here.classroom.bring(who, class_id))


@router.put("/classes/{class_id}/hand-outs/{name}", status_code=202)
async def hand_out(request: Request, here: Here, who: Who, class_id: str, name: str) -> RunShown:
    """Hand out the file that is the body, 1 MB at most, under this name."""
    return RunShown.of(await here.hand_outs.hand_out(who, class_id, name, await request.body()))


async def _body(request: Request) -> bytes:
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BYTES:
            raise RefusedError(_("This file is larger than 4 MB. Is it the roster?"))
    return data
