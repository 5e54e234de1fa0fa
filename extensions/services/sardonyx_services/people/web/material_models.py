"""What the REST API takes and gives of the material of classes and events."""

from pydantic import BaseModel, ConfigDict, Field

from sardonyx_spawner.repository import Material


class RepositoryOf(BaseModel):
    """A git repository that each server has, up to date around what its person changed."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    url: str = Field(max_length=2000, description="Its address on the web.")
    branch: str = Field(default="", max_length=1000, description="A branch or a tag; empty: the main branch.")
    commit: str = Field(
        default="", max_length=1000, description="The whole name of a commit to stay at; empty: the newest."
    )
    folder: str = Field(
        default="", max_length=1000, description="Its place in the home; empty: the last part of its address."
    )
    depth: int | None = Field(default=None, description="So many commits of its history; null: all of it.")

    def material(self) -> Material:
        """Return the same in the words of the core."""
        return Material(**self.model_dump())
