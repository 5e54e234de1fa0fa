"""A data store of which only the answers are there, each as a test wants it."""

import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support.authority import Certificate

from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.places import home_prefix
from sardonyx_services.credentials.self_test import TESTER

BUCKET = "sardonyx"
KEYS = """<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials>
<AccessKeyId>id</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>{until}</Expiration></Credentials></{action}Result></{action}Response>"""
DRIP_S = 0.1
POLL_S = 0.01


@dataclass(frozen=True)
class Says:
    """One answer.

    Args:
        code: what a store calls it; "" = it does what it is asked for.
        body: in the place of an error with that code.
        ahead_s: of its clock.
        drips: a byte now and then, without end: of the body, or of the headers.
    """

    status: int = 200
    code: str = ""
    body: str = ""
    ahead_s: float = 0
    drips: str = ""


DONE = Says()
DENIED = Says(403, "AccessDenied")
GOOD = {
    "keys": DONE,
    "write own": DONE,
    "write another": DENIED,
    "list another": DENIED,
    "list all": DENIED,
    "assume again": DENIED,
}
"""What a store says that is in order."""


@dataclass
class StubStore:
    """A server where the settings expect the store."""

    says: Mapping[str, Says] = field(default_factory=lambda: dict(GOOD))
    asked: list[str] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    scheme: str = "http"

    @property
    def address(self) -> str:
        """Where it is."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def configuration(self) -> StoreConfiguration:
        """Return what the keys service is told."""
        return StoreConfiguration(
            endpoint=self.address,
            sts_endpoint=self.address,
            role="arn:aws:iam::123456789012:role/sardonyx",
            bucket=BUCKET,
            region="us-east-1",
            key_lifetime_s=3600,
        )


def what(method: str, path: str, *, is_session: bool) -> str:
    """Return what a request asks for, by the words of `GOOD`."""
    if method == "POST":
        return "assume again" if is_session else "keys"
    if method == "GET":
        return "list another" if "prefix=home" in path else "list all"
    return "write own" if home_prefix(TESTER) in path else "write another"


def _text(says: Says, method: str, asked: str) -> str:
    if says.code:
        return f"<ErrorResponse><Error><Code>{says.code}</Code><Message>no</Message></Error></ErrorResponse>"
    if method != "POST":
        return ""
    action = asked.partition("Action=")[2].partition("&")[0]
    until = datetime.now(UTC) + timedelta(hours=1)
    return KEYS.format(action=action, until=until.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _handler(store: StubStore) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            store.connections += 1

        def handle(self) -> None:
            # Who does not believe our certificate says so, and goes.
            with suppress(ssl.SSLError):
                super().handle()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            asked = what(self.command, self.path, is_session="X-Amz-Security-Token" in self.headers)
            store.asked.append(asked)
            says = store.says[asked]
            text = says.body or _text(says, self.command, body)
            try:
                if says.drips:
                    self._drip(says.drips)
                    return
                self.send_response_only(says.status)
                self.send_header(
                    "Date", format_datetime(datetime.now(UTC) + timedelta(seconds=says.ahead_s), usegmt=True)
                )
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())
            except OSError:
                self.close_connection = True

        def _drip(self, part: str) -> None:
            self.close_connection = True
            self.wfile.write(
                b"HTTP/1.1 200 OK\r\n" + (b"X-Slow: " if part == "headers" else b"Content-Length: 999\r\n\r\n")
            )
            while True:
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(DRIP_S)

        do_GET = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815 - as the library calls them

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def stub_store(**says: Says) -> Iterator[StubStore]:
    """Run one that is in order but for these answers, by the words of `GOOD` with "_" for a space."""
    with _running(StubStore({**GOOD, **{name.replace("_", " "): answer for name, answer in says.items()}})) as store:
        yield store


@contextmanager
def stub_store_by_https(certificate: Certificate) -> Iterator[StubStore]:
    """Run one that is in order, with a certificate."""
    with _running(StubStore(scheme="https"), certificate) as store:
        yield store


@contextmanager
def _running(store: StubStore, certificate: Certificate | None = None) -> Iterator[StubStore]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(store))
    server.daemon_threads = True
    store.port = server.server_port
    if certificate is not None:
        server.socket = _encrypted(server.socket, certificate)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _encrypted(listener: socket.socket, certificate: Certificate) -> ssl.SSLSocket:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(*certificate.write(Path(folder)))
    # What a client breaks off is its thread's, and not that of who takes the next one.
    return context.wrap_socket(listener, server_side=True, do_handshake_on_connect=False)
