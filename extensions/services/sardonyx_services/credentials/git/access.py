"""What a server gets for a private repository: its owner's own token for that forge, and nobody else's."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from sardonyx_services.credentials.audit import Issued
from sardonyx_services.credentials.errors import BadRequestError, CredentialsError, UnavailableError
from sardonyx_services.credentials.git.oauth import EndedError
from sardonyx_services.credentials.git.renewal import Renewal
from sardonyx_services.credentials.identity import Caller
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.git_accounts import GitAccounts, GitSecret, forge_address
from sardonyx_spawner.language import _

Person = Callable[[str], str | None]
"""Returns the id of who has a name; None = nobody."""


class NoTokenError(CredentialsError):
    """The person has given no token for a forge."""

    def __init__(self, address: str) -> None:
        said = _("There is no token for {address}. Give one on the hub's page “Git”.").format(address=address)
        super().__init__("NoToken", said, 404)


class GitAccess:
    """Gives tokens.

    Args:
        issued: is told of each.
    """

    def __init__(
        self, accounts: GitAccounts, renewal: Renewal, person: Person, issued: Callable[[Issued], None]
    ) -> None:
        self._accounts, self._renewal, self._person, self._issued = accounts, renewal, person, issued

    async def secret(self, caller: Caller, address: str) -> GitSecret:
        """Return the token of a server's owner.

        Raises:
            CredentialsError: there is none.
        """
        person, forge = self._asked(caller, address)
        found = await asyncio.to_thread(self._accounts.secret, person, forge)
        if found is None:
            raise NoTokenError(forge)
        try:
            found = await self._renewal.fresh(person, forge, found)
        except EndedError as error:
            await asyncio.to_thread(self._accounts.refuse, person, forge, found.token)
            raise CredentialsError("Ended", error.message, 410) from error
        except PeopleError as error:
            raise UnavailableError(error.message) from error
        now = datetime.now(UTC)
        until = datetime.fromtimestamp(found.ends_at, UTC) if found.ends_at else now
        self._issued(Issued(now, "git", person, caller.name, caller.server, f"{person}-git", (forge,), until))
        return found

    async def refused(self, caller: Caller, address: str, token: str) -> None:
        """Note that a forge does not take the token any more.

        Raises:
            CredentialsError: it makes no sense.
        """
        person, forge = self._asked(caller, address)
        await asyncio.to_thread(self._accounts.refuse, person, forge, token)

    def _asked(self, caller: Caller, address: str) -> tuple[str, str]:
        caller.wants("git")
        try:
            forge = forge_address(address)
        except PeopleError as error:
            raise BadRequestError(error.message) from error
        person = self._person(caller.name)
        if person is None:
            raise NoTokenError(forge)
        return person, forge
