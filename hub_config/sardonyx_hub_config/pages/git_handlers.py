"""The page “Git”: tokens for private repositories, which somebody's servers use and nobody sees again."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jupyterhub.handlers.base import BaseHandler
from tornado import web

from sardonyx_hub_config.said import SaidError
from sardonyx_services.credentials.git.oauth import GitProvider
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.git_accounts import (
    USUAL_NAME,
    GitAccount,
    GitAccounts,
    GitSecret,
    check_token,
    forge_address,
)
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.language import _

MOST = 50
LONGEST_NAME = 100


def git_handlers(
    people: Callable[[], PeopleStore], accounts: Callable[[], GitAccounts], providers: Mapping[str, GitProvider]
) -> list[tuple[Any, ...]]:
    """Return the handlers, by path below /hub.

    Args:
        providers: sites that can be connected, by slug.
    """
    known = {"people": people, "accounts": accounts, "providers": providers}
    return [(r"/git", GitPageHandler, known), (r"/git/forget", ForgetHandler, known)]


class GitPageHandler(BaseHandler):  # type: ignore[misc]  # JupyterHub is untyped
    """The page itself; it needs no script."""

    def initialize(
        self,
        people: Callable[[], PeopleStore],
        accounts: Callable[[], GitAccounts],
        providers: Mapping[str, GitProvider],
    ) -> None:
        """Take what the page is made from."""
        self.people, self.accounts, self.providers = people, accounts, providers

    @property
    def person(self) -> str:
        """The immutable id of who has signed in."""
        found = self.people().by_name(self.current_user.name)
        if found is None:
            raise SaidError(403, _("You have not signed in here yet. Sign out, and in again."))
        return found.id

    @web.authenticated
    async def get(self) -> None:
        """Show what somebody has."""
        await self.show()

    @web.authenticated
    async def post(self) -> None:
        """Keep a token."""
        said = {name: self.get_body_argument(name, "") for name in ("address", "name")}
        try:
            address, secret = forge_address(said["address"]), self._secret(said["name"])
            self._make_sure_of_room(address)
        except PeopleError as error:
            await self.show(error.message, said, 400)
            return
        self.accounts().keep(self.person, address, secret)
        self.redirect(f"{self.hub.base_url}git")

    def _secret(self, name: str) -> GitSecret:
        name = name.strip() or USUAL_NAME
        if not name.isprintable() or len(name) > LONGEST_NAME:
            raise PeopleError(_("The name beside the token has letters in it that no name has, or is too long."))
        return GitSecret(check_token(self.get_body_argument("token", "", strip=False)), name)

    def _make_sure_of_room(self, address: str) -> None:
        known = {account.address for account in self.accounts().of(self.person)} | {address}
        if len(known) > MOST:
            raise PeopleError(_("You have {count} of them: forget one that you do not need.").format(count=MOST))

    async def show(self, refused: str = "", said: dict[str, str] | None = None, status: int = 200) -> None:
        """Show the page.

        Args:
            refused: why nothing was kept; "" = nothing was wanted.
            said: what stands in the form.
        """
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        found = self.accounts().of(self.person)
        html = await self.render_template(
            "git.html", accounts=found, refused=refused, said=said or {}, providers=self._to_connect(found)
        )
        self.finish(html)

    def _to_connect(self, accounts: Iterable[GitAccount]) -> list[tuple[str, str]]:
        """Return slug and title of the sites that are not connected, or not any more."""
        good = {account.address for account in accounts if not account.is_refused}
        return [(each.slug, each.title) for each in self.providers.values() if each.address not in good]


class ForgetHandler(GitPageHandler):
    """Deletes a token."""

    async def get(self) -> None:
        """Lead to the page: an address deletes nothing."""
        self.redirect(f"{self.hub.base_url}git")

    @web.authenticated
    async def post(self) -> None:
        """Delete the one of the form."""
        self.accounts().forget(self.person, self.get_body_argument("address", ""))
        self.redirect(f"{self.hub.base_url}git")
