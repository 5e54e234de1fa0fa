"""What may be offered: profiles, their options, and the values each option allows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sardonyx_spawner.person import Person

NOBODY_IN_PARTICULAR: frozenset[str] = frozenset()
"""Empty groups: everybody may see it."""

NUMBERS = ("cpu", "memory", "gpus")
"""Options that may take any number between two limits; memory counts in GB."""

TEXTS = ("repository", "branch")
"""Options that take text."""

OPTION_NAMES = ("environment", "image", "size", *NUMBERS, *TEXTS, "lifetime", "home")
"""Every option there is, in the order of the form."""


@dataclass(frozen=True)
class Gives:
    """What a profile or a chosen value contributes to the plan; None leaves it as it is.

    Args:
        cpu: cores.
        memory: bytes.
        lifetime_s: seconds; 0 = no end.
        home: "kept" or "fresh".
    """

    environment: str | None = None
    image: str | None = None
    cpu: float | None = None
    memory: int | None = None
    gpus: int | None = None
    lifetime_s: int | None = None
    home: str | None = None


@dataclass(frozen=True)
class Allowed:
    """One value that an option allows; `groups` empty = for everybody."""

    slug: str
    title: str
    description: str = ""
    gives: Gives = field(default_factory=Gives)
    groups: frozenset[str] = NOBODY_IN_PARTICULAR

    def is_for(self, person: Person) -> bool:
        """Tell whether the person may see it."""
        return _may_see(self.groups, person)


@dataclass(frozen=True)
class Option:
    """One question of a profile.

    It is answered by one of `choices`, or, where there are none, by a number between `minimum` and `maximum`
    (for `NUMBERS`) or by text that `pattern` matches in full (for `TEXTS`).

    Args:
        name: one of `OPTION_NAMES`.
        default: the answer of who gives none; "" = the first choice, or no text.
        shown_when: other option -> values; the question is asked only while each of them has one of its values.
    """

    name: str
    title: str
    description: str = ""
    choices: tuple[Allowed, ...] = ()
    default: str = ""
    minimum: float = 0
    maximum: float = 0
    step: float = 1
    pattern: str = ""
    groups: frozenset[str] = NOBODY_IN_PARTICULAR
    shown_when: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_for(self, person: Person) -> bool:
        """Tell whether the person may answer it."""
        return _may_see(self.groups, person) and (not self.choices or any(c.is_for(person) for c in self.choices))

    def choices_for(self, person: Person) -> tuple[Allowed, ...]:
        """Return the values that the person may choose."""
        return tuple(choice for choice in self.choices if choice.is_for(person))

    def default_for(self, person: Person) -> str:
        """Return the answer of a person who gives none."""
        if not self.choices:
            return self.default
        slugs = [choice.slug for choice in self.choices_for(person)]
        return self.default if self.default in slugs else slugs[0]

    def is_shown(self, values: Mapping[str, str]) -> bool:
        """Tell whether the question is asked, given the answers to the others."""
        return all(values.get(name) in wanted for name, wanted in self.shown_when.items())


@dataclass(frozen=True)
class Profile:
    """A kind of server that people may start.

    Args:
        options: in an order in which each comes after those that it depends on.
        gives: what every server of this profile has, before any answer.
    """

    slug: str
    title: str
    description: str = ""
    icon: str = "code"
    order: int = 0
    groups: frozenset[str] = NOBODY_IN_PARTICULAR
    gives: Gives = field(default_factory=Gives)
    options: tuple[Option, ...] = ()
    tools: tuple[str, ...] = ()
    storage_scopes: tuple[str, ...] = ("home",)
    variables: Mapping[str, str] = field(default_factory=dict)

    def is_for(self, person: Person) -> bool:
        """Tell whether the person may see it."""
        return _may_see(self.groups, person)

    def options_for(self, person: Person) -> tuple[Option, ...]:
        """Return the questions that the person may be asked."""
        return tuple(option for option in self.options if option.is_for(person))


def _may_see(groups: frozenset[str], person: Person) -> bool:
    # Without regard to case: identity providers and people disagree about it (and casefold handles all alphabets).
    return not groups or bool({g.casefold() for g in groups} & {g.casefold() for g in person.groups})
