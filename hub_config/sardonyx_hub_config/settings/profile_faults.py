"""What is wrong between the parts of profiles that are each well-formed."""

import math
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from sardonyx_hub_config.settings.implied import implied_by
from sardonyx_hub_config.settings.profiles import ChoiceSettings, OptionSettings, ProfileSettings
from sardonyx_services.people.groups import ALPHABET, ID_LENGTH
from sardonyx_spawner.amounts import number
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.profiles import NUMBERS, TEXTS
from sardonyx_spawner.repository import check_branch, check_repository, lies_in

Found = Iterator[tuple[tuple[str, ...], str]]

OF_A_CLASS = re.compile(rf"class-[{ALPHABET}]{{{ID_LENGTH}}}")
"""What the profile of a class can be called, of which there may be one any day."""

WRITTEN = {
    "image": "image: registry.example/python:1",
    "cpu": "cpu: 2",
    "memory": "memory: 2G",
    "gpus": "gpus: 1",
    "lifetime": "lifetime: 4h",
    "home": "home: kept",
}
"""What a choice of an option has to say unless its name does."""


def profile_faults(
    profiles: Mapping[str, ProfileSettings], environments: AbstractSet[str]
) -> list[tuple[tuple[str, ...], str]]:
    """Return what is wrong, and what to write instead: (path, message) pairs.

    Args:
        environments: slugs of the environments in the settings.
    """
    return [
        (("profiles", slug, *path), message)
        for slug, profile in profiles.items()
        for path, message in _profile_faults(slug, profile, environments)
    ]


def _profile_faults(slug: str, profile: ProfileSettings, environments: AbstractSet[str]) -> Found:
    if not slug[:1].isalpha():
        yield (), f"'{slug}' does not begin with a letter. Call it something like 'python'."
    if OF_A_CLASS.fullmatch(slug):
        yield (
            (),
            f"'{slug}' is a name that a class may have. Call it something else, such as 'for-{slug.removeprefix('class-')}'.",
        )
    if profile.environment is not None and profile.environment not in environments:
        yield ("environment",), _missing_environment(profile.environment, environments)
    if profile.environment is None and profile.image is None and not {"environment", "image"} & profile.options.keys():
        yield (), f"says nowhere what to run. Add 'environment: {min(environments, default='python')}'."
    for name, option in profile.options.items():
        faults = (
            *_choice_faults(name, option, environments),
            *(_number_faults(name, option) if name in NUMBERS and not option.choices else ()),
            *_text_faults(name, option),
            *_shown_when_faults(name, option, profile),
        )
        yield from ((("options", name, *path), message) for path, message in faults)
    yield from _same_places(profile)
    circle = _circle(profile)
    if circle:
        yield ("options", circle[0], "shown_when"), f"goes in a circle: {', '.join(circle)}. Remove one 'shown_when'."


def _same_places(profile: ProfileSettings) -> Found:
    """Find repositories that would lie in one another."""
    places: dict[str, str] = {}
    for name, repository in profile.repositories.items():
        place = repository.folder or name
        for other, there in places.items():
            if lies_in(place, there):
                yield ("repositories", name), f"has its place in that of '{other}'. Give it a 'folder' of its own."
        places[name] = place


def _choice_faults(name: str, option: OptionSettings, environments: AbstractSet[str]) -> Found:
    if not option.choices:
        if name not in NUMBERS and name not in TEXTS:
            yield (), "has no choices. Add at least one below 'choices'."
        elif "choices" in option.model_fields_set:
            yield ("choices",), "is empty. Add a choice, or remove the line."
        return
    if option.default is not None and option.usual() not in option.choices:
        yield ("default",), f"'{option.usual()}' is not one of the choices. Write one of: {', '.join(option.choices)}."
    for slug, choice in option.choices.items():
        at = ("choices", slug)
        environment = choice.environment or implied_by(name, slug).get("environment")
        if environment is not None and environment not in environments:
            yield at, _missing_environment(environment, environments)
        if not _gives(name, slug, choice):
            yield at, f"does not say what it gives. Add '{WRITTEN[name]}'."


def _gives(name: str, slug: str, choice: ChoiceSettings) -> bool:
    return name not in WRITTEN or getattr(choice, name) is not None or bool(implied_by(name, slug))


def _number_faults(name: str, option: OptionSettings) -> Found:
    low, high = option.smallest(name), option.maximum
    if high is None:
        yield (), "has neither choices nor a maximum. Add 'maximum: 8', or choices."
        return
    if low == 0 and name != "gpus":
        yield ("minimum",), "is 0, and nothing runs on that. Write 1, or 0.5 with 'step: 0.5'."
    if name == "gpus" and not all(value.is_integer() for value in (float(low), float(high), float(option.step))):
        yield (), "counts whole GPUs. Write whole numbers."
    if low > high:
        yield ("minimum",), f"is {number(low)}, more than the maximum {number(high)}. Exchange them."
    elif option.default is None:
        return
    elif not isinstance(option.default, int | float) or not low <= option.default <= high:
        yield ("default",), f"'{option.usual()}' is not a number from {number(low)} to {number(high)}."
    elif not math.isclose(steps := (option.default - low) / option.step, round(steps), abs_tol=1e-6):
        yield ("default",), f"'{option.usual()}' lies between steps of {number(option.step)} from {number(low)}."


def _text_faults(name: str, option: OptionSettings) -> Found:
    if name not in TEXTS or option.choices or not option.usual():
        return
    try:
        if name == "repository":
            check_repository(option.usual())
        else:
            check_branch(option.usual())
    except UserError as error:
        yield ("default",), error.message
        return
    if option.pattern and re.fullmatch(option.pattern, option.usual()) is None:
        yield ("default",), f"'{option.usual()}' does not match the pattern in full. Change one of them."


def _shown_when_faults(name: str, option: OptionSettings, profile: ProfileSettings) -> Found:
    for other, values in option.shown_when.items():
        at = ("shown_when", other)
        there = profile.options.get(other)
        if other == name:
            yield at, "depends on itself. Name another option."
        elif there is None:
            others = ", ".join(o for o in profile.options if o != name) or "none"
            yield at, f"names an option that this profile does not have. Others are: {others}."
        elif not there.choices:
            yield at, "has no choices, so nothing can depend on it. Name an option with choices."
        elif not values:
            yield at, f"names no choice. Write some of: {', '.join(there.choices)}."
        elif unknown := sorted(values - there.choices.keys()):
            yield at, f"names {', '.join(unknown)}, which it does not offer. Choices are: {', '.join(there.choices)}."


def _circle(profile: ProfileSettings) -> list[str]:
    needs = {
        str(name): {str(other) for other in option.shown_when if other in profile.options and other != name}
        for name, option in profile.options.items()
    }
    while ready := [name for name, others in needs.items() if not others & needs.keys()]:
        for name in ready:
            del needs[name]
    return list(needs)


def _missing_environment(name: str, environments: AbstractSet[str]) -> str:
    there = ", ".join(sorted(environments)) or "none"
    return f"names the environment '{name}', which is not there. Environments are: {there}."
