"""What the REST API says of the servers of a class or an event: what each does, and how far a go through all of them is."""

from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel, Field

from sardonyx_services.people.web.live.live import Row
from sardonyx_services.people.web.live.runs import Run


class ProblemShown(BaseModel):
    """Why something could not be done with somebody's server; "" = it is done."""

    problem: str


class RunShown(BaseModel):
    """A go through the people of a class or an event."""

    total: int
    done: int
    refused: dict[str, str]

    @classmethod
    def of(cls, run: Run) -> "RunShown":
        """Return what is shown of it."""
        return cls(total=run.total, done=run.done, refused=run.refused)


class RowShown(BaseModel):
    """Somebody in a class or an event, and their server."""

    name: str
    full_name: str
    role: str
    state: str
    since: datetime | None
    seen: datetime | None
    memory: int | None
    memory_limit: int | None
    problem: str
    step: str = Field(description="What a start waits for; empty: nothing that is known.")
    open_to: list[str]
    team: str = Field(description="Title of their team in an event.")
    hosts: bool = Field(description="Theirs is the server of the team.")
    server: str = Field(description="Name of the server that this says it of; empty: the usual one, or none.")
    servers: list[str] = Field(description="Names of all of theirs that run or start.")

    @classmethod
    def of(cls, row: Row) -> "RowShown":
        """Return what is shown of a row."""
        return cls(**{name: value for name, value in asdict(row).items() if name in cls.model_fields})


class LiveShown(BaseModel):
    """What everybody in a class does now."""

    counts: dict[str, int]
    run: RunShown
    rows: list[RowShown]
