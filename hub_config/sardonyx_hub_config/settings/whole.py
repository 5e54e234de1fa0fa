"""What an operator can set: every section but the profiles, checked as a whole."""

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from sardonyx_hub_config.settings.addresses import Contact, Listening, PublicAddress, WebAddress, in_url, slashed
from sardonyx_hub_config.settings.classes import ClassSettings, class_faults
from sardonyx_hub_config.settings.database import DatabaseSettings
from sardonyx_hub_config.settings.events import EventSettings, event_faults
from sardonyx_hub_config.settings.git import GitSettings
from sardonyx_hub_config.settings.kubernetes import KubernetesSettings
from sardonyx_hub_config.settings.lti import PlatformSettings, PlatformSlug
from sardonyx_hub_config.settings.one_machine import OneMachineSettings
from sardonyx_hub_config.settings.profile_faults import profile_faults
from sardonyx_hub_config.settings.profiles import ProfileSettings
from sardonyx_hub_config.settings.quotas import QuotasSettings, quota_faults
from sardonyx_hub_config.settings.secret_refs import SecretRef
from sardonyx_hub_config.settings.section import Duration, FilePath, LocalName, Section, Slug
from sardonyx_hub_config.settings.storage import StorageSettings
from sardonyx_hub_config.settings.tools import ToolSettings, tool_faults
from sardonyx_hub_config.settings.vault import VaultSettings, vault_faults
from sardonyx_spawner.kube.place import ClusterPlace

LARGEST_PORT = 65535 - 6
EVERY_NETWORK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
"""Address to listen on that nobody can open -> the one of the same family that is this machine."""


class WebSettings(Section):
    """Where people reach this place."""

    address: Listening = Field(
        default="127.0.0.1",
        description="Address to listen on; 0.0.0.0 = every network of this machine, :: = the same with IPv6.",
    )
    port: int = Field(
        default=8000,
        ge=1,
        le=LARGEST_PORT,
        description="Port of the web pages; the six after it are used on 127.0.0.1. SARDONYX_PORT wins.",
    )
    public_url: PublicAddress = Field(
        default="",
        description="The address that people type, if it is another one, such as behind a reverse proxy; with a path,"
        " as in https://example.org/datalab, everything is below that path, on this machine's own port too."
        " With a store on another machine it is the issuer of this place's tokens: <public_url>/services/credentials.",
    )
    trusted_proxies: frozenset[str] = Field(
        default=frozenset(),
        description="Addresses of reverse proxies in front: what they say of a client's address is believed.",
    )
    certificate: FilePath | None = Field(default=None, description="TLS certificate file (PEM), with its chain.")
    key: FilePath | None = Field(default=None, description="TLS key file (PEM).")

    @model_validator(mode="after")
    def _both_or_none(self) -> "WebSettings":
        if (self.certificate is None) != (self.key is None):
            there, missing = ("key", "certificate") if self.certificate is None else ("certificate", "key")
            raise ValueError(f"has a {there} and no {missing}. Add '{missing}: FILE', or remove '{there}'.")
        return self

    @property
    def path(self) -> str:
        """The path below which everything is, with a slash at both ends; "/" where a host is this place's alone."""
        return slashed(urlsplit(self.public_url).path)


class LocalSignIn(Section):
    """Accounts of this place, with a name and a password."""

    enabled: bool = Field(default=True, description="Show name and password at sign-in.")
    minimum_password_length: int = Field(
        default=12, ge=8, le=128, description="Characters that a password has at least."
    )


class ProviderSettings(Section):
    """One OpenID Connect provider."""

    title: str = Field(min_length=1, max_length=80, description="Shown as 'Sign in with …'.")
    issuer: WebAddress = Field(description="The provider's issuer address.")
    client_id: str = Field(min_length=1, description="The id that the provider gave to this place.")
    client_secret: SecretRef | None = Field(
        default=None, description="Its secret, by reference; none for a public client."
    )
    username_claim: str = Field(default="preferred_username", description="Claim that becomes the person's name.")
    names_are_given: bool | None = Field(
        default=None,
        description="People do not choose that name: whoever is invited into a class by it is let in. False: only by a mail"
        " address that the provider has verified. Null: true where this is the only provider.",
    )
    groups_claim: str = Field(default="", description="Claim with the person's groups; empty: none are taken over.")
    scopes: tuple[str, ...] = Field(default=("openid", "profile", "email"), description="Scopes to ask for.")
    allowed_groups: frozenset[str] = Field(
        default=frozenset(),
        description="Only people in one of these groups may sign in; empty: everybody whom the provider knows.",
    )
    admin_groups: frozenset[str] = Field(
        default=frozenset(), description="People in one of these groups are administrators."
    )


