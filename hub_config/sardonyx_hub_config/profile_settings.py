"""The `profiles` section of the settings: what an operator writes, and the profiles it becomes."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from sardonyx_spawner.amounts import duration_seconds, memory_bytes, number
from sardonyx_spawner.profiles import NUMBERS, OPTION_NAMES, TEXTS, Allowed, Gives, Option, Profile

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")]
Icon = Literal["python", "r", "spark", "class", "code", "gpu"]
OptionName = Literal[
    "environment", "image", "size", "cpu", "memory", "gpus", "repository", "branch", "lifetime", "home"
]

TITLES = {
    "environment": "Environment", "image": "Image", "size": "Size", "cpu": "Cores", "memory": "Memory", "gpus": "GPUs",
    "repository": "Repository", "branch": "Branch", "lifetime": "For how long?", "home": "Files",
}  # fmt: skip
DEFAULT_STEPS = {"cpu": 1.0, "memory": 1.0, "gpus": 1.0}


def _memory(text: str) -> str:
    memory_bytes(text)
    return text


def _duration(text: str) -> str:
    duration_seconds(text)
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"this regular expression cannot be read: {error}") from None
    return text


Memory = Annotated[str, AfterValidator(_memory), Field(examples=["512M", "2G"])]
Duration = Annotated[str, AfterValidator(_duration), Field(examples=["30m", "4h", "2d"])]
Pattern = Annotated[str, AfterValidator(_pattern)]


class Section(BaseModel):
    """A section of the settings: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GivesSettings(Section):
    """What a profile or a choice gives to the server."""

    cpu: float | None = Field(default=None, gt=0, le=1024, description="Cores.")
    memory: Memory | None = Field(default=None, description="Memory, such as 2G.")
    gpus: int | None = Field(default=None, ge=0, le=64, description="Number of GPUs.")
    lifetime: Duration | None = Field(default=None, description="Time from start to end, such as 4h.")
    environment: str | None = Field(default=None, description="Slug of an environment (one machine).")
    image: str | None = Field(default=None, description="Image reference (Kubernetes).")
    home: Literal["kept", "fresh"] | None = Field(
        default=None, description="kept: the person's files; fresh: an empty folder, thrown away."
    )

    def gives(self) -> Gives:
        """Return the same in the words of the planner."""
        return Gives(
            environment=self.environment,
            image=self.image,
            cpu=self.cpu,
            memory=memory_bytes(self.memory) if self.memory else None,
            gpus=self.gpus,
            lifetime_s=duration_seconds(self.lifetime) if self.lifetime else None,
            home=self.home,
        )


class ChoiceSettings(GivesSettings):
    """One value that an option allows, and what it gives."""

    title: str = Field(min_length=1, max_length=80, description="What people read.")
    description: str = Field(default="", max_length=300, description="One line more.")
    order: int = Field(default=0, description="Smaller comes first; equal ones keep the order of the file.")
    groups: frozenset[str] = Field(
        default=frozenset(), description="Only people in one of these groups see it; empty: everybody."
    )

    def allowed(self, option: str, slug: str) -> Allowed:
        """Return the same in the words of the form; a choice of environment, image, lifetime or home means itself."""
        implied: dict[str, Any] = {}
        if option in {"environment", "image", "home"} and getattr(self, option) is None:
            implied[option] = slug
        if option == "lifetime" and self.lifetime is None and _is_duration(slug):
            implied["lifetime"] = slug
        return Allowed(slug, self.title, self.description, self.model_copy(update=implied).gives(), self.groups)


class OptionSettings(Section):
    """A question of a profile: choices, or limits of a number, or a pattern for text."""

    title: str = Field(default="", max_length=80, description="The question; each option has a usual one.")
    description: str = Field(default="", max_length=300, description="A hint under the question.")
    choices: dict[Slug, ChoiceSettings] = Field(default_factory=dict, description="Allowed values by slug.")
    default: str | float | None = Field(
        default=None, description="The answer of who gives none; without it the first choice."
    )
    minimum: float | None = Field(
        default=None, ge=0, description="Smallest number (cpu: cores, memory: GB, gpus: GPUs)."
    )
    maximum: float | None = Field(default=None, ge=0, description="Largest number.")
    step: float | None = Field(default=None, gt=0, description="Step of the number.")
    pattern: Pattern = Field(default="", description="Regular expression that a text must match in full.")
    groups: frozenset[str] = Field(
        default=frozenset(), description="Only people in one of these groups are asked; empty: everybody."
    )
    shown_when: dict[OptionName, frozenset[str]] = Field(
        default_factory=dict, description="Asked only while these options have one of these values."
    )

    def option(self, name: str) -> Option:
        """Return the same in the words of the form."""
        choices = sorted(self.choices.items(), key=lambda item: item[1].order)
        default = number(self.default) if isinstance(self.default, int | float) else self.default or ""
        if name in NUMBERS and not choices and not default:
            default = number(self.minimum or 0)
        return Option(
            name=name,
            title=self.title or TITLES[name],
            description=self.description,
            choices=tuple(choice.allowed(name, slug) for slug, choice in choices),
            default=default,
            minimum=self.minimum or 0,
            maximum=self.maximum or 0,
            step=self.step or DEFAULT_STEPS.get(name, 1.0),
            pattern=self.pattern,
            groups=self.groups,
            shown_when={str(other): values for other, values in self.shown_when.items()},
        )


class When(Section):
    """What has to be on the machine for a profile to be offered."""

    program: str | None = Field(
        default=None, description="Offered only where this program is on the machine, such as Rscript."
    )


