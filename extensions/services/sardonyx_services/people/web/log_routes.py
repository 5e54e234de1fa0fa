"""What was done in classes, in events and in the whole place: pages, tables, and for programs."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sardonyx_services.people.actions import PART, Action
from sardonyx_services.people.web import log
from sardonyx_services.people.web.classes.seat import Caller, Level
from sardonyx_services.people.web.log import ActionShown, Look, OfPage, OfProgram
from sardonyx_services.people.web.pages import as_file
from sardonyx_services.people.web.parts import Here, Parts, Who
from sardonyx_services.people.web.words import DONE
from sardonyx_spawner.language import _

PLACE_ZONE = "UTC"
"""By its clocks the days of the whole place are."""
router = APIRouter(include_in_schema=False)
api_router = APIRouter(prefix="/api")


@router.get("/classes/{class_id}/log")
def of_class(request: Request, here: Here, who: Who, class_id: str, look: OfPage) -> Response:
    """Show what was done in a class."""
    seen = here.desk.seen(who, class_id, Level.STAFF)
    actions = here.desk.actions(who, class_id, look.asked(seen.details.zone))
    told = {"look": look, "seen": seen, "path": f"{here.root}classes/{class_id}", "zone": seen.details.zone}
    return _page(request, here, who, "actions.html", actions, kinds=here.people.actions.words(class_id), **told)


@router.get("/classes/{class_id}/log.csv")
def table_of_class(here: Here, who: Who, class_id: str, look: OfPage) -> Response:
    """Send it as a table."""
    return _table_of_class(here, who, class_id, look)


@router.get("/events/{event}/log")
def of_event(request: Request, here: Here, who: Who, event: str, look: OfPage) -> Response:
    """Show what was done in an event."""
    seen = here.events.seen(who, event, Level.INSTRUCTOR)
    actions = here.events.actions(who, event, look.asked(seen.details.zone))
    told = {"look": look, "seen": seen, "path": f"{here.root}events/{event}", "zone": seen.details.zone}
    return _page(request, here, who, "actions.html", actions, kinds=here.people.actions.words(event), **told)


@router.get("/events/{event}/log.csv")
def table_of_event(here: Here, who: Who, event: str, look: OfPage) -> Response:
    """Send it as a table."""
    return _table_of_event(here, who, event, look)


@router.get("/operation/log")
def of_place(request: Request, here: Here, who: Who, look: OfPage, name: str = "") -> Response:
    """Show what was done in the whole place."""
    actions = here.operation.log(who, name.strip(), look.asked(PLACE_ZONE))
    told = {"look": look, "name": name, "titles": _titles(here), "path": f"{here.root}operation", "zone": PLACE_ZONE}
    return _page(request, here, who, "operation_log.html", actions, kinds=DONE, **told)


@router.get("/operation/log.csv")
def table_of_place(here: Here, who: Who, look: OfPage, name: str = "") -> Response:
    """Send it as a table."""
    return _table_of_place(here, who, look, name)


@api_router.get("/classes/{class_id}/actions")
def actions_of_class(here: Here, who: Who, class_id: str, look: OfProgram) -> list[ActionShown]:
    """List what was done in a class, the latest first, 200 at a time; days are by the clocks of the class."""
    zone = here.desk.seen(who, class_id, Level.STAFF).details.zone
    return log.shown(here.desk.actions(who, class_id, look.asked(zone)), here.people.names.ever())


@api_router.get("/classes/{class_id}/actions.csv", response_class=Response)
def csv_of_class(here: Here, who: Who, class_id: str, look: OfProgram) -> Response:
    """Return the latest 20,000 as CSV, with a line for each person to whom something was done."""
    return _table_of_class(here, who, class_id, look)


@api_router.get("/events/{event}/actions")
def actions_of_event(here: Here, who: Who, event: str, look: OfProgram) -> list[ActionShown]:
    """List what was done in an event, the latest first, 200 at a time; days are by the clocks of the event."""
    zone = here.events.seen(who, event, Level.INSTRUCTOR).details.zone
    return log.shown(here.events.actions(who, event, look.asked(zone)), here.people.names.ever())


@api_router.get("/events/{event}/actions.csv", response_class=Response)
def csv_of_event(here: Here, who: Who, event: str, look: OfProgram) -> Response:
    """Return the latest 20,000 as CSV, with a line for each person to whom something was done."""
    return _table_of_event(here, who, event, look)


@api_router.get("/operation/actions")
def actions_of_place(here: Here, who: Who, look: OfProgram, name: str = "") -> list[ActionShown]:
    """List what was done in the whole place, the latest first, 200 at a time; with a name, by that person or to them.

    Days are those of UTC.
    """
    return log.shown(here.operation.log(who, name, look.asked(PLACE_ZONE)), here.people.names.ever())


@api_router.get("/operation/actions.csv", response_class=Response)
def csv_of_place(here: Here, who: Who, look: OfProgram, name: str = "") -> Response:
    """Return the latest 20,000 as CSV, with a line for each person to whom something was done."""
    return _table_of_place(here, who, look, name)


def _page(
    request: Request, here: Parts, who: Caller, template: str, actions: Sequence[Action], **told: object
) -> Response:
    removed = here.people.names.removed().items()
    names = {person: str(_("{name}, removed").format(name=name)) for person, name in removed}
    found = {"actions": actions[:PART], "has_more": len(actions) > PART}
    return here.pages.page(request, who, template, names=names | here.people.names.shown(), **found, **told)


def _table_of_class(here: Parts, who: Caller, class_id: str, look: Look) -> Response:
    seen = here.desk.seen(who, class_id, Level.STAFF)
    found = here.desk.actions(who, class_id, log.whole(look.asked(seen.details.zone)))
    return _table(here, found, {class_id: seen.group.title})


def _table_of_event(here: Parts, who: Caller, event: str, look: Look) -> Response:
    seen = here.events.seen(who, event, Level.INSTRUCTOR)
    found = here.events.actions(who, event, log.whole(look.asked(seen.details.zone)))
    return _table(here, found, {event: seen.group.title})


def _table_of_place(here: Parts, who: Caller, look: Look, name: str) -> Response:
    found = here.operation.log(who, name.strip(), log.whole(look.asked(PLACE_ZONE)))
    return _table(here, found, _titles(here))


def _table(here: Parts, actions: Sequence[Action], titles: Mapping[str, str]) -> Response:
    data = log.table(actions, here.people.names.ever(), titles)
    return Response(data, media_type="text/csv", headers=as_file("log.csv"))


def _titles(here: Parts) -> dict[str, str]:
    return {group.id: group.title for kind in ("class", "event") for group in here.people.groups.all(kind)}
