"""Until when students hand in, for programs: pages say it to each student, and to staff beside what was handed in."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sardonyx_services.people.web.classes.seat import Level
from sardonyx_services.people.web.parts import Here, Who

api_router = APIRouter(prefix="/api/classes/{class_id}")


class DeadlineShown(BaseModel):
    """Until when the caller hands in."""

    until: datetime | None = Field(description="null: always, or they are no student.")


class ExtensionShown(BaseModel):
    """Somebody who hands in longer than the others."""

    name: str
    full_name: str
    until: datetime


@api_router.get("/deadline")
def deadline(here: Here, who: Who, class_id: str) -> DeadlineShown:
    """Return until when the caller hands in."""
    return DeadlineShown(until=here.deadlines.of(who, here.desk.seen(who, class_id, Level.MEMBER)))


@api_router.get("/extensions")
def extensions(here: Here, who: Who, class_id: str) -> list[ExtensionShown]:
    """List who hands in longer than the others."""
    until = here.deadlines.extensions(who, class_id)
    people = (member.person for member in here.desk.members(who, class_id) if member.person.id in until)
    return [ExtensionShown(name=each.name, full_name=each.full_name, until=until[each.id]) for each in people]
