"""The profile of a class: one of the operator's, with some of its questions answered, and within what it allows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from sardonyx_spawner.choice import checked_answer
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.language import _
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Option, Profile
from sardonyx_spawner.repository import Repository, check_branch, check_repository

NOBODY = Person("", "")
_NOT_IN_A_FOLDER = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Course:
    """What a class or an event says of its servers.

    Args:
        group: of the class, which is the slug of its profile.
        answers: option -> what it is for everybody.
        repository: address of its material; "" = none.
        volumes: what its servers have of its files, or of a team's, by who starts them.
    """

    kind: Literal["class", "event"]
    group: str
    title: str
    description: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    repository: str = ""
    branch: str = ""
    volumes: tuple[GroupVolume, ...] = ()


def base_of_classes(profile: Profile) -> Profile:
    """Return a profile as classes are made from it: with what everybody may choose, and nothing that is for some."""
    return profile.seen_by(NOBODY)


def class_profile(base: Profile, course: Course) -> Profile:
    """Return the profile of a class.

    An answer that the operator allows no more is passed over, and the usual one counts: nothing is ever widened.

    Args:
        base: of the operator.
    """
    base = base_of_classes(base)
    material = material_of(course.repository, course.branch)
    return replace(
        base,
        slug=course.group,
        title=course.title,
        description=course.description or base.title,
        icon="class",
        belongs_to=course.kind,
        groups=frozenset({course.group}),
        volumes=course.volumes,
        options=tuple(_answered(option, course.answers.get(option.name, "")) for option in base.options),
        # The same place with two branches would be brought to and fro at each start.
        repositories=(*material, *(each for each in base.repositories if each.url not in {m.url for m in material})),
    )


def material_of(repository: str, branch: str) -> tuple[Repository, ...]:
    """Return the material of a class; () = it has none, or none that can be got.

    The hub keeps no copy of it: an instructor may name any address, and the hub reaches more than a server does.
    """
    if not repository:
        return ()
    try:
        check_material(repository, branch)
    except UserError:
        return ()
    name = repository.rstrip("/").rpartition("/")[2].removesuffix(".git")
    folder = _NOT_IN_A_FOLDER.sub("-", name).strip("-.") or "material"
    return (Repository(repository, branch, folder=folder, is_material=True),)


def check_material(repository: str, branch: str) -> None:
    """Make sure that a class can have this material.

    Raises:
        UserError: says what is wrong with it.
    """
    if repository:
        check_repository(repository)
    if branch:
        check_branch(branch)


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
