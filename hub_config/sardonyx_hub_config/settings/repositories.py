"""The `repositories` of a profile: what its servers have in the home from the start."""

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from sardonyx_hub_config.settings.section import Section
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.repository import (
    DEEPEST,
    Repository,
    check_branch,
    check_commit,
    check_folder,
    check_one_thing,
    check_repository,
)


def checked(check: Callable[[str], str]) -> Callable[[str], str]:
    """Return a rule as the settings apply it."""

    def apply(text: str) -> str:
        try:
            return check(text)
        except UserError as error:
            raise ValueError(error.message) from None

    return apply


def _if_said(check: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: checked(check)(text) if text else text


Address = Annotated[str, AfterValidator(checked(check_repository))]
Branch = Annotated[str, AfterValidator(checked(check_branch))]


class RepositorySettings(Section):
    """A git repository that every server of a profile has in its home."""

    url: Address = Field(description="Its address on the web.")
    branch: Branch = Field(default="", description="A branch or a tag; empty: the main branch.")
    commit: Annotated[str, AfterValidator(_if_said(check_commit))] = Field(
        default="", description="The whole name of a commit to stay at; empty: the newest."
    )
    folder: Annotated[str, AfterValidator(_if_said(check_folder))] = Field(
        default="", description="Its place in the home, such as courses/stats-101; empty: its name here."
    )
    depth: int | None = Field(
        default=None, ge=1, le=DEEPEST, description="So many commits of its history; empty: all of it."
    )
    material: bool = Field(
        default=True,
        description="true: what is new is brought in at each start, around the person's changes, which are never lost;"
        " false: a copy with changes of theirs is left as it is.",
    )

    @model_validator(mode="after")
    def _stays_at_one_thing(self) -> "RepositorySettings":
        try:
            check_one_thing(self.branch, self.commit)
        except UserError as error:
            raise ValueError(error.message) from None
        return self

    def repository(self, name: str) -> Repository:
        """Return the same in the words of the planner."""
        return Repository(
            self.url, self.branch, self.commit, self.folder or name, self.depth, self.material, is_mirrored=True
        )
