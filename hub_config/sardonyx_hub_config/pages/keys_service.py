"""The keys service, asked in the name of somebody who sits at a page of the hub."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from jupyterhub import orm
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from sardonyx_services.credentials.identity import PAGE_SCOPE
from sardonyx_spawner.language import SaidError, _, spoken

TOKEN_LIFE_S = 60
CONNECT_S, ANSWER_S = 3.0, 12.0
AWAY = _(
    "The service that gives keys does not answer now. Keys that your servers have go on working until they end."
    " Load this page again in a minute; if it says the same then, tell the people who run this place."
)
OK, SERVER_ERROR = 200, 500


class KeysServiceError(SaidError):
    """What was asked for cannot be had; the message is for the person.

    Args:
        status: HTTP status that fits.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class LaptopWish:
    """What a key is wanted for; the service checks each part.

    Args:
        group: name of a class or team, "" = none.
        lifetime: in seconds, as the form has it.
    """

    group: str
    read_only: bool
    lifetime: str


class KeysService:
    """Asks with a token that is made for one call and deleted after it.

    Args:
        address: of the service, past the proxy.
    """

    def __init__(self, address: str) -> None:
        self._address = address

    async def access_of(self, user: Any) -> dict[str, Any]:
        """Return what somebody can reach, and the keys that they have.

        Raises:
            KeysServiceError: it cannot be said now.
        """
        return await self._ask(user, "GET", "/access/all")

    async def make_laptop_keys(self, user: Any, wish: LaptopWish) -> dict[str, Any]:
        """Return new keys for somebody's own computer, which nobody else has.

        Raises:
            KeysServiceError: there are none for this wish, or none now.
        """
        query = {"lifetime": wish.lifetime, **({"access": "read"} if wish.read_only else {})}
        group = f"/{quote(wish.group, safe='')}" if wish.group else ""
        return await self._ask(user, "POST", f"/laptop{group}?{urlencode(query)}")

    async def take_back_link(self, user: Any, mark: str) -> None:
        """Take back a link by which somebody shares a file.

        Raises:
            KeysServiceError: that cannot be done now.
        """
        await self._ask(user, "POST", f"/links/end?{urlencode({'mark': mark})}")

    async def _ask(self, user: Any, method: str, path: str) -> dict[str, Any]:
        token = user.new_api_token(
            note="The page “Data”, for one call", expires_in=TOKEN_LIFE_S, scopes=[f"{PAGE_SCOPE}!user={user.name}"]
        )
        request = HTTPRequest(
            f"{self._address}{path}",
            method,
            {"Authorization": f"token {token}", "Accept-Language": spoken()},
            body=b"" if method == "POST" else None,
            connect_timeout=CONNECT_S,
            request_timeout=ANSWER_S,
            follow_redirects=False,
        )
        try:
            answer = await AsyncHTTPClient().fetch(request, raise_error=False)
            said = json.loads(answer.body)
        except (OSError, HTTPClientError, ValueError) as error:
            raise KeysServiceError(503, AWAY) from error
        finally:
            _delete(user.db, token)
        if answer.code == OK and isinstance(said, dict):
            return said
        message = str(said.get("message", "")) if isinstance(said, dict) else ""
        raise KeysServiceError(answer.code, message or AWAY)


def _delete(db: Any, token: str) -> None:
    found = orm.APIToken.find(db, token)
    if found is not None:
        db.delete(found)
        db.commit()
