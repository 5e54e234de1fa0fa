"""What the sections of the settings are made of: names, amounts of memory, durations, patterns."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from sardonyx_services.people.usernames import NameRefusedError, local_name
from sardonyx_spawner.amounts import duration_seconds, memory_bytes

SHORTEST_KEY_S, LONGEST_KEY_S = 900, 43200
"""Limits of AssumeRoleWithWebIdentity (AWS STS API reference, DurationSeconds)."""

SHORTEST_LINK_S = 60
RESERVED_BUCKETS = ("xn--", "sthree-", "amzn-s3-demo-"), ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
"""Beginnings and ends that S3 keeps for itself (Amazon S3 user guide, general purpose bucket naming rules)."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")]
"""A name in the settings that is a key elsewhere: in links, in remembered choices, in folders."""


def _expand(path: Path) -> Path:
    return path.expanduser()


def _memory(text: object) -> object:
    memory_bytes(text if isinstance(text, str) else "")
    return text


def _duration(text: object) -> object:
    duration_seconds(text if isinstance(text, str) else "")
    return text


def _key_lifetime(text: str) -> str:
    if not SHORTEST_KEY_S <= duration_seconds(text) <= LONGEST_KEY_S:
        raise ValueError(f"is {text}, and keys live from 15m to 12h. Write a duration between them, such as 1h")
    return text


def _bucket(text: object) -> object:
    if not isinstance(text, str):
        return text
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", text) or re.search(r"\.\.|-\.|\.-", text):
        raise ValueError(
            f"'{text[:63]}' cannot be the name of a bucket: 3 to 63 lower case letters, digits, dashes and dots,"
            " with a letter or digit at both ends and beside each dot"
        )
    if re.fullmatch(r"(\d+\.){3}\d+", text):
        raise ValueError(f"'{text}' looks like an IP address, which S3 refuses. Write a name, such as sardonyx")
    beginnings, ends = RESERVED_BUCKETS
    for part in (*filter(text.startswith, beginnings), *filter(text.endswith, ends)):
        raise ValueError(f"'{text}' has '{part}', which S3 keeps for itself. Write another name, such as sardonyx")
    return text


def _link_lifetime(text: str) -> str:
    if duration_seconds(text) < SHORTEST_LINK_S:
        raise ValueError(f"is {text}, and links live for 1m at least. Write a duration such as 7d, or null for none")
    return text


def _local_name(text: str) -> str:
    try:
        return local_name(text)
    except NameRefusedError as error:
        raise ValueError(f"'{text[:64]}' cannot be a name here. {error}") from None


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(
            f"this regular expression cannot be read: {error}. An address is matched by 'https://git\\.example/.*'"
        ) from None
    return text


FilePath = Annotated[Path, AfterValidator(_expand)]
Memory = Annotated[
    str, BeforeValidator(_memory), Field(pattern=r"^[0-9]{1,7}(\.[0-9]{1,3})?[MGT]$", examples=["512M", "2G"])
]
Duration = Annotated[
    str, BeforeValidator(_duration), Field(pattern=r"^[0-9]{1,9}[smhd]$", examples=["30m", "4h", "2d"])
]
KeyLifetime = Annotated[Duration, AfterValidator(_key_lifetime)]
LinkLifetime = Annotated[Duration, AfterValidator(_link_lifetime)]
BucketName = Annotated[
    str, BeforeValidator(_bucket), Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", examples=["sardonyx"])
]
LocalName = Annotated[str, AfterValidator(_local_name), Field(examples=["amina"])]
Pattern = Annotated[str, AfterValidator(_pattern)]


class Section(BaseModel):
    """A section of the settings: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
