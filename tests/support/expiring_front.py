"""A front before the store and its keys service that makes keys live for seconds: no store gives less than 15 minutes."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx

KEYS_PATH = "/keys/"
EXPIRED = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
)
# A hop's own, and what has no meaning after the body was read as a whole.
NOT_PASSED_ON = ("connection", "keep-alive", "transfer-encoding", "content-length", "expect", "date", "server")
PATIENCE_S = 60
SAME_S = 1.0
"""Who asks again at once gets the same keys, as from the keys service. botocore asks for so short-lived ones each time that
somebody looks at a part of them, and polars takes key, secret and token one after the other."""


class ExpiringFront:
    """Listens on one port: keys below `/keys/TOKEN'S PURPOSE`, everything else is S3.

    Args:
        store: address of the real store.
        keys: returns keys for a token, other ones at each call; None for an unknown one, HTTPError where there are none now.
        life_s: so long keys are good for after they were given.
        listen: address of this machine, where it answers.
    """

    def __init__(
        self, store: str, keys: Callable[[str], dict[str, str] | None], life_s: float, listen: str = "127.0.0.1"
    ) -> None:
        self.life_s = life_s
        self.store = store
        self._store, self._keys = urlsplit(store), keys
        self._given: dict[str, tuple[float, str]] = {}
        self._last: dict[str, tuple[float, bytes]] = {}
        self._turn = threading.Lock()
        self.fetched: Counter[str] = Counter()
        """How often a token got keys."""
        self.refused: Counter[str] = Counter()
        """How often a request was signed with keys that this token had got too long ago."""
        self.accepted: Counter[str] = Counter()
        """How often one was signed with good ones."""
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Without it each answer waits for the acknowledgement of its head.
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (ConnectionError, TimeoutError):
                    self.close_connection = True

            def do_GET(self) -> None:
                front.answer(self)

            do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 - the base class's names

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((listen, 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://{listen}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        if request.path.startswith(KEYS_PATH):
            self._give_keys(request)
            return
        body = _body(request)
        given, token = self._given.get(_access_key(request), (0.0, "nobody"))
        if time.monotonic() - given > self.life_s:
            self.refused[token] += 1
            _send(request, 400, [("Content-Type", "application/xml")], EXPIRED.encode())
            return
        self.accepted[token] += 1
        self._pass_on(request, body)

    def _give_keys(self, request: BaseHTTPRequestHandler) -> None:
        token = request.headers.get("Authorization", "").removeprefix("token ")
        try:
            with self._turn:
                answer = self._answer_of(token)
        except httpx.HTTPError:
            _send(request, 503, [], b"{}")
            return
        if answer is None:
            _send(request, 403, [], b"{}")
            return
        self.fetched[token] += 1
        _send(request, 200, [("Content-Type", "application/json")], answer)

    def _answer_of(self, token: str) -> bytes | None:
        at, answer = self._last.get(token, (0.0, b""))
        if time.monotonic() - at < SAME_S:
            return answer
        found = self._keys(token)
        if found is None:
            return None
        self._given[found["AccessKeyId"]] = (time.monotonic(), token)
        end = datetime.now(UTC) + timedelta(seconds=self.life_s)
        answer = json.dumps({**found, "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ")}).encode()
        self._last[token] = (time.monotonic(), answer)
        return answer

    def _pass_on(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        connection = http.client.HTTPConnection(str(self._store.hostname), self._store.port, timeout=PATIENCE_S)
        try:
            # The Host header is the one that was signed.
            connection.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                if name.lower() not in NOT_PASSED_ON or name.lower() == "date":
                    connection.putheader(name, value)
            if body or request.command in {"PUT", "POST"}:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            found = connection.getresponse()
            headers = [(name, value) for name, value in found.getheaders() if name.lower() not in NOT_PASSED_ON]
            if request.command == "HEAD":
                _send(request, found.status, [*headers, ("Content-Length", found.getheader("Content-Length", "0"))])
            else:
                _send(request, found.status, headers, found.read())
        finally:
            connection.close()


def _access_key(request: BaseHTTPRequestHandler) -> str:
    return request.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]


def _body(request: BaseHTTPRequestHandler) -> bytes:
    source: Any = request.rfile
    if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return bytes(source.read(int(request.headers.get("Content-Length", "0"))))
    parts = []
    while size := int(source.readline().partition(b";")[0], 16):
        parts.append(source.read(size))
        source.readline()
    while source.readline().strip():
        pass
    return b"".join(parts)


def _send(
    request: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes | None = None
) -> None:
    request.send_response(status)
    for name, value in headers:
        request.send_header(name, value)
    if body is not None:
        request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    if body and request.command != "HEAD":
        request.wfile.write(body)
