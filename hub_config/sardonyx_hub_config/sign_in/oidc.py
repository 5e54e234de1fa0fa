"""Sign-in with OpenID Connect providers, each an oauthenticator of its own."""

import json
import re
from collections.abc import Mapping
from typing import Any

from jupyterhub.handlers.base import BaseHandler
from oauthenticator.generic import GenericOAuthenticator
from oauthenticator.oauth2 import OAuthCallbackHandler, OAuthLoginHandler
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from tornado.web import HTTPError

from sardonyx_hub_config.said import SaidError
from sardonyx_hub_config.settings.whole import ProviderSettings
from sardonyx_hub_config.sign_in.owed import OwedWork
from sardonyx_hub_config.sign_in.turns import end_turn_of_another
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.usernames import NameRefusedError, provider_name
from sardonyx_spawner.language import _

DISCOVERY = "/.well-known/openid-configuration"
PATIENCE_S = 10
BEGUN = "sardonyx-sign-in"
"""Cookie of a sign-in that was begun; oauthenticator's own would be sent to all that is on the host, and has what proves it."""


class Provider(GenericOAuthenticator):  # type: ignore[misc]  # oauthenticator is untyped
    """One provider: found out about when the first person uses it, so that its absence never stops the hub."""

    def __init__(
        self,
        slug: str,
        settings: ProviderSettings,
        people: PeopleStore,
        owed: OwedWork,
        public_url: str,
        *,
        gives_names: bool = False,
    ) -> None:
        """Belong to a provider.

        Args:
            gives_names: its people do not choose what they are called there.
        """
        super().__init__(
            client_id=settings.client_id,
            client_secret=settings.client_secret.value() if settings.client_secret else "",
            scope=list(settings.scopes),
            # oauthenticator refuses a missing name without a word for the person; `authenticate` has one.
            username_claim=lambda _claims: slug,
            login_service=settings.title,
            oauth_callback_url=f"{public_url}/hub/oauth/{slug}/callback",
            manage_groups=bool(settings.groups_claim),
            allow_all=True,  # who is allowed is decided in `authenticate`, with words for the person
        )
        self.slug, self.settings, self.people, self.owed = slug, settings, people, owed
        self._gives_names, self._is_known = gives_names, False

    async def discover(self) -> None:
        """Ask the provider for its addresses, once.

        Raises:
            HTTPError: it cannot be reached, or answers something else; in words for the person.
        """
        if self._is_known:
            return
        try:
            answer = await AsyncHTTPClient().fetch(self.settings.issuer + DISCOVERY, request_timeout=PATIENCE_S)
            found = json.loads(answer.body)
            self.authorize_url, self.userdata_url = found["authorization_endpoint"], found["userinfo_endpoint"]
            self.token_url = found["token_endpoint"]
            self._is_known = True
        except (HTTPClientError, OSError, ValueError, KeyError, TypeError) as error:
            self.log.error("Provider %s at %s cannot be used: %s", self.slug, self.settings.issuer, error)  # noqa: TRY400 - the reason is enough
            raise SaidError(
                503,
                _("Sign-in with {site} does not answer now. Try again in a minute, or sign in another way.").format(
                    site=self.settings.title
                ),
            ) from error

    async def authenticate(self, handler: BaseHandler, data: Any = None, **kwargs: Any) -> dict[str, Any] | None:
        """Return who signed in, under the name and with the rights that they have here."""
        model: dict[str, Any] | None = await super().authenticate(handler, data, **kwargs)
        if model is None:
            return None
        claims = model["auth_state"][self.user_auth_state_key]
        groups = await self.get_user_groups(model["auth_state"])
        if self.settings.allowed_groups and not groups & self.settings.allowed_groups:
            raise SaidError(
                403, _("Your account is not among those that may use this place. Ask the people who run it.")
            )
        subject = claims.get("sub")
        if not subject:
            raise SaidError(
                403,
                _("{site} does not say who you are. Ask the people who run this place.").format(
                    site=self.settings.title
                ),
            )
        try:
            name = provider_name(claims.get(self.settings.username_claim))
            person = self.people.signed_in(
                self.slug,
                str(subject),
                name,
                full_name=text_of(claims.get("name")),
                mail=mail_of(claims.get("email")),
                mail_is_verified=is_verified(claims),
            )
        except (NameRefusedError, PeopleError) as error:
            raise SaidError(403, error.message) from error
        await self.owed.carry_out(person.name)
        is_admin = person.is_admin
        # Where the provider does not say who is an administrator, the page “Operation” does.
        if self.settings.admin_groups and is_admin != bool(groups & self.settings.admin_groups):
            is_admin = not is_admin
            self.people.set_admin(person.name, is_admin=is_admin)
            self.people.actions.add(OPERATOR, "admin" if is_admin else "admin-end", whom=(person.id,))
        is_given = self._gives_names and not is_chosen(self.settings.username_claim, claims)
        self.people.invitations.settle(person.id, by_name=is_given)
        self._follow(person, groups)
        end_turn_of_another(handler, person.name)
        found: dict[str, Any] = {"name": person.name, "admin": is_admin}
        if self.manage_groups:
            found["groups"] = sorted(groups)
        return found

    def _follow(self, person: PersonRecord, groups: set[str]) -> None:
        """Let somebody be in the classes of their groups."""
        if not self.settings.groups_claim:
            return
        followed = self.people.following.follow(person.id, groups)
        for what, classes in (("join-group", followed.joined), ("leave-group", followed.left)):
            for each in classes:
                self.people.actions.add(OPERATOR, what, each, whom=(person.id,))

    async def get_user_groups(self, auth_state: dict[str, Any]) -> set[str]:
        """Return the groups that the provider tells of a person; none where the settings name no claim."""
        claims = auth_state[self.user_auth_state_key]
        return {str(group) for group in _listed(claims.get(self.settings.groups_claim))}

    async def update_auth_model(self, auth_model: dict[str, Any]) -> dict[str, Any]:
        """Leave the model as `authenticate` made it."""
        return auth_model


