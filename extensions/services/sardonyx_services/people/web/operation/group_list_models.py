"""What the REST API of all classes and events of a place takes and gives."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sardonyx_services.people.web.operation.group_desk import Chosen, Deed
from sardonyx_services.people.web.operation.group_faults import Matter
from sardonyx_services.people.web.operation.group_list import Act, GroupSeen
from sardonyx_services.people.web.operation.moved_end import MOST_DAYS, Move


class FaultShown(BaseModel):
    """Something that is wrong with a class or an event; `soon`, that it ends soon, is no fault."""

    what: Matter
    message: str


class GroupShown(BaseModel):
    """A class or an event."""

    id: str
    title: str
    leaders: list[str] = Field(description="What those are called who lead it.")
    is_over: bool = Field(description="Its servers are not started any more.")
    people: int
    running: int = Field(description="How many of its servers run.")
    hours: float = Field(description="For how long its servers ran in the last 30 days.")
    changed: int = Field(description="How often it was changed.")
    faults: list[FaultShown] = Field(
        description="What is wrong with it, the gravest first, each as what and message; soon is no fault."
    )

    @classmethod
    def of(cls, group: GroupSeen) -> "GroupShown":
        """Return one of the list."""
        return cls(
            id=group.id,
            title=group.title,
            leaders=list(group.leaders),
            is_over=group.is_over,
            people=group.people,
            running=group.running,
            hours=round(group.seconds / 3600, 2),
            changed=group.changed,
            faults=[FaultShown(what=fault.what, message=fault.text) for fault in group.faults],
        )


class GroupChosen(BaseModel):
    """A class or an event that is meant."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(max_length=32)
    changed: int | None = Field(
        default=None,
        description="How often it was changed when it was read: one that was changed since is not ended or moved; null: no matter.",
    )


class GroupsActWish(BaseModel):
    """What is to be done to classes or events."""

    model_config = ConfigDict(extra="forbid")

    do: Act
    groups: list[GroupChosen] = Field(
        max_length=5000,
        description="Each with its id and, so that nobody ends or moves what is another by now, changed as it was read.",
    )
    name: str = Field(default="", max_length=128, description="Who is to lead them, for leader.")
    days: int = Field(
        default=0, ge=-MOST_DAYS, le=MOST_DAYS, description="By how many days their end is moved, for move."
    )
    day: date | None = Field(default=None, description="In its place, to which day.")
    text: str = Field(
        default="", max_length=2000, description="What is said to everybody whose server of them runs, for say."
    )

    def deed(self) -> Deed:
        """Return what is to be done."""
        return Deed(self.do, self.name.strip(), Move(self.days, self.day), self.text)

    def chosen(self) -> list[Chosen]:
        """Return to what."""
        return [Chosen(each.id, each.changed) for each in self.groups]


class OutcomeShown(BaseModel):
    """What became of a class or an event."""

    id: str
    title: str
    is_done: bool
    message: str = Field(description="What was done, or why it was not.")


ShowName = Literal["all", "on", "wrong", "leader", "stuck", "stored", "servers", "profile", "soon", "over"]
