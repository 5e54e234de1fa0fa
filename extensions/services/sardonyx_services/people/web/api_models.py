"""What the REST API takes and gives."""

from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sardonyx_services.people.class_details import AfterEnd, ClassDetails
from sardonyx_services.people.courses import PlatformCourse
from sardonyx_services.people.lessons import LONGEST_AHEAD_MIN
from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.limits_models import IdleStopWish, LifetimeWish, ToolsWish
from sardonyx_services.people.web.material_models import RepositoryOf

EXPORTING = "When it has ended, what was handed in is copied into the own data of its students, all of it into that of instructors."
RoleName = Literal["student", "guest", "assistant", "instructor"]


class ClassWish(BaseModel):
    """What a class is to be; what is not said is as it was, or as it usually is."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(default="", max_length=1000)
    description: str = Field(default="", max_length=1000)
    profile: str = Field(default="", max_length=30)
    answers: dict[str, str] = Field(default_factory=dict, max_length=20)
    repositories: list[RepositoryOf] = Field(default_factory=list, max_length=20, description="Its material.")
    tools: ToolsWish = None
    lifetime: LifetimeWish = ""
    idle_stop: IdleStopWish = ""
    first_day: date | None = None
    last_day: date | None = None
    zone: str = Field(default="UTC", max_length=64)
    kept_days: int = 30
    hand_in_until: AwareDatetime | None = Field(default=None, description="With its time zone; null: always.")
    after_end: AfterEnd | None = Field(
        default=None,
        description="What becomes of its data in the store, a day after it has ended; null: as it is usual in this place.",
    )
    exporting: bool | None = Field(default=None, description=f"{EXPORTING} null: as it was; new classes do.")
    provider_group: str = Field(
        default="",
        max_length=300,
        description="People in this group of their provider are students, from a sign-in on.",
    )
    changed: int | None = Field(
        default=None, description="How often it was changed when it was read; null: whatever it is."
    )

    def on(self, details: ClassDetails) -> ClassDetails:
        """Return a class with what is said here."""
        said = {name: getattr(self, name) for name in self.model_fields_set - {"title", "changed"}}
        for name in ("after_end", "exporting"):
            if getattr(self, name) is None:
                said.pop(name, None)
        if "repositories" in said:
            said["repositories"] = tuple(each.material() for each in self.repositories)
        limits = {name: said.pop(name) for name in vars(details.limits) if name in said}
        found = replace(details, **said, limits=replace(details.limits, **limits))
        return found if self.changed is None else replace(found, changed=self.changed)


class ClassShown(BaseModel):
    """A class, as the caller meets it."""

    id: str
    title: str
    description: str
    role: str | None
    is_over: bool
    profile: str
    answers: dict[str, str]
    repositories: list[RepositoryOf]
    tools: tuple[str, ...] | None
    lifetime: str
    idle_stop: str
    first_day: date | None
    last_day: date | None
    zone: str
    kept_days: int
    hand_in_until: datetime | None
    joining: bool
    changed: int
    after_end: AfterEnd
    exporting: bool
    exported: datetime | None = Field(description="When all had their copies; null: not all have.")
    provider_group: str
    deleted: datetime | None
    report: dict[str, int]

    @classmethod
    def of(cls, seen: Seen) -> "ClassShown":
        """Return a class as the desk shows it."""
        details = seen.details
        return cls(
            id=seen.group.id,
            title=seen.group.title,
            role=seen.role,
            is_over=seen.is_over,
            **vars(details.limits),
            **{name: getattr(details, name) for name in cls.model_fields.keys() & vars(details).keys()},
        )


class CourseShown(BaseModel):
    """A course of a learning platform."""

    id: str
    platform: str = Field(description="Its slug in the settings.")
    title: str

    @classmethod
    def of(cls, course: PlatformCourse) -> "CourseShown":
        """Return a course that is known here."""
        return cls(id=course.id, platform=course.platform, title=course.title)


class StepShown(BaseModel):
    """A step in the life of a class; `at` is null where it has no moment yet."""

    step: str
    at: datetime | None
    is_done: bool


class HoursWish(BaseModel):
    """Weekly hours: "mon 10:15-11:45, 2026-12-04 14:00-16:00, off 2026-12-21/2027-01-03", by the clocks of the class."""

    model_config = ConfigDict(extra="forbid")

    lessons: str = Field(
        default="", max_length=1000, description="Those of each week, single ones, and days without those of the week."
    )
    ahead_min: int = Field(
        default=0, ge=0, le=LONGEST_AHEAD_MIN, description="Servers are started so many minutes before."
    )
    only_then: bool = Field(default=False, description="Students have servers of the class in its lessons only.")
    changed: int | None = Field(
        default=None,
        description="That of the hours that were read: others are not written over; null: whatever they are.",
    )


class LessonShown(BaseModel):
    """A lesson that is on, or comes."""

    begins: datetime
    ends: datetime


class HoursShown(BaseModel):
    """Weekly hours, and the lessons that they make."""

    lessons: str
    ahead_min: int
    only_then: bool
    changed: int = Field(description="A number that stands for these hours: with others it is another one.")
    coming: list[LessonShown] = Field(description="The lesson that is on, and the next ones, five at most.")
    fit: list[str] = Field(
        description="What the servers of all get on this machine, in words; empty: it is not for the caller, or not known."
    )


class AfterEndWish(BaseModel):
    """What becomes of the data of a class; what is null is as it was."""

    model_config = ConfigDict(extra="forbid")

    after_end: AfterEnd | None = None
    exporting: bool | None = Field(default=None, description=EXPORTING)


class MemberShown(BaseModel):
    """Somebody in a class."""

    name: str
    full_name: str
    role: str


class RoleWish(BaseModel):
    """What somebody is to be in a class."""

    model_config = ConfigDict(extra="forbid")

    role: RoleName


class InvitationShown(BaseModel):
    """Somebody who is invited into a class and has not signed in yet."""

    name: str = Field(description="With which they will sign in, or their mail address.")
    mail: str
    role: str


class InvitationWish(BaseModel):
    """What somebody is to be in a class when they come."""

    model_config = ConfigDict(extra="forbid")

    role: RoleName = "student"
    mail: str = Field(
        default="",
        max_length=254,
        description="Their address beside a name: they are let in by it where their provider has verified it.",
    )


class ExtensionWish(BaseModel):
    """Until when somebody hands in."""

    model_config = ConfigDict(extra="forbid")

    until: AwareDatetime | None = Field(description="With its time zone; null: as all others.")


class JoinWish(BaseModel):
    """The code of a link to join by: what stands at its end."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=100)


