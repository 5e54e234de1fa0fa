"""What may be offered: profiles, their options, and the values each option allows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import ceil
from typing import Literal

from sardonyx_spawner.closing import Closing
from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.person import Person
from sardonyx_spawner.repository import Repository

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
"""What a slug looks like. Slugs are keys: of links, of remembered choices, and of the form's fields and rules."""

NOBODY_IN_PARTICULAR: frozenset[str] = frozenset()
"""Empty groups: everybody may see it."""

NUMBERS = ("cpu", "memory", "gpus")
"""Options that may take any number between two limits; memory counts in GB."""

TEXTS = ("repository", "branch")
"""Options that take text."""

OPTION_NAMES = ("environment", "image", "size", *NUMBERS, *TEXTS, "lifetime", "home")
"""Every option there is, in the order of the form."""


NEVER = 0
"""Of seconds without use: a server that nobody uses goes on."""


@dataclass(frozen=True)
class Gives:
    """What a profile or a chosen value contributes to the plan; None leaves it as it is.

    Args:
        cpu: cores.
        memory: bytes.
        repository: address on the web.
        lifetime_s: seconds.
        idle_stop_s: seconds without use after which it is stopped, or `NEVER`; None = as the place has it.
        home: "kept" or "fresh".
        home_size: bytes.
    """

    environment: str | None = None
    image: str | None = None
    cpu: float | None = None
    memory: int | None = None
    gpus: int | None = None
    repository: str | None = None
    branch: str | None = None
    lifetime_s: int | None = None
    idle_stop_s: int | None = None
    home: str | None = None
    home_size: int | None = None


@dataclass(frozen=True)
class Allowed:
    """One value that an option allows; `groups` empty = for everybody."""

    slug: str
    title: str
    description: str = ""
    gives: Gives = field(default_factory=Gives)
    groups: frozenset[str] = NOBODY_IN_PARTICULAR

    def __post_init__(self) -> None:
        _check_slug(self.slug)

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
        step: numbers are `minimum` plus a multiple of it.
        shown_when: other option -> values; the question is asked only while each of them has one of its values.
        is_asked: False = nobody is asked, the default counts.
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
    is_asked: bool = True

    def allowed(self, slug: str) -> Allowed | None:
        """Return the choice of that slug."""
        return next((choice for choice in self.choices if choice.slug == slug), None)

    def can_give(self, amount: str, answer: str = "") -> bool:
        """Tell whether this answer gives some of an amount; "" = whether any does."""
        if not self.choices:
            return self.name == amount
        given = [choice for choice in self.choices if answer in {"", choice.slug}]
        return any(getattr(choice.gives, amount) is not None for choice in given)

    @property
    def usual(self) -> str:
        """The answer of who gives none."""
        return self.choices[0].slug if self.choices and self.allowed(self.default) is None else self.default

    def is_shown(self, values: Mapping[str, str]) -> bool:
        """Tell whether the question counts, given the answers to the others."""
        return all(values.get(name) in wanted for name, wanted in self.shown_when.items())

    def seen_by(self, person: Person, above: Mapping[str, "Option"]) -> "Option | None":
        """Return the question as one person meets it, or None where it can never come up.

        Args:
            above: the questions before it, as the person meets them.
        """
        choices = tuple(choice for choice in self.choices if choice.is_for(person))
        if self.choices and not choices:
            return None
        shown_when = {
            name: wanted & {choice.slug for choice in above[name].choices} if name in above else frozenset[str]()
            for name, wanted in self.shown_when.items()
        }
        if not all(shown_when.values()):
            return None
        is_same = choices == self.choices and shown_when == self.shown_when
        seen = self if is_same else replace(self, choices=choices, shown_when=shown_when)
        if self.is_asked and _may_see(self.groups, person):
            return seen
        kept = seen.allowed(seen.usual)
        return replace(seen, choices=(kept,) if kept else (), is_asked=False)


