"""How programs of a server on another machine reach the keys service, and who does not."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from urllib.parse import urlsplit

import pytest

from sardonyx_singleuser.key_relay import MOST_BYTES, local_way

KEYS = "/lab/services/credentials/aws"
INSIDE = "Only a running server gets keys. Ask from inside your server."
OTHER_ADDRESS = "This address is not the one for keys. Ask from inside your server."
ASKED: list[tuple[str, str, str | None, bytes]] = []


class Service(BaseHTTPRequestHandler):
    """Remembers what it was asked, and gives keys that live for an hour."""

    def do_GET(self) -> None:
        """Remember, and answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        ASKED.append((self.command, self.path, self.headers.get("Authorization"), body))
        until = datetime.now(UTC) + timedelta(hours=1)
        answer = json.dumps({"AccessKeyId": f"k{len(ASKED)}", "Expiration": until.isoformat()}).encode()
        self.send_response(403 if "refused" in self.path else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET  # noqa: N815 - the standard library's names

    def log_message(self, *_what: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Way:
    """The way to a service that another name leads to."""

    url: str
    secret: str
    service: ThreadingHTTPServer = field(repr=False)

    @property
    def host(self) -> str:
        """Host and port under which one asks."""
        return urlsplit(self.url).netloc

    def ask(
        self,
        path: str = KEYS,
        verb: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str | None] = MappingProxyType({}),
    ) -> tuple[int, dict[str, str]]:
        """Ask as a program of the server does; None = without this header."""
        told = {"Host": self.host, "Authorization": f"token {self.secret}", "X-Other": "1"}
        told = {name: text for name, text in {**told, **headers}.items() if text is not None}
        name, _, port = self.host.partition(":")
        with closing(HTTPConnection(name, int(port), timeout=20)) as connection:
            connection.putrequest(verb, path, skip_host=True, skip_accept_encoding=True)
            for header, text in {**told, **({"Content-Length": str(len(body))} if body is not None else {})}.items():
                connection.putheader(header, text)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def say(self, text: bytes) -> bytes:
        """Send something as it is, and return all that comes back."""
        name, _, port = self.host.partition(":")
        with closing(socket.create_connection((name, int(port)), timeout=20)) as connection:
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(1 << 16), b""))


@pytest.fixture
def way() -> Iterator[Way]:
    """Return the way to a service that gives keys."""
    ASKED.clear()
    server = ThreadingHTTPServer(("127.0.0.2", 0), Service)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url, secret = local_way(f"http://127.0.0.2:{server.server_port}{KEYS}", "abc")
    yield Way(url, secret, server)
    server.shutdown()
    server.server_close()


def test_a_question_is_passed_on_with_the_servers_token_which_nobody_here_has_to_know(way: Way) -> None:
    """Who asks shows a secret that is worth nothing elsewhere."""
    assert way.ask()[1]["AccessKeyId"] == "k1"
    assert ASKED == [("GET", KEYS, "token abc", b"")]
    assert len(bytes.fromhex(way.secret)) == 32


def test_it_is_on_this_servers_own_loopback(way: Way) -> None:
    """AWS SDKs ask nobody else without encryption; it has the path that the service has."""
    where = urlsplit(way.url)
    assert (where.scheme, where.hostname, where.path) == ("http", "127.0.0.1", KEYS)
    assert way.ask(headers={"Host": f"localhost:{where.port}"})[0] == 200


def test_what_comes_with_a_question_is_passed_on(way: Way) -> None:
    """Such as a wish for a link; and a refusal is a refusal."""
    status, _answer = way.ask("/lab/services/credentials/refused?a=b", "POST", b"{}")
    assert status == 403
    assert ASKED == [("POST", "/lab/services/credentials/refused?a=b", "token abc", b"{}")]


def test_a_thousand_programs_that_ask_at_once_are_one_question(way: Way) -> None:
    """Of a job with as many workers; none is refused, and all have the same keys."""
    with ThreadPoolExecutor(100) as pool:
        given = list(pool.map(lambda _number: way.ask(), range(1000)))

    assert {(status, told["AccessKeyId"]) for status, told in given} == {(200, "k1")}
    assert len(ASKED) == 1


def test_what_is_no_key_is_asked_for_each_time(way: Way) -> None:
    """Such as what is reached: it changes."""
    way.ask("/lab/services/credentials/access")
    way.ask("/lab/services/credentials/access")
    assert len(ASKED) == 2


