"""What the sections of the settings are made of: names, amounts of memory, durations, patterns."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from sardonyx_spawner.amounts import duration_seconds, memory_bytes

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")]
"""A name in the settings that is a key elsewhere: in links, in remembered choices, in folders."""


def _memory(text: object) -> object:
    memory_bytes(text if isinstance(text, str) else "")
    return text


def _duration(text: object) -> object:
    duration_seconds(text if isinstance(text, str) else "")
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(
            f"this regular expression cannot be read: {error}. An address is matched by 'https://git\\.example/.*'"
        ) from None
    return text


Memory = Annotated[
    str, BeforeValidator(_memory), Field(pattern=r"^[0-9]{1,7}(\.[0-9]{1,3})?[MGT]$", examples=["512M", "2G"])
]
Duration = Annotated[
    str, BeforeValidator(_duration), Field(pattern=r"^[0-9]{1,9}[smhd]$", examples=["30m", "4h", "2d"])
]
Pattern = Annotated[str, AfterValidator(_pattern)]


class Section(BaseModel):
    """A section of the settings: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
