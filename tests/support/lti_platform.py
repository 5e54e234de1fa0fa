"""A learning platform of the tests (LTI 1.3): its keys, and the page that says who somebody is."""

import html
import http.server
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from support.loopback import served

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
INSTRUCTOR, LEARNER = (
    f"http://purl.imsglobal.org/vocab/lis/v2/membership#{name}" for name in ("Instructor", "Learner")
)


def right_claims(issuer: str, client: str, nonce: str) -> dict[str, Any]:
    """Return those of a launch that is right, but for who comes."""
    now = int(time.time())
    return {
        "iss": issuer,
        "aud": client,
        "iat": now,
        "exp": now + 300,
        "nonce": nonce,
        f"{CLAIM}version": "1.3.0",
        f"{CLAIM}message_type": "LtiResourceLinkRequest",
        f"{CLAIM}deployment_id": "1",
        f"{CLAIM}target_link_uri": "https://evil.example/",
        f"{CLAIM}resource_link": {"id": "5"},
        f"{CLAIM}roles": [],
    }


class Platform(http.server.ThreadingHTTPServer):
    """A platform in which whoever `person` is opens a link; `token` is the last launch that it sent."""

    person: dict[str, Any]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), PlatformHandler)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person = {}
        self.token = ""
        self.replays = False

    @property
    def issuer(self) -> str:
        """Its address: of another site than the place, which is at 127.0.0.1."""
        return f"http://localhost:{self.server_port}"

    def login(self, place: str) -> str:
        """Return the address that the platform opens first, for a place and its slug for this platform."""
        return f"{place}/login?" + urlencode(
            {"iss": self.issuer, "client_id": "sardonyx", "login_hint": "x", "target_link_uri": "https://evil.example/"}
        )

    def launch(self, nonce: str) -> str:
        """Return a launch of who is the person now, signed."""
        said = {**right_claims(self.issuer, "sardonyx", nonce), **self.person}
        return jwt.encode(said, self.key, algorithm="RS256", headers={"kid": "one"})


class PlatformHandler(http.server.BaseHTTPRequestHandler):
    """The platform's two addresses."""

    server: Platform

    def do_GET(self) -> None:
        """Its keys, and the form by which a browser takes a launch to the place."""
        where = urlsplit(self.path)
        if where.path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key()))
            self._answer("application/json", json.dumps({"keys": [{**key, "kid": "one", "alg": "RS256"}]}))
            return
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        if not self.server.replays:
            self.server.token = self.server.launch(query["nonce"])
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in (("state", query["state"]), ("id_token", self.server.token))
        )
        action = html.escape(query["redirect_uri"])
        self._answer("text/html", f'<form method="post" action="{action}">{fields}<button>Go on</button></form>')

    def log_message(self, *_arguments: object) -> None:
        """Keep the tests' output short."""

    def _answer(self, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving_platform() -> Iterator[Platform]:
    """Run one."""
    server = Platform()
    with served(server):
        yield server