def test_keys_go_on_while_the_service_is_away(way: Way) -> None:
    """Others, which were never given, are said to be away in the words that a person reads."""
    way.ask()
    way.service.shutdown()
    way.service.server_close()

    assert way.ask()[1]["AccessKeyId"] == "k1"
    assert way.ask(f"{KEYS}/class-abcd2345") == (
        503,
        {
            "code": "ServiceUnavailable",
            "message": "The service that gives keys does not answer now. Try again in a minute.",
        },
    )


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize(
    ("headers", "said"),
    [
        pytest.param({"Origin": "https://evil.example"}, INSIDE, id="a-page-elsewhere"),
        pytest.param({"Origin": "null"}, INSIDE, id="a-page-from-nowhere"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, INSIDE, id="a-page-of-ours"),
        pytest.param({"Sec-Fetch-Mode": "no-cors"}, INSIDE, id="a-picture"),
        pytest.param({"Referer": "http://127.0.0.1/user/ann/proxy/8003/"}, INSIDE, id="a-link"),
        pytest.param({"Cookie": "jupyterhub-session-id=x"}, INSIDE, id="somebody-signed-in"),
        pytest.param({"X-Forwarded-For": "127.0.0.1"}, INSIDE, id="the-proxy-of-the-hub"),
        pytest.param({"X-ProxyContextPath": "/user/ann/proxy/8003"}, INSIDE, id="the-proxy-in-a-server"),
        pytest.param({"Forwarded": "for=127.0.0.1"}, INSIDE, id="another-proxy"),
        pytest.param({"Host": "evil.example"}, OTHER_ADDRESS, id="another-name-for-this-machine"),
        pytest.param({"Host": "127.0.0.1"}, OTHER_ADDRESS, id="a-name-without-port"),
        pytest.param({"Host": None}, OTHER_ADDRESS, id="no-name"),
        pytest.param({"Authorization": None}, INSIDE, id="no-secret"),
        pytest.param({"Authorization": "token abc"}, INSIDE, id="the-servers-own-token"),
        pytest.param({"Authorization": "Basic YW5uOg=="}, INSIDE, id="a-password"),
    ],
)
def test_nothing_is_given_through_a_browser_or_a_proxy_or_without_the_secret(
    way: Way, verb: str, headers: dict[str, str | None], said: str
) -> None:
    """A page of somebody else's in the person's browser, or one that is talked into asking; also where keys are kept."""
    way.ask()

    assert way.ask(verb=verb, headers=headers) == (403, {"code": "AccessDenied", "message": said})
    assert len(ASKED) == 1


def test_a_secret_in_the_address_is_none(way: Way) -> None:
    """An address is in logs and histories."""
    assert way.ask(f"{KEYS}?token={way.secret}") == (403, {"code": "AccessDenied", "message": INSIDE})
    assert way.ask(f"{KEYS}?token={way.secret}", headers={"Authorization": None})[0] == 403
    assert not ASKED


@pytest.mark.parametrize("twice", ["Host: 127.0.0.1:{port}", "Authorization: token {secret}"])
def test_what_is_said_twice_is_nothing(way: Way, twice: str) -> None:
    """A proxy and what is behind it would each read the one that suits."""
    told = f"Host: {way.host}\r\nAuthorization: token {way.secret}\r\n{twice}\r\n"
    port = way.host.partition(":")[2]
    text = f"GET {KEYS} HTTP/1.1\r\n{told.format(port=port, secret=way.secret)}\r\n"

    assert way.say(text.encode()).startswith(b"HTTP/1.1 403 ")
    assert not ASKED


@pytest.mark.parametrize("how", ["Content-Length: {size}", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("is_refused", [pytest.param(True, id="by-a-proxy"), pytest.param(False, id="as-our-own")])
def test_a_request_in_the_body_of_another_is_not_read(way: Way, how: str, is_refused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A proxy that is talked into asking adds its headers to the outer one only."""
    own = f"Host: {way.host}\r\nAuthorization: token {way.secret}\r\n"
    inner = f"GET {KEYS} HTTP/1.1\r\n{own}\r\n"
    proxy = "X-Forwarded-For: 127.0.0.1\r\n" if is_refused else ""
    answer = way.say(f"GET {KEYS} HTTP/1.1\r\n{own}{proxy}{how.format(size=len(inner))}\r\n\r\n{inner}".encode())

    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 403 " if is_refused else b"HTTP/1.1 400 ")
    assert not ASKED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("PUT {keys} HTTP/1.1\r\n{own}\r\n", id="another-method"),
        pytest.param("GET {keys} HTTP/1.1 and more\r\n{own}\r\n", id="no-HTTP"),
        pytest.param("GET {keys} HTTP/1.1\r\n{own}X: {much}\r\n\r\n", id="a-header-without-end"),
    ],
)
def test_what_is_no_question_is_answered_in_the_form_of_all_answers(way: Way, text: str) -> None:
    """Programs show the sentence of a JSON answer; a page they do not."""
    own = f"Host: {way.host}\r\nAuthorization: token {way.secret}\r\n"
    head, _, body = way.say(text.format(keys=KEYS, own=own, much="x" * 70_000).encode()).partition(b"\r\n\r\n")

    assert head.split()[1] in {b"501", b"400", b"431"}
    assert json.loads(body) == {
        "code": "InvalidRequest",
        "message": "The keys service is asked with GET, and told with POST.",
    }
    assert not ASKED


@pytest.mark.parametrize(
    "path",
    [
        "/lab/hub/api/user",
        "/lab/services/credentials/../../hub/api",
        "http://elsewhere/x",
        "/lab/services/credentialsx",
    ],
)
def test_nothing_else_is_reached_through_it(way: Way, path: str) -> None:
    """It is a way to one service."""
    assert way.ask(path) == (404, {"code": "NotFound", "message": "There is no such page of the keys service."})
    assert not ASKED


@pytest.mark.parametrize("size", [str(MOST_BYTES + 1), "-1", "many"])
def test_too_much_is_refused(way: Way, size: str) -> None:
    """No question is so long."""
    status, answer = way.ask(verb="POST", headers={"Content-Length": size})
    assert (status, answer) == (
        413,
        {"code": "InvalidRequest", "message": "This is too much for a question to the keys service."},
    )
    assert not ASKED


@pytest.mark.parametrize("url", ["http://127.0.0.1:8003/x/aws", "https://lab.example.org/x/aws"])
def test_what_every_client_takes_needs_no_relay(url: str) -> None:
    """This machine's own loopback, and what is encrypted."""
    assert local_way(url, "abc") == (url, "abc")
