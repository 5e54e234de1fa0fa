"""The tools in the forms of classes and events: what is ticked for each profile."""

from collections.abc import Mapping, Sequence

from starlette.datastructures import FormData

from sardonyx_spawner.class_limits import Limits
from sardonyx_spawner.profiles import Profile

Ticked = Mapping[str, tuple[str, ...]]
"""Slug of a profile -> its tools that are ticked; one that is not in it: all of them."""
SHOWN, AS_IT_IS = "", "="
"""Beside the ticks, as an empty row sends nothing; the other where all are ticked of a class that names its tools."""


def ticked_of(profile: str, limits: Limits) -> Ticked:
    """Return what is ticked for a class that there is."""
    return {} if limits.tools is None else {profile: limits.tools}


def read_ticked(sent: FormData, profiles: Sequence[Profile]) -> Ticked:
    """Return what a browser sent. All tools that there are is what a class has that names none: also those of later."""
    found = {}
    for profile in profiles:
        values = [str(each) for each in sent.getlist(f"{profile.slug}.tools")]
        names = tuple(each for each in values if each not in {SHOWN, AS_IT_IS})
        if values and (names != profile.tools or AS_IT_IS in values):
            found[profile.slug] = names
    return found