class SignInSettings(Section):
    """How people sign in; several ways at once are fine."""

    local: LocalSignIn = Field(default=LocalSignIn(), description="Accounts of this place.")
    providers: dict[Slug, ProviderSettings] = Field(
        default_factory=dict, description="OpenID Connect providers by slug."
    )
    lti: dict[PlatformSlug, PlatformSettings] = Field(
        default_factory=dict, description="Learning platforms, such as Moodle and Canvas (LTI 1.3), by slug."
    )
    administrators: frozenset[LocalName] = Field(
        default=frozenset(), description="Names of local accounts that are administrators from their first sign-in on."
    )

    def gives_names(self, provider: str) -> bool:
        """Tell whether people of a provider, given by its slug, do not choose their name there."""
        said = self.providers[provider].names_are_given
        return len(self.providers) == 1 if said is None else said

    @model_validator(mode="after")
    def _at_least_one_way(self) -> "SignInSettings":
        if not self.local.enabled and not self.providers and not self.lti:
            raise ValueError("leaves no way to sign in. Write 'enabled: true' under 'local', or add a provider.")
        return self


class EnvironmentSettings(Section):
    """A Python environment that servers run in (one machine)."""

    title: str = Field(min_length=1, max_length=80, description="What people read.")
    requirements: FilePath | None = Field(
        default=None, description="Lock file with hashes; `sardonyx up` makes the environment from it."
    )
    image: str = Field(
        default="", description="The same as an image, for Kubernetes, such as registry.example/python:1."
    )
    make: Literal["at_start", "at_first_use"] = Field(
        default="at_start",
        description="When it is made: by `sardonyx up`, or when somebody first starts a server with it.",
    )
    packages: tuple[str, ...] = Field(
        default=(), description="More packages to install, without dependencies: folders, wheels or requirements."
    )
    jars: FilePath | None = Field(
        default=None,
        description="Lock file of jars for its PySpark, such as the part for S3; got with Java from a Maven repository.",
    )
    prefix: FilePath | None = Field(default=None, description="Or: folder of an environment that is there already.")
    preimport: tuple[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")], ...] | None = Field(
        default=None,
        description="Libraries that notebooks have imported already when their kernel begins (one machine); null: numpy and"
        " pandas, as far as they are there. Each costs memory once, used or not; what starts threads when it is imported is"
        " left out.",
    )

    @model_validator(mode="after")
    def _made_or_there(self) -> "EnvironmentSettings":
        if self.image and self.requirements is None and self.prefix is None:
            return self
        if (self.requirements is None) == (self.prefix is None):
            raise ValueError(
                "needs either 'requirements: FILE' (to be made) or 'prefix: FOLDER' (there already), and not both."
            )
        return self


class ServerSettings(Section):
    """How servers of people live."""

    idle_stop: Duration | None = Field(
        default="2h", description="A server that nobody uses for so long is stopped; null: never."
    )
    named_servers: int = Field(
        default=3,
        ge=0,
        description="How many servers with a name of their own each person may have beside the usual one, running or not;"
        " 0: none.",
    )
    start_timeout: Duration = Field(default="2m", description="A server that is not ready after so long has failed.")
    stop_with_hub: bool = Field(
        default=True, description="Stop all servers when Sardonyx is stopped; false: they go on and are found again."
    )
    accept_not_isolated: bool = Field(
        default=False,
        description="Where servers cannot be kept apart on this machine: start those of everybody all the same;"
        " false: only those of administrators.",
    )


