"""Learning platforms, such as Moodle and Canvas, from which people come by LTI 1.3."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from sardonyx_hub_config.settings.addresses import WebAddress, is_loopback
from sardonyx_hub_config.settings.section import Section


def _guarded(address: str) -> str:
    if not address:
        raise ValueError("write a whole address, such as https://moodle.example.org")
    if urlsplit(address).scheme != "https" and not is_loopback(address):
        raise ValueError(f"is {address}, which anybody on the way can change. Write an address with https")
    return address


GuardedAddress = Annotated[WebAddress, AfterValidator(_guarded)]
PlatformSlug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,25}$")]
"""Shorter than other slugs: people are kept with `lti:` before it, so that they are never those of another provider."""


class PlatformSettings(Section):
    """One learning platform, in which this place is an external tool (LTI 1.3)."""

    title: str = Field(min_length=1, max_length=80, description="What people call the platform.")
    issuer: str = Field(
        min_length=1, description="The platform's issuer, letter by letter (Moodle: platform id), such as its address."
    )
    client_id: str = Field(min_length=1, description="The id that the platform gave to this place.")
    authorize_url: GuardedAddress = Field(description="Where the platform is asked who somebody is.")
    key_set_url: GuardedAddress = Field(description="Where the platform has the public keys that it signs with.")
    deployment_ids: frozenset[str] = Field(
        default=frozenset(), description="Only launches of these deployments are let in; empty: of all."
    )
    username_claim: str = Field(
        default="email",
        min_length=1,
        description="Claim that becomes the person's name, as a whole; `ext.NAME` and `custom.NAME` are those of the"
        " platform itself, such as ext.user_username in Moodle.",
    )
    teachers_make_classes: bool = Field(
        default=True,
        description="A teacher there makes a class here for their course, also without being an instructor here.",
    )
