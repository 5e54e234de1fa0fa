"""The servers that people may start: each kind of size that the settings let them choose. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from sardonyx_spawner.amounts import number
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.person import Person
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.planner import plan_server
from sardonyx_spawner.profiles import NUMBERS, Option, Profile

PERSON = "check"


@dataclass(frozen=True)
class Server:
    """One kind of server.

    Args:
        answers: which give it, to the questions that count.
    """

    profile: str
    answers: Mapping[str, str]
    plan: ServerPlan

    @property
    def named(self) -> str:
        """As the settings call it: "size large"."""
        return ", ".join(f"{name} {value}" for name, value in self.answers.items())


def kinds_of(profile: Profile, decided: Sequence[str]) -> Iterator[Server]:
    """Yield the kinds of servers that a profile may give, each once.

    Args:
        decided: what counts, by names of a plan, such as "memory".
    """
    groups = {*profile.groups}
    for option in profile.options:
        groups |= {*option.groups, *(group for choice in option.choices for group in choice.groups)}
    # Somebody who may see all there is.
    person = Person(id=PERSON, name=PERSON, groups=frozenset(groups))
    names, found = _that_count(profile, decided), set()
    for each in product(*(_answers(option) for option in profile.options if option.name in names)):
        asked = dict(zip((option.name for option in profile.options if option.name in names), each, strict=True))
        plan = plan_server(profile, Choice(profile.slug, asked), person)
        what = tuple(getattr(plan, name) for name in decided)
        if what not in found:
            found.add(what)
            settled = profile.settled(asked)
            yield Server(profile.slug, {name: value for name, value in asked.items() if name in settled}, plan)


def _that_count(profile: Profile, decided: Sequence[str]) -> set[str]:
    """Return the options that give what counts, and those on which it depends whether these are asked."""
    names = {option.name for option in profile.options if any(option.can_give(each) for each in decided)}
    # An option comes after those that it depends on.
    for option in reversed(profile.options):
        names |= set(option.shown_when) if option.name in names else set()
    return names


def _answers(option: Option) -> list[str]:
    if option.choices:
        return [choice.slug for choice in option.choices]
    if option.name in NUMBERS:
        return [*dict.fromkeys((number(option.minimum), number(option.maximum)))]
    return [option.usual]
