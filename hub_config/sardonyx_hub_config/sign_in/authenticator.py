"""All ways to sign in, on one page."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.user import User
from traitlets import Any as AnyTrait
from traitlets import Callable, Unicode

from sardonyx_hub_config.said import SaidError
from sardonyx_hub_config.settings import SignInSettings
from sardonyx_hub_config.sign_in.links import FIRST_ADMINISTRATOR, PATH, new_link
from sardonyx_hub_config.sign_in.local import LocalSignIn, SignInRefusedError
from sardonyx_hub_config.sign_in.oidc import Provider, ProviderCallbackHandler, ProviderLoginHandler
from sardonyx_hub_config.sign_in.welcome import WelcomeHandler
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.store import PeopleStore


@dataclass(frozen=True)
class Way:
    """A provider as the sign-in page shows it."""

    slug: str
    title: str
    url: str


class SardonyxAuthenticator(Authenticator):  # type: ignore[misc]  # JupyterHub is untyped
    """Local accounts, one-time links and OpenID Connect providers; everybody has an immutable id."""

    people_source = Callable(help="() -> PeopleStore.").tag(config=True)
    sign_in = AnyTrait(SignInSettings(), help="The section of the settings.").tag(config=True)
    public_url = Unicode(help="The address that people open, without a slash at its end.").tag(config=True)
    page_handlers = Callable(list, help="() -> handlers that come before JupyterHub's own.").tag(config=True)

    @property
    def people(self) -> PeopleStore:
        """The people of this place."""
        store: PeopleStore = self.people_source()
        return store

    @cached_property
    def local(self) -> LocalSignIn:
        """Sign-in with a password."""
        return LocalSignIn(self.people)

    @property
    def minimum_password_length(self) -> int:
        """Characters of a new password, at least."""
        length: int = self.sign_in.local.minimum_password_length
        return length

    @cached_property
    def providers(self) -> dict[str, Provider]:
        """The providers, by slug."""
        return {slug: Provider(slug, s, self.people, self.public_url) for slug, s in self.sign_in.providers.items()}

    def ways(self, base_url: str) -> list[Way]:
        """Return the providers for the sign-in page."""
        return [Way(slug, p.settings.title, f"{base_url}oauth/{slug}/login") for slug, p in self.providers.items()]

    def get_handlers(self, app: Any) -> list[tuple[Any, ...]]:
        """Return our handlers; they come before JupyterHub's own."""
        found = [*self.page_handlers(), *super().get_handlers(app), (f"/{PATH}", WelcomeHandler)]
        for slug, provider in self.providers.items():
            found.append((f"/oauth/{slug}/login", ProviderLoginHandler, {"provider": provider}))
            found.append((f"/oauth/{slug}/callback", ProviderCallbackHandler, {"provider": provider}))
        return found

    async def authenticate(self, handler: BaseHandler, data: dict[str, str]) -> dict[str, Any] | None:
        """Check a name and a password of this place."""
        if not self.sign_in.local.enabled:
            raise SaidError(403, "Nobody signs in with a password here. Choose another way.")
        try:
            person = await self.local.check(
                data.get("username", ""), data.get("password", ""), handler.request.remote_ip or ""
            )
        except SignInRefusedError as error:
            raise SaidError(429 if error.wait_s else 403, error.message) from error
        known = handler.find_user(person.name)
        # Only at the first sign-in: later the admin page decides who is an administrator, and None leaves it as it is.
        is_admin = person.name in self.sign_in.administrators or (person.is_admin and known is None)
        found: dict[str, Any] = {"name": person.name, "admin": is_admin or None}
        if self.manage_groups:
            found["groups"] = None  # providers tell the groups of their people; those of a local account stay
        return found

    def delete_user(self, user: User) -> None:
        """Remove the person behind a hub user that is deleted: the name is free, the id is never used again."""
        super().delete_user(user)
        try:
            self.people.remove(user.name)
        except PeopleError:
            self.log.info("%s had never signed in", user.name)

    def first_administrator_link(self, url: str) -> str:
        """Return a new one-time link as long as there is no administrator, else ""."""
        if self.people.has_admin() or not self.sign_in.local.enabled:
            return ""
        return new_link(self.people, FIRST_ADMINISTRATOR, f"{url}/hub/")