class LinkWish(BaseModel):
    """Whether people join by a link."""

    model_config = ConfigDict(extra="forbid")

    joining: bool
    renew: bool = Field(default=False, description="With another link: that of before leads nowhere any more.")


class LinkShown(BaseModel):
    """The link to join by; "" = nobody joins by one."""

    code: str
    link: str


class ServersWish(BaseModel):
    """Whose servers; null: those of all students."""

    model_config = ConfigDict(extra="forbid")

    names: list[str] | None = Field(default=None, max_length=5000)


class MessageWish(BaseModel):
    """What is said to everybody."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=4000, description="1000 characters at most.")


class PutBackWish(BaseModel):
    """A file of the material that is to be as it is there again."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(max_length=500, description="Below the folder of the repository, as `week-1/task.ipynb`.")
    folder: str = Field(
        default="",
        max_length=500,
        description="Of the repository, in the home; empty: of the first one that has the file.",
    )


class LineShown(BaseModel):
    """What becomes of a line of a roster; `fault` is what is wrong with it, "" = nothing.

    `step` is: joins, changes (their role), stays, is new (they get an account), invited, or waits (they were invited, and
    have not come).
    """

    line: int
    name: str = ""
    step: str = ""
    role: str = ""
    fault: str = ""
    link: str = Field(
        default="",
        description="With what somebody whose account was made chooses their password, once; it is shown this once.",
    )


class HandInShown(BaseModel):
    """A file that somebody has handed in."""

    name: str
    path: str
    size: int
    changed: datetime
