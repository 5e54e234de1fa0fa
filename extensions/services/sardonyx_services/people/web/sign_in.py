"""Who asks: a browser by the hub's OAuth, a program by its token. The hub alone says who that is.

Source: RFC 6749 and RFC 7636 (PKCE), as JupyterHub's HubOAuth has them for Tornado.
"""

import hashlib
import hmac
import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from cryptography.fernet import Fernet, InvalidToken

from sardonyx_services.people.web.errors import AwayError, NotSignedInError

KEPT_S = 10.0
REMEMBERED = 10_000
PATIENCE_S = 5.0
STATE_LIFE_S = 600
OK, WRONG = 200, 500
Model = Mapping[str, Any]


@dataclass(frozen=True)
class OAuthClient:
    """This service, as the hub knows it.

    Args:
        api: address of the hub's API, without a slash at its end.
        authorize: path at which a browser asks to be let in.
        callback: path to which it comes back.
    """

    client_id: str
    secret: str
    api: str
    authorize: str
    callback: str


class SignIn:
    """Brings browsers in, and knows tokens.

    Args:
        key: what sessions are sealed with; 32 bytes.
    """

    def __init__(
        self, oauth: OAuthClient, client: httpx.AsyncClient, key: bytes, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._oauth, self._client, self._key, self._clock = oauth, client, key, clock
        self._seal = Fernet(urlsafe_b64encode(key))
        self._known: OrderedDict[str, tuple[float, Model]] = OrderedDict()

    def begin(self, back: str) -> tuple[str, str, str]:
        """Return where a browser goes to sign in, what its cookie keeps meanwhile, and by which state it is known again.

        Args:
            back: path that it comes back to.
        """
        state, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": self._oauth.client_id,
            "redirect_uri": self._oauth.callback,
            "response_type": "code",
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        kept = self._seal.encrypt(json.dumps([state, verifier, back]).encode()).decode()
        return f"{self._oauth.authorize}?{urlencode(asked)}", kept, state

    async def finish(self, kept: str, state: str, code: str) -> tuple[str, str]:
        """Return what the session's cookie keeps, and the path that the browser comes back to.

        Args:
            kept: what its cookie kept.

        Raises:
            NotSignedInError: this browser did not begin it, it took too long, or the hub did not let it in.
            AwayError: the hub does not answer.
        """
        try:
            begun, verifier, back = json.loads(self._seal.decrypt(kept.encode(), ttl=STATE_LIFE_S))
        except (InvalidToken, ValueError) as error:
            raise NotSignedInError from error
        if not hmac.compare_digest(begun.encode(), state.encode()):
            raise NotSignedInError
        told = {
            "client_id": self._oauth.client_id,
            "client_secret": self._oauth.secret,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._oauth.callback,
            "code_verifier": verifier,
        }
        try:
            answer = await self._client.post(f"{self._oauth.api}/oauth2/token", data=told, timeout=PATIENCE_S)
            token = str(answer.json()["access_token"])
        except httpx.HTTPError as error:
            raise AwayError from error
        except (ValueError, KeyError, TypeError) as error:
            raise NotSignedInError from error
        return self._seal.encrypt(token.encode()).decode(), back

    def token(self, session: str) -> str:
        """Return the token of a session's cookie; "" = it is none of ours."""
        try:
            return self._seal.decrypt(session.encode()).decode()
        except (InvalidToken, ValueError):
            return ""

    def forget(self) -> None:
        """Ask the hub anew about everybody: sessions have ended."""
        self._known.clear()

    def sign(self, token: str) -> str:
        """Return what a form of ours has in it, for one session."""
        return hmac.new(self._key, f"form:{token}".encode(), hashlib.sha256).hexdigest()

    def is_signed(self, token: str, sign: str) -> bool:
        """Tell whether a form is one of ours, shown in the same session."""
        return hmac.compare_digest(self.sign(token).encode(), sign.encode())

    async def model(self, token: str) -> Model:
        """Return what the hub says of a token; remembered for seconds.

        Raises:
            NotSignedInError: the hub does not know it.
            AwayError: the hub does not answer.
        """
        key = hashlib.sha256(token.encode()).hexdigest()
        known = self._known.get(key)
        if known and known[0] > self._clock():
            return known[1]
        self._known.pop(key, None)
        found = await self._ask(token)
        self._known[key] = (self._clock() + KEPT_S, found)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    async def _ask(self, token: str) -> Model:
        try:
            answer = await self._client.get(
                f"{self._oauth.api}/user", headers={"Authorization": f"token {token}"}, timeout=PATIENCE_S
            )
            found = answer.json() if answer.status_code == OK else {}
        except (httpx.HTTPError, ValueError) as error:
            raise AwayError from error
        if answer.status_code >= WRONG:
            raise AwayError
        if not isinstance(found, dict) or found.get("kind") != "user":
            raise NotSignedInError
        return found
