"""What the REST API of the whole place takes and gives."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sardonyx_services.people.directory import Listed
from sardonyx_services.people.web.operation.people_desk import Act


class ServersStopWish(BaseModel):
    """Servers that are to be stopped."""

    model_config = ConfigDict(extra="forbid")

    servers: list[str] = Field(max_length=5000, description="Each as NAME/SERVER; the usual one of somebody is NAME/.")


class LeaderlessShown(BaseModel):
    """A class or an event that nobody leads."""

    kind: Literal["class", "event"]
    id: str
    title: str


class PersonShown(BaseModel):
    """Somebody of the place."""

    id: str
    name: str
    full_name: str
    mail: str
    provider: str = Field(
        description="Where they sign in: local, event, the slug of a provider, or lti: and a platform."
    )
    is_admin: bool
    is_instructor: bool
    is_organiser: bool
    removed: datetime | None
    groups: int = Field(description="In how many classes, events and teams they are, or were.")
    hours: float = Field(description="For how long their servers ran in the last 30 days.")
    place: str = Field(description="With it as “after”, the next people are listed.")

    @classmethod
    def of(cls, listed: Listed, seconds: int) -> "PersonShown":
        """Return somebody in the list, whose servers ran for some seconds."""
        said = {name: getattr(listed, name) for name in cls.model_fields.keys() - {"hours"}}
        return cls(**said, hours=round(seconds / 3600, 2))


class PeopleActWish(BaseModel):
    """What is to be done to people."""

    model_config = ConfigDict(extra="forbid")

    do: Act
    people: list[str] = Field(max_length=5000, description="Their ids.")


class ActFault(BaseModel):
    """Why something could not be done to somebody."""

    id: str
    message: str
