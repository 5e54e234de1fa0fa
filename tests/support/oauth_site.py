"""A site with repositories and an OAuth app, as GitLab has it: its tokens end, and each refresh token is good once."""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from support.git_server import Forge, ForgeHandler, ForgeServer
from support.loopback import served

APP, SECRET = "our-app", "the-secret-of-the-app"


@dataclass
class OAuthSite(Forge):
    """One that knows one app.

    Args:
        says_yes: what people say there.
        life_s: of a token.
        is_revoked: nobody's refresh token is good any more.
        is_garbled: something in front of it answers for it.
        refreshed: how often it gave a new token for an old one.
        codes: code -> what it was given for.
    """

    says_yes: bool = True
    life_s: int = 7200
    refreshed: int = 0
    is_revoked: bool = False
    is_garbled: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refresh_tokens: set[str] = field(default_factory=set)

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where somebody is sent who was asked."""
        back = {"state": asked["state"]}
        if self.says_yes and asked["client_id"] == APP and asked["code_challenge_method"] == "S256":
            code = secrets.token_hex(8)
            self.codes[code] = asked
            back["code"] = code
        else:
            back["error"] = "access_denied"
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def give(self, form: dict[str, str]) -> dict[str, object]:
        """Return what the app gets."""
        if (form.get("client_id"), form.get("client_secret")) != (APP, SECRET):
            return {"error": "invalid_client"}
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"], {})
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if asked.get("code_challenge") != challenge or asked["redirect_uri"] != form["redirect_uri"]:
                return {"error": "invalid_grant"}
        else:
            if self.is_revoked or form["refresh_token"] not in self.refresh_tokens:
                return {"error": "invalid_grant"}
            self.refresh_tokens.remove(form["refresh_token"])
            self.refreshed += 1
        self.token, refresh = secrets.token_hex(16), secrets.token_hex(16)
        self.refresh_tokens.add(refresh)
        return {"access_token": self.token, "refresh_token": refresh, "expires_in": self.life_s, "token_type": "bearer"}


class SiteHandler(ForgeHandler):
    """Answers for one site."""

    forge: OAuthSite

    def do_GET(self) -> None:  # noqa: N802 - of http.server
        """Ask somebody, or answer what is there."""
        where = urlsplit(self.path)
        if where.path != "/oauth/authorize":
            super().do_GET()
            return
        self.send_response(302)
        self.send_header("Location", self.forge.authorize(flat(where.query)))
        self.end_headers()

    def do_POST(self) -> None:  # noqa: N802 - of http.server
        """Give a token, or answer what git wants."""
        if self.path != "/oauth/token":
            super().do_POST()
            return
        form = flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        with self.lock:
            said = b"<html>" if self.forge.is_garbled else json.dumps(self.forge.give(form)).encode()
        self.send_response(400 if b'"error"' in said else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(said)


def flat(query: str) -> dict[str, str]:
    """Return the parameters of a query or a form."""
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def serving_site(folder: Path) -> Iterator[OAuthSite]:
    """Let a site serve the repositories of a folder; nobody has a token yet."""
    site = OAuthSite(folder, token="nobody-has-this")
    server = ForgeServer(("127.0.0.1", 0), type("Handler", (SiteHandler,), {"forge": site}))
    site.port = server.server_port
    with served(server):
        yield site
