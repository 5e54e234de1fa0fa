"""How programs of a server on another machine reach the keys service."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from sardonyx_singleuser.key_relay import MOST_BYTES, local_address

ASKED: list[tuple[str, str, str | None, bytes]] = []


class Service(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_GET(self) -> None:
        """Remember, and answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        ASKED.append((self.command, self.path, self.headers.get("Authorization"), body))
        answer = b'{"AccessKeyId": "k"}'
        self.send_response(403 if "refused" in self.path else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET  # noqa: N815 - the standard library's names

    def log_message(self, *_what: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    """Return the address of the relay of a service that another name leads to."""
    ASKED.clear()
    server = ThreadingHTTPServer(("127.0.0.2", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield local_address(f"http://127.0.0.2:{server.server_port}/lab/services/credentials/aws")
    server.shutdown()
    server.server_close()


def ask(url: str, path: str = "", verb: str = "GET", body: bytes | None = None) -> tuple[int, dict[str, str]]:
    """Ask the relay."""
    where = urlsplit(url)
    with closing(HTTPConnection(str(where.hostname), where.port, timeout=5)) as connection:
        connection.request(verb, path or where.path, body, {"Authorization": "token abc", "X-Other": "1"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def test_a_question_is_passed_on_with_its_token(url: str) -> None:
    """And the answer comes back as it is."""
    assert ask(url) == (200, {"AccessKeyId": "k"})
    assert ASKED == [("GET", "/lab/services/credentials/aws", "token abc", b"")]


def test_it_is_on_this_servers_own_loopback(url: str) -> None:
    """AWS SDKs ask nobody else without encryption; it has the path that the service has."""
    where = urlsplit(url)
    assert (where.scheme, where.hostname, where.path) == ("http", "127.0.0.1", "/lab/services/credentials/aws")


def test_what_comes_with_a_question_is_passed_on(url: str) -> None:
    """Such as a wish for a link; and a refusal is a refusal."""
    status, _answer = ask(url, "/lab/services/credentials/refused?a=b", "POST", b"{}")
    assert status == 403
    assert ASKED == [("POST", "/lab/services/credentials/refused?a=b", "token abc", b"{}")]


@pytest.mark.parametrize("path", ["/lab/hub/api/user", "/lab/services/credentials/../../hub/api", "http://elsewhere/x"])
def test_nothing_else_is_reached_through_it(url: str, path: str) -> None:
    """It is a way to one service."""
    assert ask(url, path) == (404, {"message": "There is no such page of the keys service."})
    assert not ASKED


def test_too_much_is_refused(url: str) -> None:
    """No question is so long."""
    status, answer = ask(url, verb="POST", body=b"x" * (MOST_BYTES + 1))
    assert (status, answer["message"]) == (413, "This is too much for a question to the keys service.")
    assert not ASKED


def test_a_service_that_is_away_is_said_to_be() -> None:
    """In the words that a person reads."""
    url = local_address("http://127.0.0.2:9/services/credentials/aws")
    assert ask(url) == (
        503,
        {"message": "The service that gives keys does not answer now. Try again in a minute."},
    )


@pytest.mark.parametrize("url", ["http://127.0.0.1:8003/x/aws", "https://lab.example.org/x/aws"])
def test_what_every_client_takes_needs_no_relay(url: str) -> None:
    """This machine's own loopback, and what is encrypted."""
    assert local_address(url) == url
