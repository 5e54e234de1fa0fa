"""All classes and all events for administrators of the place: found, and many changed at once. Pages, and for programs."""

import re
from typing import Annotated, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from sardonyx_services.people.moments import day_of
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import RefusedError
from sardonyx_services.people.web.live.rooms import Kind
from sardonyx_services.people.web.operation.group_desk import Chosen, Deed
from sardonyx_services.people.web.operation.group_list import LONGEST, MOST_DAYS, MOST_PAGES, USUAL_DAYS, Act, Wish
from sardonyx_services.people.web.operation.group_list_models import GroupsActWish, GroupShown, OutcomeShown, ShowName
from sardonyx_services.people.web.operation.moved_end import Move
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_spawner.language import SaidError, _

router = APIRouter(prefix="/operation", include_in_schema=False)
api_router = APIRouter(prefix="/api/operation")
Days = Annotated[int, Query(ge=1, le=MOST_DAYS)]
Part = Annotated[int, Query(ge=1, le=MOST_PAGES)]
Text = Annotated[str, Query(max_length=LONGEST)]
NUMBER = re.compile("-?[0-9]{1,5}")


@router.get("/classes")
async def show_classes(request: Request, here: Here, who: Who) -> Response:
    """List classes."""
    return await _list(request, here, who, "class")


@router.post("/classes")
async def act_on_classes(request: Request, here: Here, who: Who) -> Response:
    """Ask before something is done to the ticked classes, or do it."""
    return await _act(request, here, who, "class")


@router.get("/events")
async def show_events(request: Request, here: Here, who: Who) -> Response:
    """List events."""
    return await _list(request, here, who, "event")


@router.post("/events")
async def act_on_events(request: Request, here: Here, who: Who) -> Response:
    """Ask before something is done to the ticked events, or do it."""
    return await _act(request, here, who, "event")


@api_router.get("/classes")
async def classes(
    here: Here, who: Who, *, show: ShowName = "all", text: Text = "", days: Days = USUAL_DAYS, page: Part = 1
) -> list[GroupShown]:
    """List classes, those with something wrong first, 200 at a time.

    show: all, on (they go on), over, wrong (with anything wrong), leader (nobody leads them), stuck (over and not cleared),
    stored (the store is nearly full), servers (some with a problem), profile (gone or changed), soon (they end within days).
    text: words that are in the title, the id, or a name of who leads them.
    """
    return await _shown(here, who, "class", Wish(show, text, days, page))


@api_router.post("/classes")
async def change_classes(here: Here, who: Who, wish: GroupsActWish) -> list[OutcomeShown]:
    """Do something to classes; return what became of each.

    do: leader (somebody becomes an instructor of each), move (its last day), stop (all its servers, in the background), say
    (in those of its servers that run), end.
    """
    return await _done(here, who, "class", wish)


@api_router.get("/events")
async def events(
    here: Here, who: Who, *, show: ShowName = "all", text: Text = "", days: Days = USUAL_DAYS, page: Part = 1
) -> list[GroupShown]:
    """List events, as classes are."""
    return await _shown(here, who, "event", Wish(show, text, days, page))


@api_router.post("/events")
async def change_events(here: Here, who: Who, wish: GroupsActWish) -> list[OutcomeShown]:
    """Do something to events, as to classes; who is to lead them becomes an organiser of each."""
    return await _done(here, who, "event", wish)


async def _shown(here: Parts, who: Caller, kind: Kind, wish: Wish) -> list[GroupShown]:
    found = await here.group_look.find(who, kind, wish)
    return [GroupShown.of(group) for group in found.groups]


async def _done(here: Parts, who: Caller, kind: Kind, wish: GroupsActWish) -> list[OutcomeShown]:
    outcomes = await here.group_desk.act(who, kind, wish.deed(), wish.chosen())
    # Some of them may be over by it.
    here.event_ends.sooner.set()
    return [OutcomeShown(id=each.id, title=each.title, is_done=each.is_done, message=each.text) for each in outcomes]


async def _list(request: Request, here: Parts, who: Caller, kind: Kind) -> Response:
    at = await here.group_look.find(who, kind, Wish.of(request.query_params))
    return here.pages.page(request, who, "operation_groups.html", kind=kind, at=at)


async def _act(request: Request, here: Parts, who: Caller, kind: Kind) -> Response:
    form = await request.form()
    chosen = [Chosen.of(str(each)) for each in form.getlist("group")]
    do, typed = str(form.get("do", "")), {name: str(value) for name, value in form.items()}
    if do not in get_args(Act):
        raise RefusedError(_("Choose what is to be done. Nothing was changed."))
    told = {"kind": kind, "do": do, "wish": Wish.of(typed), "typed": typed}
    fault = ""
    if "sure" in form:
        try:
            outcomes = await here.group_desk.act(who, kind, _deed(form), chosen)
            here.event_ends.sooner.set()
        except SaidError as error:
            if isinstance(error, RefusedError) and error.status != RefusedError.status:
                raise
            fault = error.message
        else:
            status = 200 if all(each.is_done for each in outcomes) else 400
            return here.pages.page(request, who, "operation_done.html", status, outcomes=outcomes, **told)
    groups = await here.group_desk.chosen(who, kind, chosen)
    # What counts is as what it was ticked, not as what it is shown now.
    as_read = {each.id: each.changed for each in chosen}
    old = {group.id for group in groups if as_read[group.id] not in {None, group.changed}}
    keys = [str(each) for each in form.getlist("group")]
    shown = {**told, "groups": groups, "keys": keys, "old": old, "fault": fault}
    return here.pages.page(request, who, "operation_sure.html", 400 if fault else 200, **shown)


def _deed(form: FormData) -> Deed:
    """Return what a form says is to be done.

    Raises:
        SaidError: a number or a day in it is none.
    """
    said = {name: str(form.get(name, "")).strip() for name in ("do", "leader", "by_days", "to_day", "said")}
    days = said["by_days"]
    if days and not NUMBER.fullmatch(days):
        raise RefusedError(_("“{text}” is no number of days.").format(text=days[:40]))
    move = Move(int(days or 0), day_of(said["to_day"]))
    return Deed(said["do"], said["leader"], move, said["said"])  # type: ignore[arg-type]  # as was looked