class ProfileSettings(GivesSettings):
    """A kind of server that people may start."""

    title: str = Field(min_length=1, max_length=80, description="What people read.")
    description: str = Field(default="", max_length=300, description="One line under the title.")
    icon: Icon = Field(default="code", description="The picture on its card.")
    order: int = Field(default=0, description="Smaller comes first.")
    groups: frozenset[str] = Field(
        default=frozenset(), description="Only people in one of these groups see it; empty: everybody."
    )
    when: When = Field(default=When(), description="What has to be on the machine.")
    options: dict[OptionName, OptionSettings] = Field(default_factory=dict, description="The questions of its form.")
    variables: dict[str, str] = Field(
        default_factory=dict, description="Environment variables of its servers; never a secret."
    )

    @model_validator(mode="after")
    def _variables_are_names(self) -> "ProfileSettings":
        for name in self.variables:
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
                raise ValueError(f"'{name}' cannot be the name of an environment variable")
        return self

    def profile(self, slug: str) -> Profile:
        """Return the same in the words of the form, each question after those that it depends on."""
        options = {str(name): settings.option(name) for name, settings in self.options.items()}
        return Profile(
            slug=slug,
            title=self.title,
            description=self.description,
            icon=self.icon,
            order=self.order,
            groups=self.groups,
            gives=self.gives(),
            options=tuple(options[name] for name in _in_order(options)),
            variables=self.variables,
        )


def profile_faults(
    profiles: Mapping[str, ProfileSettings], environments: AbstractSet[str]
) -> list[tuple[tuple[str, ...], str]]:
    """Return what is wrong between the parts of profiles that are each well-formed: (path, message) pairs."""
    return [
        (("profiles", slug, *path), message)
        for slug, profile in profiles.items()
        for path, message in _profile_faults(profile, environments)
    ]


Found = Iterator[tuple[tuple[str, ...], str]]


def _profile_faults(profile: ProfileSettings, environments: AbstractSet[str]) -> Found:
    if profile.environment is not None and profile.environment not in environments:
        yield ("environment",), _missing_environment(profile.environment, environments)
    if profile.environment is None and profile.image is None and not {"environment", "image"} & profile.options.keys():
        yield (), "says nowhere what to run. Add 'environment: " + (sorted(environments) or ["python"])[0] + "'."
    for name, option in profile.options.items():
        at = ("options", name)
        yield from ((at + path, message) for path, message in _option_faults(name, option))
        yield from ((at + path, message) for path, message in _shown_when_faults(name, option, profile))
        for slug, choice in option.choices.items():
            wanted = choice.environment or (slug if name == "environment" else None)
            if wanted is not None and wanted not in environments:
                yield (*at, "choices", slug), _missing_environment(wanted, environments)
            if name == "lifetime" and choice.lifetime is None and not _is_duration(slug):
                yield (
                    (*at, "choices", slug),
                    "has no length. Add 'lifetime: 4h', or make its name a duration such as 4h.",
                )
    circle = _circle(profile)
    if circle:
        yield ("options", circle, "shown_when"), "depends on itself through other options. Break the circle."


def _option_faults(name: str, option: OptionSettings) -> Found:
    if option.choices:
        if option.default is not None and option.default not in option.choices:
            yield (
                ("default",),
                f"'{option.default}' is not one of the choices. Write one of: {', '.join(option.choices)}.",
            )
        return
    if name in NUMBERS:
        low, high = option.minimum or 0, option.maximum
        if high is None:
            yield (), "has neither choices nor a maximum. Add 'maximum: 8', or choices."
        elif low > high:
            yield ("minimum",), f"is {number(low)}, more than the maximum {number(high)}. Exchange them."
        elif option.default is not None and not (
            isinstance(option.default, int | float) and low <= option.default <= high
        ):
            yield ("default",), f"'{option.default}' is not a number from {number(low)} to {number(high)}."
    elif name not in TEXTS:
        yield (), "has no choices. Add at least one under 'choices'."
    elif option.pattern and option.default and re.fullmatch(option.pattern, str(option.default)) is None:
        yield ("default",), "does not match the pattern. Change one of them."


def _shown_when_faults(name: str, option: OptionSettings, profile: ProfileSettings) -> Found:
    for other, values in option.shown_when.items():
        if other == name:
            yield ("shown_when", other), "depends on itself. Name another option."
        elif other not in profile.options:
            yield (
                ("shown_when", other),
                f"names an option that this profile does not have. It has: {', '.join(profile.options)}.",
            )
        elif unknown := sorted(values - profile.options[other].choices.keys()):
            offered = ", ".join(profile.options[other].choices) or "none, it has no choices"
            yield (
                ("shown_when", other),
                f"names {', '.join(unknown)}, which is not a choice of '{other}'. Choices are: {offered}.",
            )


def _circle(profile: ProfileSettings) -> str:
    needs = {
        str(name): {str(o) for o in option.shown_when if o in profile.options and o != name}
        for name, option in profile.options.items()
    }
    done: set[str] = set()
    while ready := [name for name, others in needs.items() if name not in done and others <= done]:
        done.update(ready)
    return next((name for name in needs if name not in done), "")


def _in_order(options: Mapping[str, Option]) -> list[str]:
    ordered: list[str] = []
    waiting = [name for name in OPTION_NAMES if name in options]
    while waiting:
        ready = [n for n in waiting if all(o in ordered or o not in options for o in options[n].shown_when)] or waiting
        ordered.append(ready[0])
        waiting.remove(ready[0])
    return ordered


def _is_duration(text: str) -> bool:
    try:
        duration_seconds(text)
    except ValueError:
        return False
    return True


def _missing_environment(name: str, environments: AbstractSet[str]) -> str:
    there = ", ".join(sorted(environments)) or "none"
    return f"names the environment '{name}', which is not there. Environments are: {there}."
