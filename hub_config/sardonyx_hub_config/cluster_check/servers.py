"""The servers that people may start: each kind of size that the settings let them choose. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from sardonyx_hub_config.cluster_check.installation import Installation
from sardonyx_spawner.amounts import number
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.kube.manifest import PodServer, labels, pod
from sardonyx_spawner.person import Person
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.planner import plan_server
from sardonyx_spawner.profiles import NUMBERS, Option, Profile

DECIDED = ("image", "cpu", "memory", "gpus", "home")
"""What counts for the cluster."""
PORT = 8888
PERSON = "check"


@dataclass(frozen=True)
class Server:
    """One kind of server.

    Args:
        answers: which give it, to the questions that count for the cluster.
    """

    profile: str
    answers: Mapping[str, str]
    plan: ServerPlan

    @property
    def named(self) -> str:
        """As the settings call it: "size large"."""
        return ", ".join(f"{name} {value}" for name, value in self.answers.items())


def servers(installation: Installation) -> list[Server]:
    """Return all kinds of servers, each size of a profile once."""
    return [server for profile in installation.profiles for server in _of(profile)]


def server_pod(server: Server, installation: Installation, name: str) -> dict[str, Any]:
    """Return the Pod that the hub would ask for, with a fresh home: none of the person's is there."""
    place = installation.place
    asked = PodServer(
        name=name, home="", port=PORT, labels=labels(place, PERSON), arguments=(), start="", shares_node=False
    )
    return pod(asked, server.plan, place, {})


def _of(profile: Profile) -> Iterator[Server]:
    groups = {*profile.groups}
    for option in profile.options:
        groups |= {*option.groups, *(group for choice in option.choices for group in choice.groups)}
    # Somebody who may see all there is.
    person = Person(id=PERSON, name=PERSON, groups=frozenset(groups))
    names, found = _that_count(profile), set()
    for each in product(*(_answers(option) for option in profile.options if option.name in names)):
        asked = dict(zip((option.name for option in profile.options if option.name in names), each, strict=True))
        plan = plan_server(profile, Choice(profile.slug, asked), person)
        what = tuple(getattr(plan, name) for name in DECIDED)
        if what not in found:
            found.add(what)
            settled = profile.settled(asked)
            yield Server(profile.slug, {name: value for name, value in asked.items() if name in settled}, plan)


def _that_count(profile: Profile) -> set[str]:
    """Return the options that give what counts, and those on which it depends whether these are asked."""
    names = {option.name for option in profile.options if any(option.can_give(each) for each in DECIDED)}
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
