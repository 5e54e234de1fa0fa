"""Ways to the keys of somebody whose token one does not have, or has no right to use any more."""

import socket
import time
from typing import Any

import pytest
from support import web

FORBIDDEN = 403


@pytest.fixture(scope="module")
def ann(place: Any) -> Any:
    """The person whose keys are sought."""
    return place.person("ann")


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"Origin": "https://evil.example"}, id="a-page-elsewhere"),
        pytest.param({"Origin": "null"}, id="a-page-from-nowhere"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, id="a-page-of-ours"),
        pytest.param({"Sec-Fetch-Mode": "no-cors"}, id="a-picture"),
        pytest.param({"Referer": "http://127.0.0.1/user/ann/proxy/8003/"}, id="a-link"),
        pytest.param({"Cookie": "jupyterhub-session-id=x"}, id="somebody-signed-in"),
        pytest.param({"X-Forwarded-For": "127.0.0.1"}, id="the-proxy-of-the-hub"),
        pytest.param({"X-ProxyContextPath": "/user/ann/proxy/8003"}, id="the-proxy-in-a-server"),
        pytest.param({"Forwarded": "for=127.0.0.1"}, id="another-proxy"),
        pytest.param({"Host": "evil.example"}, id="another-name-for-this-machine"),
        pytest.param({"Host": "localhost"}, id="a-name-without-port"),
        pytest.param({"Host": ""}, id="no-name"),
    ],
)
def test_even_with_the_token_nothing_is_given_through_a_browser_or_a_proxy(
    place: Any, ann: Any, header: dict[str, str]
) -> None:
    """A page of somebody else's in ann's browser, or one that is talked into asking for it."""
    answer = web.get(f"{place.keys}/aws", headers={"Authorization": f"token {ann.token}", **header})

    assert answer.status_code == FORBIDDEN
    assert answer.json()["code"] == "AccessDenied"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "asks",
    [
        pytest.param({"params": {"token": "ann"}}, id="in-the-address"),
        pytest.param({"cookies": {"token": "ann"}}, id="in-a-cookie"),
        pytest.param({"headers": {"X-Auth-Token": "ann"}}, id="in-another-header"),
        pytest.param({"headers": {"Authorization": "Basic YW5uOg=="}}, id="as-a-password"),
        pytest.param({"headers": {"Authorization": ""}}, id="empty"),
        pytest.param({"headers": [("Authorization", "token a"), ("Authorization", "token b")]}, id="two"),
    ],
)
def test_a_token_comes_in_one_header_and_nowhere_else(place: Any, asks: dict[str, Any]) -> None:
    """An address is in logs and histories; a cookie is sent by pages that nobody trusts."""
    answer = web.get(f"{place.keys}/aws", **asks)

    assert answer.status_code == FORBIDDEN
    assert "SecretAccessKey" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_keys_are_asked_for_in_one_way(place: Any, ann: Any, method: str) -> None:
    """A form, or the question before one, gets none."""
    answer = web.request(method, f"{place.keys}/aws", headers={"Authorization": f"token {ann.token}"})

    assert answer.status_code == 405
    assert "SecretAccessKey" not in answer.text


def test_answers_are_kept_by_nobody_and_follow_nothing(place: Any, ann: Any) -> None:
    """No cache on the way holds keys, and no path leads elsewhere."""
    assert ann.ask().headers["cache-control"] == "no-store"
    for path in ("aws/", "aws//", "AWS", "aws/%2e%2e/jwks", "aws/..%2faws"):
        answer = web.get(f"{place.keys}/{path}", headers={"Authorization": f"token {ann.token}"})
        assert answer.status_code in {403, 404}, path
        assert "SecretAccessKey" not in answer.text


def test_the_token_of_a_server_that_stopped_is_worth_nothing(place: Any) -> None:
    """Within seconds: so long is what the hub said remembered."""
    moe = place.person("moe")
    assert moe.ask().status_code == 200

    del place.hub.answers[moe.token]

    deadline = time.monotonic() + 20
    while moe.ask().status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert moe.ask().json()["message"] == "Only a running server gets keys. Ask from inside your server."


def test_a_request_that_never_ends_holds_up_nobody(place: Any, ann: Any) -> None:
    """A hundred connections that say nothing, and a header without end."""
    port = int(place.keys.partition("//")[2].partition("/")[0].partition(":")[2])
    silent = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(100)]
    silent[0].sendall(b"GET /services/credentials/aws HTTP/1.1\r\nX: " + b"x" * 200_000)
    try:
        assert ann.ask().status_code == 200
    finally:
        for connection in silent:
            connection.close()


def test_no_token_is_in_a_log(place: Any, ann: Any) -> None:
    """Neither that of a server, nor one that is good at the store, nor what the store gave for it."""
    keys = ann.keys()
    said = "".join(path.read_text() for path in (place.folder / "logs").iterdir() if path.is_file())

    for secret in (ann.token, keys["SecretAccessKey"], keys["Token"], "eyJ"):
        assert secret not in said
