"""All ways to sign in, on one page."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jupyterhub.auth import Authenticator
from jupyterhub.handlers.base import BaseHandler
from traitlets import Any as AnyTrait
from traitlets import Bytes, Callable, Integer, Unicode

from sardonyx_hub_config.said import SaidError
from sardonyx_hub_config.server_keys import end_keys
from sardonyx_hub_config.settings.whole import SignInSettings
from sardonyx_hub_config.sign_in.address import LOOPBACK, client_address
from sardonyx_hub_config.sign_in.code import CodeHandler
from sardonyx_hub_config.sign_in.door import Door
from sardonyx_hub_config.sign_in.local import LocalSignIn, SignInRefusedError
from sardonyx_hub_config.sign_in.oidc import Provider, ProviderCallbackHandler, ProviderLoginHandler
from sardonyx_hub_config.sign_in.owed import OwedWork
from sardonyx_hub_config.sign_in.proven import Proven
from sardonyx_hub_config.sign_in.turns import end_turn_of_another
from sardonyx_hub_config.sign_in.welcome import WelcomeHandler
from sardonyx_services.people.event_details import MOST_SIGN_INS
from sardonyx_services.people.records import LOCAL, PersonRecord
from sardonyx_services.people.sign_in_links import FIRST_ADMINISTRATOR, PATH, new_link
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.language import ENGLISH, _

if TYPE_CHECKING:
    from sardonyx_hub_config.sign_in.platform import Platform


@dataclass(frozen=True)
class Way:
    """A provider as the sign-in page shows it."""

    slug: str
    title: str
    url: str


class SardonyxAuthenticator(Authenticator):  # type: ignore[misc]  # JupyterHub is untyped
    """Local accounts, one-time links, OpenID Connect providers and learning platforms; everybody has an immutable id."""

    people_source = Callable(help="() -> PeopleStore.").tag(config=True)
    sign_in = AnyTrait(SignInSettings(), help="The section of the settings.").tag(config=True)
    public_url = Unicode(help="The address that people open, without a slash at its end.").tag(config=True)
    trusted_proxies = AnyTrait(frozenset(), help="Addresses of reverse proxies in front of ours.").tag(config=True)
    language = Unicode(ENGLISH, help="In which somebody is spoken to of whom nothing is known.").tag(config=True)
    clear_person = Callable(lambda _person: None, help="(person) -> None: deletes what they have here.").tag(
        config=True
    )
    event_secret = Bytes(help="From which the codes of events are made.").tag(config=True)
    most_sign_ins = Integer(MOST_SIGN_INS, help="How often one code of an event lets somebody in at most.").tag(
        config=True
    )
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

    @cached_property
    def door(self) -> Door:
        """Sign-in with the code or the link of an event."""
        return Door(self.people, self.event_secret, most_sign_ins=self.most_sign_ins)

    @cached_property
    def owed(self) -> OwedWork:
        """What the hub has to do after changes of people."""
        return OwedWork(self.parent, self.people, self.clear_person)

    @property
    def minimum_password_length(self) -> int:
        """Characters of a new password, at least."""
        length: int = self.sign_in.local.minimum_password_length
        return length

    @cached_property
    def providers(self) -> dict[str, Provider]:
        """The providers, by slug."""
        return {
            slug: Provider(
                *(slug, settings, self.people, self.owed, self.public_url), gives_names=self.sign_in.gives_names(slug)
            )
            for slug, settings in self.sign_in.providers.items()
        }

    @cached_property
    def platforms(self) -> "dict[str, Platform]":
        """The learning platforms, by slug."""
        if not self.sign_in.lti:
            return {}
        # What it needs takes as long to import as much of the hub, and few places have any.
        from sardonyx_hub_config.sign_in.platform import Platform  # noqa: PLC0415

        return {slug: Platform(slug, settings, self.people) for slug, settings in self.sign_in.lti.items()}

    def ways(self, base_url: str) -> list[Way]:
        """Return the providers for the sign-in page."""
        return [Way(slug, p.settings.title, f"{base_url}oauth/{slug}/login") for slug, p in self.providers.items()]

    def get_handlers(self, app: Any) -> list[tuple[Any, ...]]:
        """Return our handlers; they come before JupyterHub's own."""
        found = [
            *self.page_handlers(),
            *super().get_handlers(app),
            (f"/{PATH}", WelcomeHandler),
            (r"/code", CodeHandler),
        ]
        for slug, provider in self.providers.items():
            found.append((f"/oauth/{slug}/login", ProviderLoginHandler, {"provider": provider}))
            found.append((f"/oauth/{slug}/callback", ProviderCallbackHandler, {"provider": provider}))
        if self.platforms:
            from sardonyx_hub_config.sign_in.lti import platform_handlers  # noqa: PLC0415 - as above

            found += platform_handlers(self.platforms)
        return found

    def address_of(self, handler: BaseHandler) -> str:
        """Return where a request comes from."""
        return client_address(handler.request, self.trusted_proxies | LOOPBACK)

    async def authenticate(self, handler: BaseHandler, data: dict[str, str] | Proven) -> dict[str, Any] | None:
        """Check a name and a password of this place, unless somebody has shown already who they are."""
        person = data.person if isinstance(data, Proven) else await self._by_password(handler, data)
        # A name may have changed hands: what is left of who had it before ends before anybody else comes in.
        await self.owed.carry_out(person.name)
        end_turn_of_another(handler, person.name)
        found: dict[str, Any] = {
            "name": person.name,
            "admin": person.is_admin or is_administrator(person, self.sign_in.administrators),
        }
        if self.manage_groups:
            found["groups"] = None  # providers tell the groups of their people; those of a local account stay
        return found

    def post_spawn_stop(self, user: Any, spawner: Any) -> None:
        """End what a server leaves of its keys."""
        end_keys(user, spawner)

    async def _by_password(self, handler: BaseHandler, data: dict[str, str]) -> PersonRecord:
        if not self.sign_in.local.enabled:
            raise SaidError(403, _("Nobody signs in with a password here. Choose another way."))
        try:
            return await self.local.check(data.get("username", ""), data.get("password", ""), self.address_of(handler))
        except SignInRefusedError as error:
            raise SaidError(429 if error.wait_s else 403, error.message) from error

    def first_administrator_link(self, url: str) -> str:
        """Return a new one-time link as long as there is no administrator, else ""."""
        if self.people.has_admin() or not self.sign_in.local.enabled:
            return ""
        return new_link(self.people, FIRST_ADMINISTRATOR, f"{url}/hub/")


def is_administrator(person: PersonRecord, administrators: Collection[str]) -> bool:
    """Tell whether somebody is one by the settings, which name local accounts.

    A name at a provider, or of an account of an event, even of one that lasts by now, is chosen by somebody else.
    """
    return person.provider == LOCAL and person.subject == person.name and person.name in administrators
