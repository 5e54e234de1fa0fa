"""The keys service, as programs in a server ask it; a program of its own per question, so only the standard library."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from sardonyx_singleuser.language import _

URL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105 - the name of a variable
KEYS, ACCESS, GIT, LINKS = "/aws", "/access", "/git", "/links"
PATIENCE_S = 20.0
OK, NOT_FOUND = 200, 404


class KeysError(Exception):
    """What was asked for cannot be had; the message is one sentence for the person."""


class NoneError(KeysError):
    """There is none."""


@dataclass(frozen=True)
class KeysService:
    """Where it is, and by what it knows this server.

    Args:
        url: of the usual keys.
        token_file: with what stands in the Authorization header.
    """

    url: str
    token_file: Path

    @classmethod
    def found(cls, environment: Mapping[str, str]) -> "KeysService":
        """Return the one of this server.

        Raises:
            KeysError: there is none.
        """
        if not environment.get(URL) or not environment.get(TOKEN_FILE):
            raise KeysError(_("There is no data store here, or this is not a program of a server of Sardonyx."))
        return cls(environment[URL], Path(environment[TOKEN_FILE]))

    def keys(self, group: str, wish: Mapping[str, str]) -> dict[str, Any]:
        """Return keys, as the service gives them.

        Args:
            group: name of a class or team, "" = none.
            wish: what they shall be less than they could be.

        Raises:
            KeysError: there are none for this wish, or none now.
        """
        return self._ask(f"{self._service}{KEYS}" + (f"/{quote(group, safe='')}" if group else ""), wish)

    def access(self) -> dict[str, Any]:
        """Return what this server can reach.

        Raises:
            KeysError: it cannot be said now.
        """
        # Of a server of a class the usual keys are others: it is said until when those live.
        return self._ask(f"{self._service}{ACCESS}{self.url.removeprefix(self._service + KEYS)}", {})

    def link(self, key: str, seconds: int) -> dict[str, Any]:
        """Return a link by which everybody who has it gets a file, and when it ends.

        Raises:
            KeysError: there can be none, or none now.
        """
        return self._ask(self._service + LINKS, {}, json.dumps({"key": key, "seconds": seconds}))

    def git_token(self, address: str) -> tuple[str, str]:
        """Return name and token for a forge, such as https://github.com.

        Raises:
            NoneError: the person has given none.
            KeysError: it cannot be had now.
        """
        found = self._ask(self._git, {"address": address})
        return str(found["username"]), str(found["password"])

    def git_refused(self, address: str, token: str) -> None:
        """Tell that a forge does not take a token.

        Raises:
            KeysError: it cannot be told now.
        """
        self._ask(f"{self._git}/refused", {"address": address}, token)

    @property
    def group(self) -> str:
        """Name of the class, event or team that this server is of; "" = of none."""
        return self.url.removeprefix(f"{self._service}{KEYS}").removeprefix("/server/")

    @property
    def _service(self) -> str:
        return self.url.rpartition(KEYS)[0]

    @property
    def _git(self) -> str:
        return self._service + GIT

    def _ask(self, url: str, query: Mapping[str, str], body: str | None = None) -> dict[str, Any]:
        where = urlsplit(url)
        connect = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        try:
            token = self.token_file.read_text().strip()
            # Neither a proxy nor another address gets the token: this follows none.
            connection = connect(where.hostname or "", where.port, timeout=PATIENCE_S)
            try:
                path = f"{where.path}?{urlencode(query)}" if query else where.path
                connection.request("GET" if body is None else "POST", path, body, {"Authorization": token})
                answer = connection.getresponse()
                said = json.loads(answer.read())
            finally:
                connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise KeysError(_("The service that gives keys does not answer now. Try again in a minute.")) from error
        if answer.status == OK and isinstance(said, dict):
            return said
        message = said.get("message") if isinstance(said, dict) else None
        kind = NoneError if answer.status == NOT_FOUND else KeysError
        said = _("The service that gives keys answers with {status}. Try again in a minute.")
        raise kind(str(message or said.format(status=answer.status)))
