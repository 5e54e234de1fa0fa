"""What was done, as people look back at it: some days, one kind, a part at a time; and as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from sardonyx_services.people.actions import PART, Action, Asked
from sardonyx_services.people.moments import day_of
from sardonyx_services.people.sheet import write_csv

MOST_LINES = 20_000
"""Of a table."""
MOST_PARTS = 100_000
HEAD = ("at", "who", "who_id", "what", "whom", "whom_id", "where", "where_id", "detail")
Part = Annotated[int, Query(ge=1, le=MOST_PARTS, description=f"Which {PART} of them, from the latest on.")]
What = Annotated[str, Query(max_length=40, description="Only this, such as start.")]
After = Annotated[date | None, Query(description="The first day.")]
Before = Annotated[date | None, Query(description="The last day.")]


class ActionShown(BaseModel):
    """Something that was done, to one or to many at once; ids are those of people, "" = the operator, or nobody alone."""

    at: datetime
    who: str
    who_name: str = Field(
        description="With which they sign in, or did; empty: the operator, or somebody who is erased."
    )
    what: str
    whom: str = Field(description="The only one to whom it was done; empty: nobody alone, or several.")
    people: dict[str, str] = Field(description="All to whom it was done, and their names.")
    group: str
    detail: str


@dataclass(frozen=True)
class Look:
    """What somebody looks for.

    Args:
        after: the first day; `before`: the last one; None = no matter.
        what: a word of ours; "" = whatever was done.
        page: which part of it, from the latest on.
    """

    after: date | None = None
    before: date | None = None
    what: str = ""
    page: int = 1

    def asked(self, zone: str) -> Asked:
        """Return what is asked of the table, with one more than a part has: it tells whether there are others.

        Args:
            zone: by whose clocks days begin.
        """
        since, until = _begins(self.after, zone), _begins(self.before and _next(self.before), zone)
        return Asked(self.what, since, until, (self.page - 1) * PART, PART + 1)

    def said(self, **other: object) -> dict[str, object]:
        """Return what an address says, with something else in it; what is as usual is left out."""
        told = {**vars(self), "page": 1, **other}
        return {name: value for name, value in told.items() if value and (name, value) != ("page", 1)}


def of_program(after: After = None, before: Before = None, what: What = "", page: Part = 1) -> Look:
    """Return what a program looks for."""
    return Look(after, before, what, page)


def of_page(after: str = "", before: str = "", what: str = "", page: Part = 1) -> Look:
    """Return what a form says, whose fields may be empty.

    Raises:
        PeopleError: a day is none.
    """
    return Look(day_of(after), day_of(before), what, page)


OfProgram = Annotated[Look, Depends(of_program)]
OfPage = Annotated[Look, Depends(of_page)]


def whole(asked: Asked) -> Asked:
    """Return the same for a table: from the latest on, as much as one has."""
    return replace(asked, skip=0, most=MOST_LINES)


def shown(actions: Sequence[Action], names: Mapping[str, str]) -> list[ActionShown]:
    """Return what programs are told.

    Args:
        actions: as they were found by `Look.asked`.
        names: of people, by id.
    """
    return [
        ActionShown(
            at=each.at,
            who=each.who,
            who_name=names.get(each.who, ""),
            what=each.what,
            whom=each.whom,
            people={person: names.get(person, "") for person in each.people},
            group=each.group,
            detail=each.detail,
        )
        for each in actions[:PART]
    ]


def table(actions: Sequence[Action], names: Mapping[str, str], titles: Mapping[str, str]) -> bytes:
    """Return actions as CSV in which no cell is a formula, with a line for each person to whom something was done.

    Args:
        titles: of classes and events, by id.
    """
    rows = (
        (
            f"{each.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            *(names.get(each.who, ""), each.who, each.what),
            *(names.get(person, ""), person),
            *(titles.get(each.group, ""), each.group, each.detail),
        )
        for each in actions
        for person in each.people or ("",)
    )
    return write_csv([HEAD, *rows]).encode()


def _next(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day


def _begins(day: date | None, zone: str) -> datetime | None:
    # A moment of the first and the last year that there are may be in none by the clocks of UTC.
    if day is None or not 1 < day.year < date.max.year:
        return None
    return datetime.combine(day, time(), ZoneInfo(zone))
