"""Somebody's server is talked into asking for keys: its own proxy to ports passes requests on to the keys service."""

import html
import json
from collections.abc import Iterator
from typing import Any

import pytest
from support import web
from support.visitors import PASSWORD, Visitor

pytestmark = pytest.mark.browser
ELSEWHERE = "This address is not the one for keys. Ask from inside your server."
INSIDE = "Only a running server gets keys. Ask from inside your server."
WAYS = ("proxy/{port}", "proxy/127.0.0.1:{port}", "proxy/localhost:{port}")
KEYS = "services/credentials/aws"
TOKEN = "import os; print(os.environ['JUPYTERHUB_API_TOKEN'])"
FETCH = """async ([path, headers]) => {
  const answer = await fetch(path, { headers });
  return [answer.status, await answer.text()];
}"""
ASK_ONESELF = """
import http.client, json, socket
connection = http.client.HTTPConnection("127.0.0.1")
connection.sock = socket.socket(socket.AF_UNIX)
connection.sock.connect("/run/sardonyx/server.sock")
path, headers = json.loads({asked!r})
connection.request("GET", path, headers=headers)
answer = connection.getresponse()
print(json.dumps([answer.status, answer.read().decode()]))
"""


@pytest.fixture(scope="module")
def worker(stack: Any, administrator: str, browser: Any) -> Iterator[Any]:
    """Somebody at a browser, whose server runs."""
    assert administrator
    context = browser.new_context()
    stack.add_person("talked-into", PASSWORD)
    visitor = Visitor(stack, context.new_page())
    visitor.sign_in("talked-into")
    visitor.start()
    yield visitor
    context.close()


@pytest.fixture(scope="module")
def token(worker: Any) -> str:
    """What their server asks with."""
    found: str = worker.run(TOKEN).strip()
    return found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("accept", ["*/*", "text/event-stream"])
def test_a_browser_that_is_signed_in_gets_none(stack: Any, worker: Any, token: str, way: str, accept: str) -> None:
    """By a link that somebody follows, or a script in a page of the server, which knows its token."""
    path = f"{worker.base()}{way.format(port=stack.port + 3)}/{KEYS}"
    headers = {"Authorization": f"token {token}", "Accept": accept}

    link = worker.page.request.get(f"{stack.url}{path}", headers={"Accept": accept})
    script = worker.page.evaluate(FETCH, [path, headers])

    assert (link.status, link.json()["message"]) == (403, ELSEWHERE)
    assert (script[0], json.loads(script[1])["message"]) == (403, ELSEWHERE)


@pytest.mark.parametrize("way", WAYS)
def test_a_program_with_the_servers_token_gets_none_through_it(stack: Any, token: str, worker: Any, way: str) -> None:
    """From anywhere, also with the name under which the keys service answers."""
    keys = f"127.0.0.1:{stack.port + 3}"
    address = f"{stack.url}{worker.base()}{way.format(port=stack.port + 3)}/{KEYS}"
    with_token = {"Authorization": f"token {token}"}
    assert web.get(f"http://{keys}/{KEYS}", headers=with_token).status_code == 200

    said = [web.get(address, headers={**with_token, **more}) for more in ({}, {"Host": keys})]

    assert [(each.status_code, each.json()["message"]) for each in said] == [(403, ELSEWHERE), (403, INSIDE)]


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        *(pytest.param(way, (403, INSIDE), id=way) for way in WAYS),
        pytest.param("proxy/absolute/{port}", (404, "There is nothing at this address."), id="with-the-path-as-it-is"),
    ],
)
def test_a_server_gets_none_through_itself(
    stack: Any, worker: Any, token: str, way: str, expected: tuple[int, str]
) -> None:
    """Where no other proxy is on the way, such as for an app of its owner's that fetches what it is told to."""
    path = f"{worker.base()}{way.format(port=stack.port + 3)}/{KEYS}"
    headers = {"Authorization": f"token {token}", "Host": f"127.0.0.1:{stack.port + 3}"}

    said = json.loads(worker.run(ASK_ONESELF.format(asked=json.dumps([path, headers]))))

    assert (said[0], json.loads(said[1])["message"]) == expected


@pytest.mark.parametrize("host", ["169.254.169.254", "evil.example", "127.0.0.2", "0.0.0.0"])  # noqa: S104 - refused
def test_a_server_passes_on_to_its_own_machine_only(stack: Any, worker: Any, token: str, host: str) -> None:
    """Neither to where clouds give keys, nor by names that lead to whatever their owner says."""
    address = f"{stack.url}{worker.base()}proxy/{host}:{stack.port + 3}/{KEYS}"

    answer = web.get(address, headers={"Authorization": f"token {token}"})

    assert answer.status_code == 403
    assert f"Host '{host}' is not allowed." in html.unescape(answer.text)
