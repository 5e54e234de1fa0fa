"""A way to the keys service on this server's own loopback, where the service is on another machine.

AWS SDKs ask for keys over plain HTTP only on their own machine. Who asks here shows a secret of this server's, which is
worth nothing anywhere else; what is passed on goes with the server's token to the one place that the hub has named.

Source: AWS SDKs and tools reference guide, container credential provider.
"""

import http.client
import json
import os
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sardonyx_singleuser.kept_keys import OK, PATIENCE_S, Answer, KeptKeys
from sardonyx_singleuser.key_door import refusal
from sardonyx_singleuser.keys_service import ACCESS, KEYS
from sardonyx_singleuser.language import _

LOOPBACK = "127.0.0.1"
SILENT_S = 30.0
"""After so long without a word a connection is ended."""
MOST_BYTES = 1 << 16
"""A question is a few lines; an answer of the service is never so long either, and is passed on whole."""
NOTHING: Mapping[str, str] = {}
TAKEN_ALONG = ("Content-Type", "Accept", "Accept-Language")


def local_way(url: str, token: str) -> tuple[str, str]:
    """Return an address by which every client of this server finds the service, and the token that is shown there.

    Args:
        url: of the usual keys, as the hub has told it.
        token: the server's own hub token.
    """
    where = urlsplit(url)
    if where.scheme == "https" or where.hostname in {LOOPBACK, "localhost"}:
        return url, token
    relay = Relay(where, token)
    # In this process: it is there for as long as the server is, and takes no memory of its own.
    threading.Thread(target=relay.serve_forever, name="keys", daemon=True).start()
    return f"http://{LOOPBACK}:{relay.server_port}{where.path}", relay.secret


class Relay(ThreadingHTTPServer):
    """Listens, and asks the service.

    Args:
        service: address of the usual keys.
        token: that the service knows this server by.
    """

    daemon_threads = True
    request_queue_size = 1024
    """All who ask at once, such as the workers of a large job."""

    def __init__(self, service: SplitResult, token: str) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self._service, self._token = service, token
        self.below = service.path.rpartition(KEYS)[0]
        # As the library's `secrets` does, which no kernel that was forked from this process should have for it.
        self.secret = os.urandom(32).hex()
        self.keys = KeptKeys(lambda path, patience_s: self.ask("GET", path, patience_s))

    def ask(
        self, verb: str, path: str, patience_s: float, body: bytes | None = None, more: Mapping[str, str] = NOTHING
    ) -> Answer:
        """Return what the service says.

        Args:
            more: headers to take along.
        """
        connection = http.client.HTTPConnection(self._service.hostname or "", self._service.port, timeout=patience_s)
        try:
            connection.request(verb, path, body, {**more, "Authorization": f"token {self._token}"})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), answer.getheader("Content-Type") or "")
        except (OSError, http.client.HTTPException):
            away = _("The service that gives keys does not answer now. Try again in a minute.")
            return Answer(503, _json("ServiceUnavailable", away))
        finally:
            connection.close()


class Handler(BaseHTTPRequestHandler):
    """Passes a question on, and the answer back."""

    server: Relay

    protocol_version = "HTTP/1.1"
    timeout = SILENT_S

    def do_GET(self) -> None:
        """Give keys, or pass it on."""
        if not self._is_one_of_ours():
            return
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            # Whoever can choose what a proxy sends on would have it read as a request without the proxy's headers.
            self._refuse(400, "InvalidRequest", _("A question for keys has nothing in its body."))
            return
        path = urlsplit(self.path).path
        if path == self.server.below + KEYS or path.startswith(f"{self.server.below}{KEYS}/"):
            self._answer(self.server.keys.get(self.path))
            return
        answer = self.server.ask("GET", self.path, PATIENCE_S, None, self._taken_along())
        if f"{path}/".startswith(f"{self.server.below}{ACCESS}/") and answer.status == OK:
            self.server.keys.see(answer.body)
        self._answer(answer)

    def do_POST(self) -> None:
        """Pass it on with what came with it."""
        if not self._is_one_of_ours():
            return
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > MOST_BYTES or "Transfer-Encoding" in self.headers:
            self._refuse(413, "InvalidRequest", _("This is too much for a question to the keys service."))
            return
        body = self.rfile.read(int(size))
        self._answer(self.server.ask("POST", self.path, PATIENCE_S, body, self._taken_along()))

    def _is_one_of_ours(self) -> bool:
        port = self.server.server_port
        hosts = (f"{LOOPBACK}:{port}", f"localhost:{port}")
        why = refusal(self.headers, self.path, hosts, f"token {self.server.secret}")
        if why is not None:
            self._refuse(403, "AccessDenied", why)
            return False
        # Its name for another folder must not lead out of the service's own.
        if not self.path.startswith(f"{self.server.below}/") or ".." in self.path:
            self._refuse(404, "NotFound", _("There is no such page of the keys service."))
            return False
        return True

    def _taken_along(self) -> dict[str, str]:
        return {name: self.headers[name] for name in TAKEN_ALONG if name in self.headers}

    def _refuse(self, status: int, code: str, message: str) -> None:
        # What came with it was not read.
        self.close_connection = True
        self._answer(Answer(status, _json(code, message)))

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - the library's words are for nobody
        """Say in the form of all other answers that this is no question: another method, or no HTTP."""
        # Of a version that cannot be read the library thinks that it was the first one, which knows no headers.
        self.request_version = self.protocol_version
        self._refuse(code, "InvalidRequest", _("The keys service is asked with GET, and told with POST."))

    def log_message(self, *_what: Any) -> None:
        """Say nothing: the service keeps its own log, and this one is the person's."""


def _json(code: str, message: str) -> bytes:
    return json.dumps({"code": code, "message": message}).encode()
