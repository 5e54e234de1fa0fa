"""A way to the keys service on this server's own loopback, where the service is on another machine.

AWS SDKs ask for keys over plain HTTP only on their own machine. What is passed on goes to the one place that the hub has
named, and nowhere else; the token comes with each question, and is not kept here.

Source: AWS SDKs and tools reference guide, container credential provider.
"""

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sardonyx_singleuser.language import _

LOOPBACK = "127.0.0.1"
PATIENCE_S = 25.0
MOST_BYTES = 1 << 16
"""A question is a few lines; an answer of the service is never so long either, and is passed on whole."""
TAKEN_ALONG = ("Authorization", "Content-Type", "Accept")


def local_address(url: str) -> str:
    """Return an address by which every client of this server finds the service.

    Args:
        url: of the usual keys, as the hub has told it.
    """
    where = urlsplit(url)
    if where.scheme == "https" or where.hostname in {LOOPBACK, "localhost"}:
        return url
    relay = ThreadingHTTPServer((LOOPBACK, 0), _handler(where))
    relay.daemon_threads = True
    # In this process: it is there for as long as the server is, and takes no memory of its own.
    threading.Thread(target=relay.serve_forever, name="keys", daemon=True).start()
    return f"http://{LOOPBACK}:{relay.server_port}{where.path}"


def _handler(service: SplitResult) -> type[BaseHTTPRequestHandler]:
    below = service.path.rpartition("/")[0] + "/"

    class Handler(BaseHTTPRequestHandler):
        """Passes a question on, and the answer back."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Pass it on."""
            self._pass_on(None)

        def do_POST(self) -> None:
            """Pass it on with what came with it."""
            size = self.headers.get("Content-Length", "0")
            if not size.isdecimal() or int(size) > MOST_BYTES:
                self.close_connection = True
                self._answer(413, _json(_("This is too much for a question to the keys service.")))
                return
            self._pass_on(self.rfile.read(int(size)))

        def _pass_on(self, body: bytes | None) -> None:
            # Its name for another folder must not lead out of the service's own.
            if not self.path.startswith(below) or ".." in self.path:
                self._answer(404, _json(_("There is no such page of the keys service.")))
                return
            connection = http.client.HTTPConnection(service.hostname or "", service.port, timeout=PATIENCE_S)
            headers = {name: self.headers[name] for name in TAKEN_ALONG if name in self.headers}
            try:
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                self._answer(answer.status, answer.read(), answer.getheader("Content-Type") or "")
            except (OSError, http.client.HTTPException):
                away = _("The service that gives keys does not answer now. Try again in a minute.")
                self._answer(503, _json(away))
            finally:
                connection.close()

        def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_what: Any) -> None:
            """Say nothing: the service keeps its own log, and this one is the person's."""

    return Handler


def _json(message: str) -> bytes:
    return json.dumps({"message": message}).encode()
