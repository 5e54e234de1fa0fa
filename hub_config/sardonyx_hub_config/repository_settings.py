"""The `repositories` of a profile: what its servers have in the home from the start."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from sardonyx_hub_config.section import Section
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.repository import Repository, check_branch, check_repository

FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ -]*")
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def _address(text: str) -> str:
    try:
        return check_repository(text)
    except UserError as error:
        raise ValueError(error.message) from None


def _branch(text: str) -> str:
    try:
        return check_branch(text)
    except UserError as error:
        raise ValueError(error.message) from None


def _commit(text: str) -> str:
    if text and not COMMIT.fullmatch(text):
        raise ValueError(
            f"'{text[:70]}' is not the whole name of a commit. Copy all its 40 digits, as 'git log' shows it"
        )
    return text


def _folder(text: str) -> str:
    if text and not all(FOLDER.fullmatch(part) for part in text.split("/")):
        raise ValueError(f"'{text[:70]}' cannot be a folder in the home. Write a path such as courses/stats-101")
    return text


Address = Annotated[str, AfterValidator(_address)]
Branch = Annotated[str, AfterValidator(_branch)]


class RepositorySettings(Section):
    """A git repository that every server of a profile has in its home."""

    url: Address = Field(description="Its address on the web.")
    branch: Branch = Field(default="", description="A branch or a tag; empty: the main branch.")
    commit: Annotated[str, AfterValidator(_commit)] = Field(
        default="", description="The whole name of a commit to stay at; empty: the newest."
    )
    folder: Annotated[str, AfterValidator(_folder)] = Field(
        default="", description="Its place in the home, such as courses/stats-101; empty: its name here."
    )
    depth: int | None = Field(default=None, ge=1, description="So many commits of its history; empty: all of it.")
    material: bool = Field(
        default=True,
        description="true: what is new is brought in at each start, around the person's changes, which are never lost;"
        " false: a copy with changes of theirs is left as it is.",
    )

    @model_validator(mode="after")
    def _stays_at_one_thing(self) -> "RepositorySettings":
        if self.branch and self.commit:
            raise ValueError("has a branch and a commit. A commit says it all: take out the branch")
        return self

    def repository(self, name: str) -> Repository:
        """Return the same in the words of the planner."""
        return Repository(
            self.url, self.branch, self.commit, self.folder or name, self.depth, self.material, is_mirrored=True
        )
