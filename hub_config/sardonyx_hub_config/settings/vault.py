"""The `vault` section of the settings, and what may be wrong between them and the rest."""

import ssl
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.addresses import WebAddress, is_loopback
from sardonyx_hub_config.settings.profiles import ProfileSettings
from sardonyx_hub_config.settings.secret_paths import OURS
from sardonyx_hub_config.settings.section import Duration, FilePath, Section
from sardonyx_spawner.amounts import duration_seconds

SHORTEST_S, LONGEST_S = 300, 86400
LARGEST_CERTIFICATES = 64 << 10
"""Half of what one environment variable may hold (execve(2))."""
Found = Iterator[tuple[tuple[str, ...], str]]


def _period(text: str) -> str:
    if not SHORTEST_S <= duration_seconds(text) <= LONGEST_S:
        raise ValueError(f"is {text}, and a token's period is from 5m to 1d. Write a duration between them, such as 1h")
    return text


MountName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$")]
RoleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Namespace = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9._/-]*)?$")]
Period = Annotated[Duration, AfterValidator(_period)]


class VaultSettings(Section):
    """A Vault of your own, in which everybody has secrets."""

    address: WebAddress = Field(
        default="",
        description="Its address, such as https://vault.example.org; empty: there is none. A Vault that is not on this"
        " machine fetches the keys that sign this place's tokens from web.public_url, which then has to be given, with https.",
    )
    namespace: Namespace = Field(default="", description="Namespace, where it has some.")
    mount: MountName = Field(default="sardonyx", description="Where the sign-in of this place is: auth/<mount>.")
    role: RoleName = Field(
        default="sardonyx", description="Role of people at that sign-in; that of the broker is called <role>-broker."
    )
    secrets: MountName = Field(default="secret", description="Where the secrets are: a KV engine, version 2.")
    period: Period = Field(
        default="1h",
        description="A token is good for so long, from 5m to 1d, after it was renewed; it is renewed while its server runs.",
    )
    certificate_authority: FilePath | None = Field(
        default=None, description="Certificates (PEM) to trust for it; none: those that this machine trusts."
    )

    @model_validator(mode="after")
    def _has_an_address(self) -> "VaultSettings":
        if self.model_fields_set and not self.address:
            raise ValueError("has no address. Add 'address: https://…', or remove the section.")
        return self

    def certificates(self) -> str:
        """Return the certificates to trust as text; "" = those that the machine trusts.

        Raises:
            OperatorError: the file cannot be read, or is something else.
        """
        path = self.certificate_authority
        if path is None:
            return ""
        try:
            text = path.read_text()
            ssl.create_default_context(cadata=text)
        except (OSError, ValueError) as error:
            raise OperatorError(
                f"the certificates in {path} for Vault cannot be used: {error}. Correct 'vault: certificate_authority'."
            ) from error
        if len(text) > LARGEST_CERTIFICATES:
            raise OperatorError(
                f"{path} has more certificates than servers can be told. Keep the one that signs Vault's."
            )
        return text

    @property
    def is_there(self) -> bool:
        """Whether there is a Vault."""
        return bool(self.address)

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is on another machine, and so has to reach this one from outside."""
        return self.is_there and not is_loopback(self.address)


def vault_faults(
    vault: VaultSettings, public_url: str, profiles: Mapping[str, ProfileSettings]
) -> list[tuple[tuple[str, ...], str]]:
    """Return what is wrong, and what to write instead: (path, message) pairs."""
    found = [] if public_url.startswith("https://") else list(_reach_faults(vault, public_url))
    for slug, profile in profiles.items():
        found += [(("profiles", slug, *path), message) for path, message in _profile_faults(vault, profile)]
    return found


def _reach_faults(vault: VaultSettings, public_url: str) -> Found:
    if not vault.is_elsewhere:
        return
    why = "Vault is on another machine, and fetches the keys that sign this place's tokens from here, by https only."
    if public_url:
        yield ("web", "public_url"), f"{why} Write an address with https."
    else:
        yield ("vault", "address"), f"{why} Add 'public_url: https://…' under 'web', an address that Vault reaches."


def _profile_faults(vault: VaultSettings, profile: ProfileSettings) -> Found:
    if profile.secrets and not vault.is_there:
        yield ("secrets",), "are read from Vault, and there is none. Add a section 'vault' with its address."
    for name in profile.variables:
        if vault.is_there and name.startswith(OURS):
            yield ("variables", name), "is set by Sardonyx itself where there is a Vault: take it out."
    for name in profile.secrets:
        if name in profile.variables:
            yield ("secrets", name), "is a variable of this profile, too. Take one of them out."
