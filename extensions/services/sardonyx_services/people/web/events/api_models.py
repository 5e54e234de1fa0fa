"""What the REST API takes and gives of events."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sardonyx_services.people.event_details import EventDetails
from sardonyx_services.people.web.configuration import EventRules
from sardonyx_services.people.web.events.new_seats import Wanted
from sardonyx_services.people.web.limits_models import IdleStopWish, LifetimeWish, ToolsWish
from sardonyx_services.people.web.live.models import RowShown, RunShown
from sardonyx_services.people.web.material_models import RepositoryOf
from sardonyx_spawner.class_limits import Limits

MOST = 10_000
NOT_AS_IT_IS = {"title", "changed", "repositories", "sign_ins", "tools", "lifetime", "idle_stop"}
"""What an event has not, or in other words."""


class EventWish(BaseModel):
    """What an event is to be."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=200)
    begins: AwareDatetime = Field(description="With its time zone: from then on codes are good.")
    ends: AwareDatetime = Field(description="Until then; servers are stopped and nothing is written any more.")
    zone: str = Field(default="UTC", max_length=64, description="By whose clocks its times are said.")
    place: str = Field(default="", max_length=200)
    welcome: str = Field(default="", max_length=20_000, description="In Markdown.")
    read_hours: int = Field(
        default=24, description="So long after the end its people read and copy; then all is deleted."
    )
    profile: str = Field(max_length=30, description="Slug of the profile that its servers are made from.")
    answers: dict[str, str] = Field(default_factory=dict, description="Option of it -> what it is for everybody.")
    repositories: list[RepositoryOf] = Field(default_factory=list, max_length=20)
    tools: ToolsWish = None
    lifetime: LifetimeWish = ""
    idle_stop: IdleStopWish = ""
    team_servers: bool = Field(
        default=False, description="Each team works in one server; the profile has to be for working together."
    )
    sign_ins: int | None = Field(
        default=None,
        description="So often each code lets somebody in; 30 if nothing is said, or what the operator allows if that is less.",
    )
    storage: str = Field(
        default="",
        max_length=20,
        description="How much all of it may have in the data store, such as 20G; empty: as much as the operator allows.",
    )
    changed: int | None = Field(default=None, description="As it was read: refused if somebody changed it since.")

    def details(self, rules: EventRules) -> EventDetails:
        """Return the event, as the operator allows it where nothing is said."""
        told = self.model_dump(include=set(EventWish.model_fields) - NOT_AS_IT_IS)
        told["sign_ins"] = rules.usual_sign_ins if self.sign_ins is None else self.sign_ins
        repositories = tuple(each.material() for each in self.repositories)
        return EventDetails(**told, repositories=repositories, limits=Limits(self.tools, self.lifetime, self.idle_stop))


class SeatsWish(BaseModel):
    """Accounts that are to be made."""

    model_config = ConfigDict(extra="forbid")

    accounts: int = Field(default=0, ge=0, le=MOST, description="Of no team.")
    teams: int = Field(default=0, ge=0, le=MOST, description="So many new teams.")
    team_size: int = Field(default=0, ge=0, le=MOST, description="Accounts of each new team.")

    def wanted(self) -> Wanted:
        """Return them."""
        return Wanted(self.accounts, self.teams, self.team_size)


class DoubleWish(BaseModel):
    """As many accounts as there are, once more."""

    model_config = ConfigDict(extra="forbid")

    there: int | None = Field(default=None, description="So many are there, as it was read: refused if others are.")


class MadeShown(BaseModel):
    """How many accounts were made."""

    accounts: int


class NewEventWish(EventWish, SeatsWish):
    """A new event with its accounts."""


class EventShown(BaseModel):
    """An event."""

    id: str
    title: str
    role: str | None
    state: str = Field(description="before, on, read (over, and still read) or gone.")
    place: str
    welcome: str
    begins: datetime
    ends: datetime
    zone: str
    read_hours: int
    deleted_at: datetime
    profile: str
    answers: dict[str, str]
    repositories: list[RepositoryOf]
    tools: tuple[str, ...] | None
    lifetime: str
    idle_stop: str
    team_servers: bool
    sign_ins: int
    storage: str
    changed: int
    report: dict[str, int] = Field(description="What was deleted.")


class SeatShown(BaseModel):
    """An account of an event."""

    number: int
    team: str
    team_title: str
    name: str
    full_name: str
    taken: datetime | None
    sign_ins: int = Field(description="So often its code has let somebody in.")
    is_used_up: bool = Field(description="It lets nobody in any more: as often as it may.")
    lasts: bool


class NameWish(BaseModel):
    """What somebody wants to be called in an event."""

    model_config = ConfigDict(extra="forbid")

    full_name: str = Field(max_length=80)


class OwnSeatShown(BaseModel):
    """The caller's own account of an event."""

    number: int
    full_name: str = Field(description="What people call the caller.")
    team: str = Field(description="Id of their team; empty: they are in none.")
    team_title: str
    mates: list[str] = Field(description="What people call those who are in it by now, without the caller.")
    host: str = Field(description="Whose server is that of the team; empty: there is none, or it is their own.")


class CardShown(BaseModel):
    """What stands on a card."""

    number: int
    code: str
    link: str
    signed_out: bool = Field(
        description="Who came in with the card of before is out; false: the hub did not answer, and does that when it is back."
    )
    stopped: int = Field(description="So many of their servers did not answer, and were stopped.")


class KeptShown(BaseModel):
    """The link with which the owner of an account that lasts chooses a password."""

    link: str


class TeamWish(BaseModel):
    """What a team is to be called."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=80)


class TeamLinkShown(BaseModel):
    """A team, and the link by which whoever has it takes what the team shares."""

    team: str
    title: str
    link: str


class EventLinkWish(BaseModel):
    """Whether one link lets people in."""

    model_config = ConfigDict(extra="forbid")

    sharing: bool
    renew: bool = Field(default=False, description="With another link: that of before leads nowhere any more.")


class EventLinkShown(BaseModel):
    """That link; "" = none does."""

    link: str


class TeamLiveShown(BaseModel):
    """A team now."""

    team: str
    title: str
    accounts: int
    people: int
    running: int
    problems: list[str]


class EventLiveShown(BaseModel):
    """An event now."""

    accounts: int
    people: int
    running: int
    teams: list[TeamLiveShown]
    counts: dict[str, int]
    run: RunShown = Field(description="The last go through its servers: starting, stopping or speaking to them.")
    rows: list[RowShown] = Field(description="Who is in, and who leads it and has a server.")
