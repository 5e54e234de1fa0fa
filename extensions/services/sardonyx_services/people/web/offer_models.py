"""What the REST API says of what classes and events can be made from."""

from pydantic import BaseModel, Field

from sardonyx_spawner.class_limits import longest_idle_of, longest_of
from sardonyx_spawner.profiles import Option, Profile


class AnswerOffered(BaseModel):
    """An answer to a question."""

    value: str
    title: str
    description: str


class QuestionOffered(BaseModel):
    """What can be settled for each server of a class or an event; else each person chooses."""

    name: str = Field(description="Of the option, in `answers`.")
    title: str
    description: str
    choices: list[AnswerOffered] = Field(description="Empty: it is answered by a number or a text.")
    minimum: float = Field(description="Of a number, and so is `maximum`; 0 and 0: it is none.")
    maximum: float

    @classmethod
    def of(cls, option: Option) -> "QuestionOffered":
        """Return what is said of one."""
        choices = [AnswerOffered(value=e.slug, title=e.title, description=e.description) for e in option.choices]
        return cls(
            name=option.name,
            title=option.title,
            description=option.description,
            choices=choices,
            minimum=option.minimum,
            maximum=option.maximum,
        )


class ProfileOffered(BaseModel):
    """A profile that the servers of a class or an event can be made from."""

    profile: str = Field(description="Its slug.")
    title: str
    description: str
    questions: list[QuestionOffered]
    tools: list[str] | None = Field(description="Those that there are; null: all of the place.")
    lifetime_s: int | None = Field(description="A server runs for so many seconds at most; null: for ever.")
    idle_stop_s: int | None = Field(description="One that nobody uses for so many seconds is stopped; null: not said.")
    collaboration: bool = Field(description="It is for working together: people can be let in, and teams work in one.")

    @classmethod
    def of(cls, profile: Profile) -> "ProfileOffered":
        """Return what is said of one."""
        return cls(
            profile=profile.slug,
            title=profile.title,
            description=profile.description,
            questions=[QuestionOffered.of(option) for option in profile.questions],
            tools=None if profile.tools is None else [*profile.tools],
            lifetime_s=longest_of(profile),
            idle_stop_s=longest_idle_of(profile),
            collaboration=profile.collaboration,
        )


class OffersShown(BaseModel):
    """What the caller can make here."""

    may_make_classes: bool
    may_make_events: bool
    profiles: list[ProfileOffered] = Field(description="What their servers can be; empty for who may make neither.")
