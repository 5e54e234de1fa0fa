"""What people have for private repositories: a token for each forge, sealed, and never shown again."""

import base64
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.models import GitAccountRow
from sardonyx_services.people.moments import utc_now
from sardonyx_spawner.language import _

LONGEST_TOKEN = 4096
USUAL_NAME = "oauth2"
"""The name beside a token. GitLab wants this one for some; to all others any is right."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NOTED_EVERY = timedelta(hours=1)
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")


@dataclass(frozen=True)
class GitAccount:
    """A forge that somebody has given a token for.

    Args:
        address: https://HOST, with its port if it has one.
        used: when a server last got the token; None = never.
        is_refused: the forge did not take it.
    """

    address: str
    made: datetime
    used: datetime | None
    is_refused: bool


@dataclass(frozen=True)
class GitSecret:
    """The token of such an account.

    Args:
        provider: slug of the OAuth app that it came from; "" = the person gave it.
        refresh_token: gets a new one; "" = it does not end.
        ends_at: seconds since 1970; None = it does not end.
    """

    token: str
    username: str = USUAL_NAME
    provider: str = ""
    refresh_token: str = ""
    ends_at: float | None = None


def forge_address(text: str) -> str:
    """Return the address of a forge from what somebody wrote or copied: github.com, https://git.example.org/a/b.

    Raises:
        PeopleError: it is none, or nothing to send a token to.
    """
    text = text.strip()
    try:
        # urlsplit drops line ends and tabs without a word.
        parts = urlsplit("" if not text.isprintable() else text if "://" in text else f"https://{text}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not HOST.fullmatch(host) and host not in LOOPBACK:
        raise PeopleError(
            _("This is not the address of a place with repositories. Write it as in the browser: github.com.")
        )
    if "@" in parts.netloc:
        raise PeopleError(_("Take out what stands before the @: the token has a field of its own."))
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise PeopleError(
            _("A token is sent to an address that begins with https:// only: others could read it on its way.")
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != 443 else "")  # noqa: PLR2004 - that of https


def check_token(text: str) -> str:
    """Return a token as it is sent.

    Raises:
        PeopleError: it cannot be one.
    """
    token = text.strip()
    if not token:
        raise PeopleError(_("There is no token. Copy it from the page on which you made it."))
    if len(token) > LONGEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise PeopleError(
            _("This is not a token: it has spaces or other letters in it. Copy it again, and nothing else.")
        )
    return token


class GitAccounts:
    """The tokens in people.sqlite.

    Args:
        key: 32 bytes, for sealing.
    """

    def __init__(self, session: Callable[[], AbstractContextManager[Session]], key: bytes) -> None:
        self._session = session
        self._seal = Fernet(base64.urlsafe_b64encode(key))

    def keep(self, person: str, address: str, secret: GitSecret) -> None:
        """Keep a token, in the place of an earlier one for the same forge."""
        with self._session() as session:
            row = session.get(GitAccountRow, (person, address))
            if row is None:
                row = GitAccountRow(person=person, address=address)
                session.add(row)
            row.sealed = self._seal.encrypt(json.dumps(asdict(secret)).encode())
            row.made, row.used, row.is_refused = utc_now(), None, False

    def of(self, person: str) -> list[GitAccount]:
        """Return what somebody has, by address."""
        found = select(GitAccountRow).where(GitAccountRow.person == person).order_by(GitAccountRow.address)
        with self._session() as session:
            return [GitAccount(row.address, row.made, row.used, row.is_refused) for row in session.scalars(found)]

    def secret(self, person: str, address: str) -> GitSecret | None:
        """Return the token for a forge; None = there is none, or none that can be opened any more."""
        with self._session() as session:
            row = session.get(GitAccountRow, (person, address))
            if row is None:
                return None
            if row.used is None or utc_now() - row.used > NOTED_EVERY:
                row.used = utc_now()
            try:
                return GitSecret(**json.loads(self._seal.decrypt(row.sealed)))
            except (InvalidToken, TypeError):
                # Sealed with another key, as in a backup without its secrets: the person gives it again.
                row.is_refused = True
                return None

    def renew(self, person: str, address: str, old: GitSecret, new: GitSecret) -> None:
        """Keep what a forge gave for an old token, unless there is another one by now."""
        with self._session() as session:
            row = session.get(GitAccountRow, (person, address))
            if row is not None and json.loads(self._seal.decrypt(row.sealed)) == asdict(old):
                row.sealed = self._seal.encrypt(json.dumps(asdict(new)).encode())

    def refuse(self, person: str, address: str, token: str) -> None:
        """Note that a forge does not take a token, unless there is another one by now."""
        with self._session() as session:
            row = session.get(GitAccountRow, (person, address))
            if row is not None and json.loads(self._seal.decrypt(row.sealed))["token"] == token:
                row.is_refused = True

    def forget(self, person: str, address: str) -> None:
        """Delete what somebody has for a forge."""
        with self._session() as session:
            row = session.get(GitAccountRow, (person, address))
            if row is not None:
                session.delete(row)
