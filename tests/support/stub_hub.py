"""As much of a hub as one server needs to begin and to let its person in."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PERSON, TOKEN = "alice", "token-of-the-tests-only"
PREFIX = f"/user/{PERSON}/"
MODEL: dict[str, Any] = {
    "kind": "user",
    "name": PERSON,
    "admin": False,
    "groups": [],
    "scopes": [f"access:servers!server={PERSON}/"],
    "session_id": None,
}


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_theirs = self.headers.get("Authorization", "") in {f"token {TOKEN}", f"Bearer {TOKEN}"}
        asked = self.path.partition("?")[0].rstrip("/")
        if asked == "/hub/api":
            self._say(200, {"version": "6.1.1"})
        elif asked == "/hub/api/user" and is_theirs:
            self._say(200, MODEL)
        else:
            self._say(404, {"status": 404, "message": "not known"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._say(200, {})

    def _say(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_args: object) -> None:  # noqa: A002 - the name that the library has for it
        """Say nothing."""


@contextmanager
def stub_hub() -> Iterator[str]:
    """Run one on loopback; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def variables(hub: str, port: int) -> dict[str, str]:
    """Return what JupyterHub tells a server of this person, which is to listen on a port of loopback."""
    return {
        "JUPYTERHUB_ACTIVITY_URL": f"{hub}/hub/api/users/{PERSON}/activity",
        "JUPYTERHUB_API_TOKEN": TOKEN,
        "JUPYTERHUB_API_URL": f"{hub}/hub/api",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_CLIENT_ID": f"jupyterhub-user-{PERSON}",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps(MODEL["scopes"]),
        "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{PREFIX}oauth_callback",
        "JUPYTERHUB_OAUTH_SCOPES": json.dumps(MODEL["scopes"]),
        "JUPYTERHUB_SERVER_NAME": "",
        "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}{PREFIX}",
        "JUPYTERHUB_USER": PERSON,
    }