class Settings(Section):
    """Everything that can be set. Unknown keys are refused."""

    title: str = Field(
        default="Sardonyx", min_length=1, max_length=80, description="Name of this place, on every page."
    )
    description: str = Field(default="", max_length=200, description="One line under it at sign-in.")
    contact: Contact = Field(
        default="", max_length=200, description="Mail address or link, shown where somebody may need help."
    )
    language: Literal["en", "fr"] = Field(
        default="en",
        description="Language for those who have chosen none, and whose browser asks for none that is spoken here.",
    )
    data_folder: FilePath = Field(
        default=Path("~/.local/share/sardonyx"),
        validate_default=True,
        description="Where everything is kept. SARDONYX_DATA wins.",
    )
    conf_d: FilePath = Field(
        default=Path("conf.d"),
        description="Folder with *.py files for what this file cannot say: run last, in order of name, with JupyterHub's `c`.",
    )
    database: DatabaseSettings = Field(
        default=DatabaseSettings(), description="Where the hub's tables and the people are."
    )
    web: WebSettings = Field(default=WebSettings(), description="Where people reach this place.")
    sign_in: SignInSettings = Field(default=SignInSettings(), description="How people sign in.")
    environments: dict[Slug, EnvironmentSettings] = Field(default_factory=dict, description="Environments by slug.")
    profiles: dict[Slug, ProfileSettings] = Field(min_length=1, description="Profiles by slug.")
    tools: dict[Slug, ToolSettings] = Field(
        default_factory=dict, description="Programs with a page that servers offer beside what is shipped, by slug."
    )
    storage: StorageSettings = Field(default=StorageSettings(), description="Where people's data is.")
    vault: VaultSettings = Field(
        default=VaultSettings(), description="A Vault of your own, in which everybody has secrets."
    )
    git: GitSettings = Field(default=GitSettings(), description="Repositories that are not open to everybody.")
    classes: ClassSettings = Field(default=ClassSettings(), description="Classes, and who may make them.")
    events: EventSettings = Field(default=EventSettings(), description="Events, and who may make them.")
    servers: ServerSettings = Field(default=ServerSettings(), description="How servers of people live.")
    quotas: QuotasSettings = Field(default=QuotasSettings(), description="How much may be used.")
    one_machine: OneMachineSettings = Field(
        default=OneMachineSettings(), description="What counts where everything runs on one machine."
    )
    kubernetes: KubernetesSettings = Field(
        default=KubernetesSettings(), description="What counts where servers are Pods of a cluster."
    )

    def pods(self, instance: str) -> ClusterPlace:
        """Return where servers run on a cluster, and as what.

        Args:
            instance: name of this installation.
        """
        return self.kubernetes.place(instance, {slug: each.kubernetes for slug, each in self.profiles.items()})

    def cross_faults(self) -> list[tuple[tuple[str, ...], str]]:
        """Return what is wrong between sections that are each well-formed: (path, message) pairs."""
        return [
            *profile_faults(self.profiles, self.environments.keys()),
            *tool_faults(self.tools, {slug: profile.tools for slug, profile in self.profiles.items()}),
            *quota_faults(self.quotas, self.profiles),
            *class_faults(self.classes, self.profiles),
            *event_faults(self.events, has_local_accounts=self.sign_in.local.enabled),
            *self._store_faults(),
            *vault_faults(self.vault, self.web.public_url, self.profiles),
        ]

    def _store_faults(self) -> list[tuple[tuple[str, ...], str]]:
        if (
            not self.storage.is_elsewhere
            or not self.storage.checks_tokens
            or self.web.public_url.startswith("https://")
        ):
            return []
        why = "the store is on another machine, and fetches the keys that sign this place's tokens from here, by https only."
        if self.web.public_url:
            return [(("web", "public_url"), f"{why} Write an address with https.")]
        at = "sts_endpoint" if self.storage.sts_endpoint else "endpoint"
        return [(("storage", at), f"{why} Add 'public_url: https://…' under 'web', an address that the store reaches.")]

    @property
    def shown_url(self) -> str:
        """The address that people open."""
        if self.web.public_url:
            return self.web.public_url
        scheme = "https" if self.web.certificate else "http"
        host = EVERY_NETWORK.get(self.web.address, self.web.address)
        return f"{scheme}://{in_url(host)}:{self.web.port}"


OVERRIDES = {"SARDONYX_DATA": ("data_folder",), "SARDONYX_PORT": ("web", "port")}
"""Environment variable -> the setting that it replaces."""


def overrides() -> dict[tuple[str, ...], str]:
    """Return the settings that the environment replaces."""
    return {path: os.environ[name] for name, path in OVERRIDES.items() if os.environ.get(name)}
