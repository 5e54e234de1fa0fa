"""The `classes` section of the settings: who may make classes, and from which profiles."""

from collections.abc import Collection
from typing import Literal

from pydantic import Field

from sardonyx_hub_config.settings.section import Section, Slug


class ClassSettings(Section):
    """Classes, which instructors make and lead by themselves."""

    create: Literal["administrators", "instructors", "everybody"] = Field(
        default="instructors",
        description="Who may make classes; administrators always do, instructors are made by `sardonyx user instructor`."
        " Whoever leads a class can put anybody here into it, and start and stop their server of it.",
    )
    instructor_groups: frozenset[str] = Field(
        default=frozenset(), description="People in one of these groups of their provider are instructors, too."
    )
    profiles: list[Slug] = Field(
        default_factory=list,
        description="Profiles that classes can be made from; without any, all that everybody may see.",
    )
    after_end: Literal["delete", "keep"] = Field(
        default="delete",
        description="What becomes of the data of a class in the store, a day after it has ended. Its instructors see when that"
        " is, and choose otherwise for their class.",
    )
    exporting: bool = Field(
        default=True,
        description="When a class has ended, what was handed in is copied into its people's own data. Its instructors choose"
        " otherwise for their class.",
    )


def class_faults(classes: ClassSettings, profiles: Collection[str]) -> list[tuple[tuple[str, ...], str]]:
    """Return what is wrong, and what to write instead: (path, message) pairs.

    Args:
        profiles: slugs of the profiles in the settings.
    """
    missing = ", ".join(dict.fromkeys(slug for slug in classes.profiles if slug not in profiles))
    if not missing:
        return []
    said = f"names {missing}, and there is no such profile. Profiles are: {', '.join(profiles)}."
    return [(("classes", "profiles"), said)]
