"""The `git` section of the settings: sites with repositories that people connect with a click."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from sardonyx_hub_config.settings.secret_refs import SecretRef
from sardonyx_hub_config.settings.section import Memory, Section, Slug
from sardonyx_services.credentials.git.oauth import GitProvider
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.git_accounts import forge_address
from sardonyx_spawner.amounts import memory_bytes
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.material import begins_with
from sardonyx_spawner.repository import check_repository

USUAL = {"github": "https://github.com", "gitlab": "https://gitlab.com", "gitea": ""}
TITLES = {"github": "GitHub", "gitlab": "GitLab", "gitea": "Gitea"}


def _address(text: str) -> str:
    try:
        return forge_address(text) if text else ""
    except PeopleError as error:
        raise ValueError(str(error)) from None


def _place(text: str) -> str:
    try:
        found = check_repository(text)
    except UserError as error:
        raise ValueError(error.message) from None
    if not begins_with(found, found):
        raise ValueError(f"'{text[:70]}' has steps that servers understand in several ways. Write it without .. and %")
    return found


class GitProviderSettings(Section):
    """The OAuth app of this place at a site; its callback is ADDRESS/hub/git/callback/SLUG."""

    kind: Literal["github", "gitlab", "gitea"] = Field(description="What the site runs; gitea: Forgejo, too.")
    title: str = Field(default="", max_length=80, description="Shown as 'Connect …'; empty: the name of the kind.")
    address: Annotated[str, AfterValidator(_address)] = Field(
        default="", description="The site, such as https://git.example.org; empty: github.com or gitlab.com."
    )
    client_id: str = Field(min_length=1, description="The id that the site gave to the app.")
    client_secret: SecretRef = Field(description="Its secret, as {file: …}.")

    @model_validator(mode="after")
    def _is_complete(self) -> "GitProviderSettings":
        if not self.address and not USUAL[self.kind]:
            raise ValueError("lacks an address: where is this site? Add 'address: https://git.example.org'")
        if self.client_secret.file is None:
            raise ValueError("takes the app's secret from a file only, which two services read: {file: PATH}")
        return self

    @property
    def site(self) -> str:
        """Its address."""
        return self.address or USUAL[self.kind]

    @property
    def shown(self) -> str:
        """What people read."""
        return self.title or TITLES[self.kind]

    def provider(self, slug: str) -> GitProvider:
        """Return the app, with its secret.

        Raises:
            OperatorError: the secret cannot be read.
        """
        return GitProvider(slug, self.shown, self.kind, self.site, self.client_id, self.client_secret.value())


class GitSettings(Section):
    """Repositories that are not open to everybody."""

    providers: dict[Slug, GitProviderSettings] = Field(
        default_factory=dict, description="Sites that people connect with a click, by slug."
    )

    mirrored: tuple[Annotated[str, AfterValidator(_place)], ...] = Field(
        default=(),
        description="What addresses of a class's or an event's repositories begin with, such as https://git.example.org/,"
        " of which this place keeps a copy for all servers, as of those that profiles name. The hub itself goes there, or on"
        " Kubernetes the service of copies, so name no place that instructors should not reach by it.",
    )
    largest_copy: Memory = Field(
        default="2G", description="How large such a copy may be; of a larger repository there is none."
    )

    def largest_copy_bytes(self) -> int:
        """Return how large a copy may be."""
        return memory_bytes(self.largest_copy)

    @model_validator(mode="after")
    def _each_site_once(self) -> "GitSettings":
        sites = [provider.site for provider in self.providers.values()]
        twice = next((site for site in sites if sites.count(site) > 1), None)
        if twice:
            raise ValueError(f"has {twice} twice. People have one token for a site: take one of them out")
        return self
