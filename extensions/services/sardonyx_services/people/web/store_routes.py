"""How much classes and events have in the data store of what they may, for programs: pages say it on top."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.events.routes import stored_of
from sardonyx_services.people.web.parts import Here, Who
from sardonyx_services.people.web.store_use import Amount

api_router = APIRouter(prefix="/api")


class StoreUseShown(BaseModel):
    """How much is in the data store, in bytes."""

    size: int | None = Field(description="null: it was not counted yet, or has no limit.")
    limit: int | None = Field(description="null: it has none, or that cannot be said now.")

    @classmethod
    def of(cls, amount: Amount | None) -> "StoreUseShown":
        """Return what is shown of it."""
        return cls(size=amount and amount.size, limit=amount and amount.limit)


@api_router.get("/classes/{class_id}/stored")
async def of_class(here: Here, who: Who, class_id: str) -> StoreUseShown:
    """Return how much of what it may have a class has in the data store."""
    seen = await run_in_threadpool(here.desk.seen, who, class_id, Level.STAFF)
    return StoreUseShown.of(await here.stored.of("class", class_id) if not seen.group.ended else None)


@api_router.get("/events/{event}/stored")
async def of_event(here: Here, who: Who, event: str) -> StoreUseShown:
    """Return how much of what it may have an event has in the data store, with its teams and accounts."""
    seen = await run_in_threadpool(here.events.seen, who, event, Level.INSTRUCTOR)
    return StoreUseShown.of(await stored_of(here, seen))
