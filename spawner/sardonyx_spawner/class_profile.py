"""The profile of a class: one of the operator's, with some of its questions answered, and within what it allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from sardonyx_spawner.choice import checked_answer
from sardonyx_spawner.class_limits import NO_LIMITS, Limits, within
from sardonyx_spawner.closing import Closing
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.language import _
from sardonyx_spawner.material import material_of
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Option, Profile
from sardonyx_spawner.repository import Material, Repository

NOBODY = Person("", "")


@dataclass(frozen=True)
class Course:
    """What a class or an event says of its servers.

    Args:
        group: of the class, which is the slug of its profile.
        answers: option -> what it is for everybody.
        repositories: its material.
        volumes: what its servers have of its files, or of a team's, by who starts them.
        ends_at: seconds since the epoch, when its servers are stopped; None = that is not looked at here.
        limits: what its servers have of what its profile offers.
        closing: when it is over; None = it has no end.
    """

    kind: Literal["class", "event"]
    group: str
    title: str
    description: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    repositories: tuple[Material, ...] = ()
    volumes: tuple[GroupVolume, ...] = ()
    ends_at: float | None = None
    limits: Limits = NO_LIMITS
    closing: Closing | None = None


def base_of_classes(profile: Profile) -> Profile:
    """Return a profile as classes are made from it: with what everybody may choose, and nothing that is for some."""
    return profile.seen_by(NOBODY)


def class_profile(base: Profile, course: Course, mirrored: Sequence[str] = ()) -> Profile:
    """Return the profile of a class.

    An answer that the operator allows no more is passed over, and the usual one counts; so is a tool that is not there any
    more, and of two limits of time the shorter one counts: nothing is ever widened.

    Args:
        base: of the operator.
        mirrored: what addresses begin with of which the hub keeps a copy.
    """
    base = within(base_of_classes(base), course.limits)
    return replace(
        base,
        slug=course.group,
        title=course.title,
        description=course.description or base.title,
        icon="class",
        belongs_to=course.kind,
        base=base.slug,
        groups=frozenset({course.group}),
        volumes=course.volumes,
        closing=course.closing,
        ends_at=course.ends_at,
        storage_scopes=("home", course.group),
        options=tuple(_answered(option, course.answers.get(option.name, "")) for option in base.options),
        repositories=repositories_of(course.repositories, base, mirrored),
    )


def repositories_of(
    materials: Sequence[Material], base: Profile | None, mirrored: Sequence[str] = ()
) -> tuple[Repository, ...]:
    """Return what servers of a class bring: its material, then what its profile has.

    Args:
        base: of the operator; None = the class has no profile of its own.
        mirrored: what addresses begin with of which the hub keeps a copy.
    """
    own = material_of(materials, mirrored)
    # The same address with two branches would be brought to and fro at each start.
    urls = {each.url for each in own}
    return (*own, *(each for each in base.repositories if each.url not in urls)) if base is not None else own


def check_answers(base: Profile, answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers of a class as they are kept.

    Args:
        base: that it is made from.

    Raises:
        UserError: the profile does not ask for that, or does not allow it.
    """
    questions = {option.name: option for option in base_of_classes(base).questions}
    kept = {}
    for name, value in answers.items():
        if name not in questions:
            raise UserError(_("{profile} does not ask for {name}.").format(profile=base.title, name=name[:40]))
        try:
            kept[name] = checked_answer(questions[name], value)
        except UserError as error:
            raise UserError(
                _("{title}: {fault}").format(title=_(questions[name].title), fault=error.message)
            ) from error
    return kept


def _answered(option: Option, answer: str) -> Option:
    if not answer or not option.is_asked:
        return option
    try:
        return replace(option, default=checked_answer(option, answer), is_asked=False)
    except UserError:
        return replace(option, is_asked=False)
