"""An OpenID Connect provider of the tests: discovery, sign-in, code with PKCE, user information."""

import base64
import hashlib
import http.server
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from support.loopback import served


class Provider(http.server.ThreadingHTTPServer):
    """A provider that signs in whoever `person` is, by code and PKCE (RFC 6749, RFC 7636)."""

    person: dict[str, Any]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), ProviderHandler)
        self.person = {}
        self.challenges: dict[str, str] = {}
        self.tokens: dict[str, dict[str, Any]] = {}

    @property
    def issuer(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


class ProviderHandler(http.server.BaseHTTPRequestHandler):
    """The provider's four addresses."""

    server: Provider

    def do_GET(self) -> None:
        """Discovery, sign-in page, user information."""
        where = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        if where.path == "/.well-known/openid-configuration":
            base = self.server.issuer
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
            self._json({"issuer": base, **{name: f"{base}/{path}" for name, path in names.items()}})
        elif where.path == "/authorize":
            code = secrets.token_hex(8)
            self.server.challenges[code] = query["code_challenge"]
            self.send_response(302)
            self.send_header(
                "Location", f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
            )
            self.end_headers()
        else:
            token = self.headers["Authorization"].split()[1]
            self._json(self.server.tokens[token])

    def do_POST(self) -> None:
        """Exchange a code, if the verifier fits."""
        form = {n: v[0] for n, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != self.server.challenges.pop(form["code"], ""):
            self._json({"error": "invalid_grant"}, 400)
            return
        token = secrets.token_hex(8)
        self.server.tokens[token] = dict(self.server.person)
        self._json({"access_token": token, "token_type": "Bearer"})

    def log_message(self, *_arguments: object) -> None:
        """Keep the tests' output short."""

    def _json(self, answer: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving_provider() -> Iterator[Provider]:
    """Run one."""
    server = Provider()
    with served(server):
        yield server
