"""The whole place for its administrators: pages, and for programs."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.operation.models import (
    HoldingsShown,
    HoursOfOne,
    LeaderlessShown,
    PlaceShown,
    ServersStopWish,
)
from sardonyx_services.people.web.operation.overview import MOST
from sardonyx_services.people.web.pages import as_file, see
from sardonyx_services.people.web.parts import Here, Parts, Who

router = APIRouter(prefix="/operation", include_in_schema=False)
api_router = APIRouter(prefix="/api/operation")


@router.get("")
async def show(request: Request, here: Here, who: Who) -> Response:
    """Show servers, classes, events, hours, and who and what has most in the data store."""
    at, held = await asyncio.gather(here.operation.place(who), here.storage.look(who))
    return here.pages.page(request, who, "operation.html", at=at, held=held, most=MOST)


@router.post("/stop")
async def stop(request: Request, here: Here, who: Who) -> Response:
    """Stop the ticked servers."""
    form = await request.form()
    await here.operation.stop(who, [str(key) for key in form.getlist("server")])
    return see(f"{here.root}operation")


@router.get("/hours.csv")
def hours(here: Here, who: Who) -> Response:
    """Send everybody's hours as a table."""
    return _hours(here, who)


@router.get("/stored.csv")
async def stored(here: Here, who: Who) -> Response:
    """Send who and what has how much as a table."""
    return await _stored(here, who)


@api_router.get("")
async def place(here: Here, who: Who) -> PlaceShown:
    """Return what the whole place does now: its servers, and who has nearly as much in the data store as they may."""
    return PlaceShown.of(await here.operation.place(who))


@api_router.post("/stop", status_code=204)
async def stop_servers(here: Here, who: Who, wish: ServersStopWish) -> None:
    """Stop servers, each as the name of its person and its own name with a slash between: "amina/"."""
    await here.operation.stop(who, wish.servers)


@api_router.get("/leaderless")
def leaderless(here: Here, who: Who) -> list[LeaderlessShown]:
    """List the classes and events that go on and that nobody leads, such as after their last instructor was removed."""
    found = here.operation.leaderless(who)
    return [LeaderlessShown.model_validate(each, from_attributes=True) for each in found]


@api_router.get("/hours")
def hours_of_each(here: Here, who: Who) -> list[HoursOfOne]:
    """Return for how long everybody's servers ran in the last 30 days, by profile, the longest first."""
    found = here.operation.uses(who)
    return [HoursOfOne(name=name, profile=use.profile, hours=round(use.seconds / 3600, 2)) for name, use in found]


@api_router.get("/hours.csv", response_class=Response)
def hours_of_all(here: Here, who: Who) -> Response:
    """Return for how long everybody's servers ran in the last 30 days, by profile, as CSV."""
    return _hours(here, who)


@api_router.get("/stored")
async def held(here: Here, who: Who) -> HoldingsShown:
    """Return who and what has files in the data store and, where they are measured, in homes, the largest first.

    It is as old as it says: all of the data store is counted every six hours, and again when somebody asks for what is older
    than ten minutes.
    """
    return HoldingsShown.of(await here.storage.look(who))


@api_router.get("/stored.csv", response_class=Response)
async def held_by_all(here: Here, who: Who) -> Response:
    """Return the same as CSV."""
    return await _stored(here, who)


async def _stored(here: Parts, who: Caller) -> Response:
    return Response(await here.storage.table(who), media_type="text/csv", headers=as_file("stored.csv"))


def _hours(here: Parts, who: Caller) -> Response:
    return Response(here.operation.hours(who), media_type="text/csv", headers=as_file("hours.csv"))
