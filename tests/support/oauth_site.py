"""Sites with repositories and an OAuth app: what GitLab, GitHub and Gitea (Forgejo) answer, each as it is documented.

Source: docs.gitlab.com, "OAuth 2.0 identity provider API"; docs.github.com, "Authorizing OAuth apps", "Refreshing user access
tokens" and "Troubleshooting OAuth app access token request errors"; Gitea, routers/web/auth/oauth2_provider.go.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from support.git_server import Forge, ForgeHandler, ForgeServer
from support.loopback import served

APP, SECRET = "our-app", "the-secret-of-the-app"
Refusal = tuple[str, str]
"""The word of an error, and its description."""


@dataclass
class OAuthSite(Forge):
    """One that knows one app, as GitLab has it: its tokens end, and each refresh token is good once.

    Args:
        says_yes: what people say there.
        life_s: of a token.
        is_revoked: the person has taken back what they said yes to.
        is_garbled: something in front of it answers for it.
        refreshed: how often it gave a new token for an old one.
        codes: code -> what it was given for.
    """

    KIND: ClassVar[str] = "gitlab"
    AUTHORIZE: ClassVar[str] = "/oauth/authorize"
    TOKEN: ClassVar[str] = "/oauth/token"
    SCOPE: ClassVar[str] = "read_repository write_repository"
    REFUSED: ClassVar[int] = 400
    BAD_CLIENT: ClassVar[Refusal] = ("invalid_client", "Client authentication failed due to unknown client.")
    BAD_CLIENT_FOR_CODE: ClassVar[Refusal] = BAD_CLIENT
    BAD_CODE: ClassVar[Refusal] = ("invalid_grant", "The provided authorization grant is invalid, expired, revoked.")
    BAD_VERIFIER: ClassVar[Refusal] = BAD_CODE
    BAD_REFRESH: ClassVar[Refusal] = BAD_CODE
    USED_REFRESH: ClassVar[Refusal] = BAD_CODE
    REVOKED: ClassVar[Refusal] = BAD_CODE

    says_yes: bool = True
    life_s: int = 7200
    refreshed: int = 0
    is_revoked: bool = False
    is_garbled: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refresh_tokens: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where somebody is sent who was asked."""
        back = {"state": asked["state"]}
        is_known = asked["client_id"] == APP and asked["scope"] == self.SCOPE
        if self.says_yes and is_known and asked["code_challenge_method"] == "S256":
            code = secrets.token_hex(8)
            self.codes[code] = asked
            back["code"] = code
        else:
            back |= {"error": "access_denied", "error_description": "The user has denied your application access."}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def give(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Return what the app gets: a status of HTTP, and JSON."""
        is_first = form["grant_type"] == "authorization_code"
        if refusal := self._refusal_of_code(form) if is_first else self._refusal_of_refresh(form):
            return self.REFUSED, {"error": refusal[0], "error_description": refusal[1]}
        self.refreshed += not is_first
        return 200, self.tokens()

    def tokens(self) -> dict[str, object]:
        """Make some; those of before are over."""
        self.token, refresh = secrets.token_hex(16), secrets.token_hex(16)
        self.refresh_tokens.add(refresh)
        return {"access_token": self.token, "refresh_token": refresh, "expires_in": self.life_s, "token_type": "bearer"}

    def _is_app(self, form: dict[str, str]) -> bool:
        return (form.get("client_id"), form.get("client_secret")) == (APP, SECRET)

    def _refusal_of_code(self, form: dict[str, str]) -> Refusal | None:
        if not self._is_app(form):
            return self.BAD_CLIENT_FOR_CODE
        asked = self.codes.pop(form["code"], None)
        if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
            return self.BAD_CODE
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return None if asked["code_challenge"] == challenge else self.BAD_VERIFIER

    def _refusal_of_refresh(self, form: dict[str, str]) -> Refusal | None:
        if not self._is_app(form):
            return self.BAD_CLIENT
        if form["refresh_token"] in self.used:
            return self.USED_REFRESH
        if form["refresh_token"] not in self.refresh_tokens:
            return self.BAD_REFRESH
        if self.is_revoked:
            return self.REVOKED
        self.use(form["refresh_token"])
        return None

    def use(self, refresh: str) -> None:
        """Take a refresh token, which is good once."""
        self.refresh_tokens.remove(refresh)
        self.used.add(refresh)


@dataclass
class GitHubSite(OAuthSite):
    """GitHub: it says no with the status of a yes; tokens of an OAuth app do not end, those of a GitHub App do.

    Args:
        is_github_app: its tokens end after eight hours, and say nothing of scopes.
        has_mail: the person has confirmed their mail address.
    """

    KIND: ClassVar[str] = "github"
    AUTHORIZE: ClassVar[str] = "/login/oauth/authorize"
    TOKEN: ClassVar[str] = "/login/oauth/access_token"
    SCOPE: ClassVar[str] = "repo"
    REFUSED: ClassVar[int] = 200
    BAD_CLIENT: ClassVar[Refusal] = (
        "incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.",
    )  # fmt: skip
    BAD_CLIENT_FOR_CODE: ClassVar[Refusal] = BAD_CLIENT
    BAD_CODE: ClassVar[Refusal] = ("bad_verification_code", "The code passed is incorrect or expired.")
    BAD_VERIFIER: ClassVar[Refusal] = BAD_CODE
    BAD_REFRESH: ClassVar[Refusal] = ("bad_refresh_token", "The refresh token passed is incorrect or expired.")
    USED_REFRESH: ClassVar[Refusal] = BAD_REFRESH
    REVOKED: ClassVar[Refusal] = BAD_REFRESH
    NO_MAIL: ClassVar[Refusal] = ("unverified_user_email", "The user must have a verified primary email.")

    is_github_app: bool = False
    has_mail: bool = True
    life_s: int = 28800

    def tokens(self) -> dict[str, object]:
        """As the kind of app has them."""
        if not self.is_github_app:
            self.token = f"gho_{secrets.token_hex(18)}"
            return {"access_token": self.token, "scope": "repo", "token_type": "bearer"}
        self.token, refresh = f"ghu_{secrets.token_hex(18)}", f"ghr_{secrets.token_hex(38)}"
        self.refresh_tokens.add(refresh)
        return {
            "access_token": self.token, "expires_in": self.life_s, "scope": "", "token_type": "bearer",
            "refresh_token": refresh, "refresh_token_expires_in": 15897600,
        }  # fmt: skip

    def _refusal_of_code(self, form: dict[str, str]) -> Refusal | None:
        return super()._refusal_of_code(form) or (None if self.has_mail else self.NO_MAIL)


@dataclass
class GiteaSite(OAuthSite):
    """Gitea, and Forgejo: of most refusals it has one word, and says what is meant in the description.

    Args:
        invalidates: each refresh token is good once (INVALIDATE_REFRESH_TOKENS, which is off as it comes).
    """

    KIND: ClassVar[str] = "gitea"
    AUTHORIZE: ClassVar[str] = "/login/oauth/authorize"
    TOKEN: ClassVar[str] = "/login/oauth/access_token"
    SCOPE: ClassVar[str] = "write:repository"
    BAD_CLIENT: ClassVar[Refusal] = ("invalid_client", "invalid client secret")
    BAD_CLIENT_FOR_CODE: ClassVar[Refusal] = ("unauthorized_client", "invalid client secret")
    BAD_CODE: ClassVar[Refusal] = ("unauthorized_client", "client is not authorized")
    BAD_VERIFIER: ClassVar[Refusal] = ("unauthorized_client", "failed PKCE code challenge")
    # It is a signed one, which also ends some time: after a month in which nobody has used it.
    BAD_REFRESH: ClassVar[Refusal] = ("unauthorized_client", "unable to parse refresh token")
    USED_REFRESH: ClassVar[Refusal] = ("unauthorized_client", "token was already used")
    REVOKED: ClassVar[Refusal] = ("invalid_grant", "grant does not exist")

    invalidates: bool = False
    life_s: int = 3600

    def use(self, refresh: str) -> None:
        """Take a refresh token."""
        if self.invalidates:
            super().use(refresh)


class SiteHandler(ForgeHandler):
    """Answers for one site."""

    forge: OAuthSite

    def do_GET(self) -> None:  # noqa: N802 - of http.server
        """Ask somebody, or answer what is there."""
        where = urlsplit(self.path)
        if where.path != self.forge.AUTHORIZE:
            super().do_GET()
            return
        self.send_response(302)
        self.send_header("Location", self.forge.authorize(flat(where.query)))
        self.end_headers()

    def do_POST(self) -> None:  # noqa: N802 - of http.server
        """Give a token, or answer what git wants."""
        if self.path != self.forge.TOKEN:
            super().do_POST()
            return
        form = flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        with self.lock:
            status, said = (200, {}) if self.forge.is_garbled else self.forge.give(form)
        # GitHub answers with a form, unless JSON is asked for.
        is_json = self.headers.get("Accept") == "application/json"
        text = "<html>" if self.forge.is_garbled else json.dumps(said) if is_json else urlencode(said)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(text.encode())


def flat(query: str) -> dict[str, str]:
    """Return the parameters of a query or a form."""
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def serving_site(folder: Path, kind: type[OAuthSite] = OAuthSite) -> Iterator[OAuthSite]:
    """Let a site serve the repositories of a folder; nobody has a token yet."""
    site = kind(folder, token="nobody-has-this")
    server = ForgeServer(("127.0.0.1", 0), type("Handler", (SiteHandler,), {"forge": site}))
    site.port = server.server_port
    with served(server):
        yield site