class ProviderLoginHandler(OAuthLoginHandler):  # type: ignore[misc]  # oauthenticator is untyped
    """Sends a person to their provider."""

    def initialize(self, provider: Provider) -> None:
        """Belong to one provider."""
        self._provider = provider

    @property
    def authenticator(self) -> Provider:
        """The provider's own authenticator, not the one of the whole place."""
        return self._provider

    async def get(self) -> None:
        """Redirect to the provider."""
        await self._provider.discover()
        super().get()

    def set_state_cookie(self, state_cookie_value: str) -> None:
        """Remember in this browser what was begun, for this place alone."""
        self._set_cookie(BEGUN, state_cookie_value, expires_days=1, httponly=True, path=self.hub.base_url)

    def _get_next_url(self) -> str | None:
        return self._validate_next_url(super()._get_next_url() or "") or None


class ProviderCallbackHandler(OAuthCallbackHandler):  # type: ignore[misc]  # oauthenticator is untyped
    """Takes a person back from their provider."""

    _state_cookie: str | None

    def initialize(self, provider: Provider) -> None:
        """Belong to one provider."""
        self._provider = provider

    @property
    def authenticator(self) -> Provider:
        """The provider's own authenticator, not the one of the whole place."""
        return self._provider

    def get_state_cookie(self) -> str:
        """Return what this browser began, once."""
        if self._state_cookie is None:
            self._state_cookie = (self.get_secure_cookie(BEGUN) or b"").decode("utf8", "replace")
            self.clear_cookie(BEGUN, path=self.hub.base_url)
        return self._state_cookie

    def check_arguments(self) -> None:
        """Refuse an answer that this browser did not ask for, or in which the provider says no."""
        try:
            super().check_arguments()
        except HTTPError as error:
            self.log.info("Sign-in with %s was refused: %s", self._provider.slug, error)
            raise SaidError(
                400, _("This sign-in was begun elsewhere, was too slow, or was not allowed. Sign in again.")
            ) from error


def _listed(value: object) -> list[object]:
    return [*value.split()] if isinstance(value, str) else [*value] if isinstance(value, list | tuple) else []


def text_of(claim: object) -> str:
    """Return what a provider says in one line; "" = nothing."""
    return " ".join(claim.split())[:200] if isinstance(claim, str) else ""


def is_verified(claims: Mapping[str, Any]) -> bool:
    """Tell whether a provider says that it knows that a mail address is its person's (OpenID Connect Core, section 5.1)."""
    # Amazon Cognito writes it as text.
    return claims.get("email_verified") in (True, "true")


def is_chosen(username_claim: str, claims: Mapping[str, Any]) -> bool:
    """Tell whether a name is an address that nobody has looked at: it is what its person has written."""
    return username_claim == "email" and not is_verified(claims)


def mail_of(claim: object) -> str:
    """Return a mail address that a provider says; "" = none, or it is not one."""
    text = text_of(claim)
    return text if re.fullmatch(r"[^\s<>@]{1,64}@[^\s<>@]{1,189}", text) else ""
