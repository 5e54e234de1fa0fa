"""The form of a class: read from what a browser sent, and filled in again where something was wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from starlette.datastructures import FormData

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.faults import Faults, said_at
from sardonyx_services.people.moments import day_of, moment_of
from sardonyx_services.people.web.classes.desk import Seen
from sardonyx_services.people.web.limits_form import Ticked, read_ticked, ticked_of
from sardonyx_services.people.web.material_form import MaterialRow, materials, read_rows, row_faults, rows_of
from sardonyx_services.people.web.words import Words
from sardonyx_spawner.class_limits import Limits
from sardonyx_spawner.language import SaidError, _
from sardonyx_spawner.profiles import Profile

Read = TypeVar("Read")
TEXTS = (
    "title",
    "description",
    "profile",
    "first_day",
    "last_day",
    "zone",
    "kept_days",
    "hand_in_until",
    "after_end",
    "provider_group",
    "lifetime",
    "idle_stop",
    "changed",
)


@dataclass(frozen=True)
class ClassForm:
    """What stands in the form, as text.

    Args:
        is_unfinished: a row for a repository was to be added or taken out, and nothing kept yet.
        answers: profile.option -> what was chosen; "" = each student chooses.
    """

    title: str = ""
    description: str = ""
    profile: str = ""
    repositories: tuple[MaterialRow, ...] = (MaterialRow(),)
    is_unfinished: bool = False
    first_day: str = ""
    last_day: str = ""
    zone: str = ""
    kept_days: str = "30"
    hand_in_until: str = ""
    after_end: str = ""
    provider_group: str = ""
    changed: str = "0"
    lifetime: str = ""
    idle_stop: str = ""
    tools: Ticked = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def new(cls, profiles: Sequence[Profile], usual: ClassDetails, title: str = "") -> "ClassForm":
        """Return the form of a new class: its servers are of the first kind that there is."""
        return cls(title=title, profile=profiles[0].slug if profiles else "", after_end=usual.after_end)

    @classmethod
    def of(cls, seen: Seen) -> "ClassForm":
        """Return the form of a class that there is."""
        details = seen.details
        return cls(
            title=seen.group.title,
            description=details.description,
            profile=details.profile,
            repositories=rows_of(details.repositories),
            first_day=details.first_day.isoformat() if details.first_day else "",
            last_day=details.last_day.isoformat() if details.last_day else "",
            zone=details.zone,
            kept_days=str(details.kept_days),
            hand_in_until=Words().field(details.hand_in_until, details.zone) if details.hand_in_until else "",
            after_end=details.after_end,
            provider_group=details.provider_group,
            changed=str(details.changed),
            lifetime=details.limits.lifetime,
            idle_stop=details.limits.idle_stop,
            tools=ticked_of(details.profile, details.limits),
            answers={f"{details.profile}.{name}": value for name, value in details.answers.items()},
        )

    def read(self, before: ClassDetails) -> "ClassRead":
        """Return what the form describes, and what of it is no day or number.

        Args:
            before: what the class is, for what the form does not say.
        """
        faults, prefix, zone = Faults(), f"{self.profile}.", self.zone or "UTC"
        details = replace(
            before,
            description=self.description,
            profile=self.profile,
            answers={k.removeprefix(prefix): v for k, v in self.answers.items() if v and k.startswith(prefix)},
            repositories=materials(self.repositories),
            limits=Limits(self.tools.get(self.profile), self.lifetime, self.idle_stop),
            # In the place of what cannot be read stands what nothing else is wrong because of.
            first_day=faults.tried(partial(_at, "first_day", day_of, self.first_day), None),
            last_day=faults.tried(partial(_at, "last_day", day_of, self.last_day), None),
            zone=zone,
            kept_days=faults.tried(partial(_at, "kept_days", _number, self.kept_days), before.kept_days),
            hand_in_until=faults.tried(partial(_at, "hand_in_until", moment_of, self.hand_in_until, zone), None),
            provider_group=self.provider_group,
            # What is neither is refused with the rest.
            after_end=self.after_end or before.after_end,  # type: ignore[arg-type]
            changed=faults.tried(partial(_number, self.changed), 0),
        )
        return ClassRead(details, tuple(faults.found))

    def places_of(self, error: SaidError) -> Mapping[str, str]:
        """Return what is wrong, as `said_at` does."""
        return said_at(error, TEXTS)

    def row_faults(self, profiles: Sequence[Profile]) -> Mapping[tuple[int, str], str]:
        """Return what is wrong with its repositories, by row and field."""
        return row_faults(self.repositories, self.profile, profiles)


@dataclass(frozen=True)
class ClassRead:
    """What a form describes.

    Args:
        faults: what could not be read; in its place stands something.
    """

    details: ClassDetails
    faults: tuple[SaidError, ...] = ()


def read_class_form(sent: FormData, profiles: Sequence[Profile]) -> ClassForm:
    """Return what a browser sent; fields that are not of the form are not looked at."""
    texts: dict[str, Any] = {name: str(sent.get(name, "")).strip() for name in TEXTS}
    known = [f"{profile.slug}.{option.name}" for profile in profiles for option in profile.questions]
    answers = {name: str(sent.get(name, "")).strip() for name in known}
    return ClassForm(**texts, **read_rows(sent), tools=read_ticked(sent, profiles), answers=answers)


def _at(field: str, read: Callable[..., Read], *said: str) -> Read:
    """Read what was written in a field; say of it what is wrong, but for what is wrong with the time zone."""
    try:
        return read(*said)
    except PeopleError as error:
        raise PeopleError(error.message, field=error.field or field) from error


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:  # noqa: PLR2004 - no number of ours is longer
        raise PeopleError(_("“{text}” is no number of days.").format(text=text[:40]))
    return int(text)
