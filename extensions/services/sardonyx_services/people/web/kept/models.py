"""What the REST API gives of what somebody keeps in their own data."""

from dataclasses import asdict

from pydantic import BaseModel, Field

from sardonyx_services.people.web.kept.keeps import Keep


class KeepShown(BaseModel):
    """How far the copying of what somebody keeps in their own data is."""

    folder: str = Field(description="Key of it in the data store.")
    goes_on: bool
    total: int | None = Field(description="Files that are to be copied; null: it is not known yet, or nothing was.")
    copied: int
    there: int = Field(description="So many were there before.")
    refused: dict[str, str] = Field(description="Path: why it was not copied.")
    fault: str = Field(description="Why it ended before its time.")

    @classmethod
    def of(cls, keep: Keep) -> "KeepShown":
        """Return it of a go of keeping."""
        return cls(**asdict(keep))