@dataclass(frozen=True)
class Profile:
    """A kind of server that people may start.

    Args:
        options: in an order in which each comes after those that it depends on.
        gives: what every server of this profile has, before any answer.
        default_url: the page that a server opens with, such as "/lab"; "" = the usual one.
        longest_s: so far may a person prolong a server's lifetime; None = to the longest that they could have chosen.
        repositories: what every server has, besides the one that a person may choose.
        secrets: environment variable -> PATH#FIELD in Vault; "users/me/" begins a path in the person's own place.
        tools: those that its servers offer; None = all that are there.
        collaboration: several people can work in one server, once its owner has invited them.
        volumes: what its servers have of the files of a class or team; never the operator's or the person's word.
        storage_scopes: what the usual keys of its servers reach: "home", and the class or event that it is that of.
        belongs_to: "class" or "event" = it is that of one; "" = of the operator.
        base: slug of the operator's profile that it is made from; "" = it is that one.
        closing: when that is over, for its card; None = of the operator, or it has no end.
        ends_at: seconds since the epoch: no server of it that has an end of its own has a later one; None = whichever it is.
    """

    slug: str
    title: str
    description: str = ""
    icon: str = "code"
    order: int = 0
    groups: frozenset[str] = NOBODY_IN_PARTICULAR
    gives: Gives = field(default_factory=Gives)
    options: tuple[Option, ...] = ()
    default_url: str = ""
    tools: tuple[str, ...] | None = None
    longest_s: int | None = None
    repositories: tuple[Repository, ...] = ()
    volumes: tuple[GroupVolume, ...] = ()
    storage_scopes: tuple[str, ...] = ("home",)
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    collaboration: bool = False
    belongs_to: Literal["", "class", "event"] = ""
    base: str = ""
    closing: Closing | None = None
    ends_at: float | None = None

    def __post_init__(self) -> None:
        _check_slug(self.slug)

    def __hash__(self) -> int:
        return hash(self.slug)

    @property
    def questions(self) -> tuple[Option, ...]:
        """The options that are asked."""
        return tuple(option for option in self.options if option.is_asked)

    def seconds_left(self, now: float) -> int | None:
        """Return how long a server that starts now can have, in whole minutes, which people read; None = that is not limited.

        The last one is a whole one, too: what the server is of ends it at its moment, and nobody loses a minute before.
        """
        return None if self.ends_at is None else max(1, ceil((self.ends_at - now) / 60)) * 60

    @property
    def may_have_gpus(self) -> bool:
        """Whether a server of it can have any GPU."""
        given = [self.gives, *(choice.gives for option in self.options for choice in option.choices)]
        return any(each.gpus for each in given) or any(
            option.name == "gpus" and option.maximum > 0 for option in self.options
        )

    def always_gives(self, amount: str) -> bool:
        """Tell whether each of its servers is given some of an amount, whatever is answered.

        Args:
            amount: "cpu", "memory" or "gpus".
        """
        if getattr(self.gives, amount) is not None:
            return True
        decide = {option.name for option in self.options if option.can_give(amount)}
        for option in reversed(self.options):
            decide |= option.shown_when.keys() if option.name in decide else set()
        asked = [option for option in self.options if option.choices and option.name in decide]
        answers = product(*([choice.slug for choice in option.choices] for option in asked))
        names = [option.name for option in asked]
        return all(self._gives(amount, dict(zip(names, each, strict=True))) for each in answers)

    def _gives(self, amount: str, answers: Mapping[str, str]) -> bool:
        settled = self.settled(answers)
        return any(option.can_give(amount, settled[option.name]) for option in self.options if option.name in settled)

    def is_for(self, person: Person) -> bool:
        """Tell whether the person may see it."""
        return _may_see(self.groups, person)

    def seen_by(self, person: Person) -> "Profile":
        """Return the profile as one person meets it: what they may not see is not in it.

        Everything that reads a form, draws it or decides starts from this, so nothing has to remember to hide.
        """
        options: dict[str, Option] = {}
        for option in self.options:
            seen = option.seen_by(person, options)
            if seen is not None:
                options[option.name] = seen
        seen_options = tuple(options.values())
        return self if seen_options == self.options else replace(self, options=seen_options)

    def settled(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Return a value for each option that counts: the answer, or the default of who gives none."""
        values: dict[str, str] = {}
        for option in self.options:
            if option.is_shown(values):
                answer = answers.get(option.name, option.usual) if option.is_asked else option.usual
                values[option.name] = answer
        return values


def _may_see(groups: frozenset[str], person: Person) -> bool:
    return not groups or bool(groups & person.groups)


def _check_slug(slug: str) -> None:
    if SLUG.fullmatch(slug) is None:
        raise ValueError(f"{slug!r} is not a slug: small letters, digits and dashes, at most 30")
