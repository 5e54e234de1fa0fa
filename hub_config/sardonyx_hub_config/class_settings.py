"""The `classes` section of the settings: who may make classes, and from which profiles."""

from typing import Literal

from pydantic import Field

from sardonyx_hub_config.section import Section, Slug


class ClassSettings(Section):
    """Classes, which instructors make and lead by themselves."""

    create: Literal["administrators", "instructors", "everybody"] = Field(
        default="instructors",
        description="Who may make classes. Administrators always do; instructors are made by `sardonyx user instructor`.",
    )
    instructor_groups: frozenset[str] = Field(
        default=frozenset(), description="People in one of these groups of their provider are instructors, too."
    )
    profiles: list[Slug] = Field(
        default_factory=list,
        description="Profiles that classes can be made from; without any, all that everybody may see.",
    )
