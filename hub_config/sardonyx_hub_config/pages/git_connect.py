"""Connects somebody with a site by its OAuth app: they say yes there, and their servers reach their repositories."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from tornado import web
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from sardonyx_hub_config.pages.git_handlers import GitPageHandler
from sardonyx_services.credentials.git.oauth import GitProvider
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.git_accounts import GitAccounts, GitSecret
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.language import _

COOKIE = "sardonyx-git"
LIFE_DAYS = 1 / 96
"""A quarter of an hour, to sign in there and to say yes."""
PATIENCE_S = 10.0
BEGUN_ELSEWHERE = _("This was begun elsewhere, or took too long. Connect it again.")


def connect_handlers(
    people: Callable[[], PeopleStore],
    accounts: Callable[[], GitAccounts],
    providers: Mapping[str, GitProvider],
    public_url: str,
) -> list[tuple[Any, ...]]:
    """Return the handlers, by path below /hub."""
    known = {"people": people, "accounts": accounts, "providers": providers, "place_url": public_url}
    return [(r"/git/connect/([^/]+)", ConnectHandler, known), (r"/git/callback/([^/]+)", CallbackHandler, known)]


class ConnectHandler(GitPageHandler):
    """Leads to the site."""

    def initialize(
        self,
        people: Callable[[], PeopleStore],
        accounts: Callable[[], GitAccounts],
        providers: Mapping[str, GitProvider],
        place_url: str = "",
    ) -> None:
        """Take what it is made from."""
        super().initialize(people, accounts, providers)
        self.place_url = place_url

    def provider(self, slug: str) -> GitProvider:
        """Return the app of that name; where there is none, that is the answer."""
        if slug not in self.providers:
            raise web.HTTPError(404)
        return self.providers[slug]

    def callback(self, provider: GitProvider) -> str:
        """Return where the site sends people back."""
        return f"{self.place_url}/hub/git/callback/{provider.slug}"

    async def get(self, slug: str = "") -> None:  # noqa: ARG002 - of the address
        """Lead to the page: an address connects nothing."""
        self.redirect(f"{self.hub.base_url}git")

    @web.authenticated
    async def post(self, slug: str) -> None:
        """Go there, and remember who went."""
        provider = self.provider(slug)
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        self.set_secure_cookie(
            COOKIE,
            json.dumps([self.person, slug, state, verifier]),
            expires_days=LIFE_DAYS,
            path=f"{self.hub.base_url}git/",
            httponly=True,
            secure=self.place_url.startswith("https:"),
            samesite="Lax",
        )
        self.redirect(provider.authorize_url(self.callback(provider), state, verifier))


class CallbackHandler(ConnectHandler):
    """Takes somebody back from the site."""

    async def get(self, slug: str = "") -> None:
        """Keep the token that they said yes to."""
        if self.current_user is None:
            # They signed out meanwhile: what was begun is over.
            self.redirect(f"{self.hub.base_url}git")
            return
        provider = self.provider(slug)
        try:
            secret = await self._token(provider, self._begun(slug))
        except PeopleError as error:
            await self.show(error.message, status=400)
            return
        self.accounts().keep(self.person, provider.address, secret)
        self.redirect(f"{self.hub.base_url}git")

    def _begun(self, slug: str) -> str:
        """Return what proves that this browser began it, for the person who is signed in now."""
        raw = self.get_secure_cookie(COOKIE, max_age_days=LIFE_DAYS)
        self.clear_cookie(COOKIE, path=f"{self.hub.base_url}git/")
        person, begun, state, verifier = json.loads(raw) if raw else ("", "", "", "")
        given = self.get_query_argument("state", "")
        is_same = secrets.compare_digest(given.encode(), state.encode())
        if not state or not is_same or begun != slug or person != self.person:
            raise PeopleError(BEGUN_ELSEWHERE)
        return str(verifier)

    async def _token(self, provider: GitProvider, verifier: str) -> GitSecret:
        if self.get_query_argument("error", ""):
            raise PeopleError(
                _("{site} was not connected: you or it said no. Nothing was changed.").format(site=provider.title)
            )
        form = provider.for_code(self.get_query_argument("code", ""), self.callback(provider), verifier)
        request = HTTPRequest(
            provider.token_url,
            "POST",
            {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form),
            request_timeout=PATIENCE_S,
            follow_redirects=False,
        )
        try:
            answer = await AsyncHTTPClient().fetch(request, raise_error=False)
            said = json.loads(answer.body)
        except (OSError, ValueError, TypeError) as error:
            raise PeopleError(
                _("{site} does not answer now. Try again in a minute.").format(site=provider.title)
            ) from error
        return provider.read(said if isinstance(said, dict) else {}, time.time())
