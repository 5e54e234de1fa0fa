"""A Vault that is away, slow, sealed, or something else: said in a sentence, and servers go on."""

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support.vault_place import Place
from support.waiting import soon

from sardonyx_singleuser import contract
from sardonyx_singleuser.vault_calls import AwayError

AWAY = "Vault does not answer now. A token that you have goes on working; try again in a minute."
STRANGER = (
    "What answers at the address of Vault is not Vault, or not in order."
    " The people who run this place have to look at it."
)
SEALED = "Vault is sealed. A token that you have works again when the people who run Vault have unsealed it."
Answer = Callable[[BaseHTTPRequestHandler], None]


def says(status: int, body: bytes, **headers: str) -> Answer:
    """Return a way to answer."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def drips(request: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, and never an end."""
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    for _ in range(60):
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.5)


@contextmanager
def stranger(answer: Answer) -> Iterator[str]:
    """Run something that answers in its own way; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                answer(self)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(says(200, b"<html>Welcome</html>"), STRANGER, id="a page"),
        pytest.param(says(200, b"[]"), STRANGER, id="a list"),
        pytest.param(says(200, b'{"auth": {"client_token": 7}}'), STRANGER, id="not in order"),
        pytest.param(says(307, b"", Location="http://127.0.0.1:9/"), STRANGER, id="leads elsewhere"),
        pytest.param(says(500, b"oh"), AWAY, id="broken"),
        pytest.param(says(503, b'{"errors": ["Vault is sealed"]}'), SEALED, id="sealed"),
        pytest.param(drips, AWAY, id="slow"),
    ],
)
def test_what_is_not_a_vault_in_order_is_said_in_a_sentence(place: Place, answer: Answer, said: str) -> None:
    """As JSON, for programs and people, and within seconds."""
    ann = place.person("ann")
    place.end()
    with stranger(answer) as place.address:
        place.start()
        got = ann.ask()

    assert (got.status_code, got.json()["message"]) == (503, said)


def test_a_vault_that_is_not_there_is_said_in_a_sentence(place: Place) -> None:
    """Nobody listens at its address."""
    ann = place.person("ann")
    place.end()
    place.address = "http://127.0.0.1:9"
    place.start()

    assert ann.ask().json() == {"code": "ServiceUnavailable", "message": AWAY}


def test_a_server_keeps_its_token_while_vault_hangs_for_a_moment(place: Place) -> None:
    """What cannot be renewed now is renewed later, while it lives."""
    place.set_up(period_s=20)
    token = place.person("ann").vault_token()
    time.sleep(5)
    assert place.vault.process is not None
    place.vault.process.send_signal(signal.SIGSTOP)
    time.sleep(6)
    place.vault.process.send_signal(signal.SIGCONT)

    time.sleep(12)

    assert place.vault.lives(token)


def test_the_user_side_goes_on_trying_until_vault_is_there(
    place: Place, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """It says once why there is no token, and then there is one."""
    ann = place.person("ann")
    place.end()
    keeper = ann.keeper(tmp_path / "home")
    keeper.start()
    said = "Sardonyx: Vault: The keys service does not answer now. It is tried again."
    heard = ""

    def hears() -> bool:
        nonlocal heard
        heard += capfd.readouterr().err
        return said in heard

    soon(hears)

    place.start()

    soon((tmp_path / "home" / ".vault-token").exists)
    heard += capfd.readouterr().err
    assert heard.count(said) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(says(200, b"<html>"), "What answers in the place of Vault is something else.", id="a page"),
        pytest.param(
            says(307, b"", Location="http://127.0.0.1:9/"),
            "Vault does not answer now (status 307).",
            id="leads elsewhere",
        ),
        pytest.param(says(502, b"oh"), "Vault does not answer now (status 502).", id="broken"),
        pytest.param(
            says(400, json.dumps({"errors": ["wrapping token is not valid or does not exist"]}).encode()),
            "Vault did not hand out the token: somebody fetched it before, or it came too late.",
            id="fetched before",
        ),
    ],
)
def test_the_user_side_sends_the_token_nowhere_else_and_says_what_is_wrong(
    place: Place, answer: Answer, said: str
) -> None:
    """No trace of Python, whatever answers."""
    ann = place.person("ann")

    with stranger(answer) as address, pytest.raises(AwayError) as caught:
        ann.calls(**{contract.VAULT_ADDRESS: address}).new_token()

    assert str(caught.value) == said
