"""What code in somebody's server gets from the parts of its place, with the token that it has: what is its own."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from support.listeners import listened_on, listening_in
from support.stack import Stack, ordinary_stack
from support.visitors import PASSWORD, Visitor, come_first

pytestmark = pytest.mark.browser
HUB, PROXY, KEYS, STORE, _LINKS, CLASSES = range(1, 7)
"""Counted from the port of the web pages, 0."""
CONNECT = """
import socket
for port in {ports}:
    for host in ("127.0.0.1", "::1", socket.gethostname()):
        try:
            socket.create_connection((host, port), timeout=5).close()
        except OSError:
            continue
        print(port)
        break
"""
LOOK = """
import json, os
print(json.dumps([path for path in {paths} if os.path.lexists(path)]))
"""
ASK = """
import json, os, urllib.error, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
said = {{}}
for name, attempt in json.loads({attempts!r}).items():
    headers = {{"Content-Type": "application/json"}}
    if attempt["scheme"]:
        headers["Authorization"] = attempt["scheme"] + " " + os.environ["JUPYTERHUB_API_TOKEN"]
    request = urllib.request.Request(
        "http://127.0.0.1:" + str({first} + attempt["door"]) + attempt["path"],
        data=attempt["body"].encode() if attempt["body"] else None, headers=headers, method=attempt["method"])
    try:
        with opener.open(request, timeout=30) as answer:
            said[name] = [answer.status, answer.read().decode(errors="replace")]
    except urllib.error.HTTPError as refused:
        said[name] = [refused.status, refused.read().decode(errors="replace")]
print(json.dumps(said))
"""


@dataclass(frozen=True)
class Attempt:
    """A request from inside of a server: ANN is whose things are sought, and BOB who asks."""

    door: int
    method: str
    path: str
    expected: int
    body: str = ""
    scheme: str = "token"


ATTEMPTS = {
    "all-people": Attempt(HUB, "GET", "/hub/api/users", 403),
    "another": Attempt(HUB, "GET", "/hub/api/users/ANN", 404),
    "start-anothers": Attempt(HUB, "POST", "/hub/api/users/ANN/servers/more", 403),
    "stop-anothers": Attempt(HUB, "DELETE", "/hub/api/users/ANN/server", 403),
    "progress-of-anothers": Attempt(HUB, "GET", "/hub/api/users/ANN/server/progress", 403),
    "anothers-use": Attempt(
        HUB, "POST", "/hub/api/users/ANN/activity", 404, '{"last_activity": "2020-01-01T00:00:00Z"}'
    ),
    "anothers-tokens": Attempt(HUB, "GET", "/hub/api/users/ANN/tokens", 403),
    "a-token-of-anothers": Attempt(HUB, "POST", "/hub/api/users/ANN/tokens", 403, "{}"),
    "a-token-with-more": Attempt(HUB, "POST", "/hub/api/users/BOB/tokens", 403, '{"scopes": ["admin:users"]}'),
    "be-an-administrator": Attempt(HUB, "PATCH", "/hub/api/users/BOB", 403, '{"admin": true}'),
    "make-an-administrator": Attempt(HUB, "POST", "/hub/api/users/eve", 403, '{"admin": true}'),
    "delete-another": Attempt(HUB, "DELETE", "/hub/api/users/ANN", 403),
    "groups": Attempt(HUB, "GET", "/hub/api/groups", 403),
    "make-a-group": Attempt(HUB, "POST", "/hub/api/groups/all", 403, "{}"),
    "services": Attempt(HUB, "GET", "/hub/api/services", 403),
    "routes-by-the-hub": Attempt(HUB, "GET", "/hub/api/proxy", 403),
    "another-proxy": Attempt(HUB, "PATCH", "/hub/api/proxy", 403, '{"api_url": "http://127.0.0.1:9"}'),
    "shutdown": Attempt(HUB, "POST", "/hub/api/shutdown", 403, "{}"),
    "share-anothers": Attempt(HUB, "POST", "/hub/api/shares/ANN/", 403, '{"user": "BOB"}'),
    "metrics": Attempt(HUB, "GET", "/hub/metrics", 403),
    "anothers-kernels": Attempt(0, "GET", "/user/ANN/api/kernels", 403),
    "anothers-files": Attempt(0, "GET", "/user/ANN/api/contents", 403),
    "anothers-terminal": Attempt(0, "POST", "/user/ANN/api/terminals", 403, "{}"),
    "routes": Attempt(PROXY, "GET", "/api/routes", 403),
    "lead-another-here": Attempt(PROXY, "POST", "/api/routes/user/ANN", 403, '{"target": "http://127.0.0.1:9"}'),
    "take-a-route-away": Attempt(PROXY, "DELETE", "/api/routes/user/ANN", 403),
    "routes-without-a-token": Attempt(PROXY, "GET", "/api/routes", 403, scheme=""),
    "keys-without-a-token": Attempt(KEYS, "GET", "/services/credentials/aws", 403, scheme=""),
    "keys-of-all": Attempt(KEYS, "GET", "/services/credentials/metrics", 403),
    "bucket-without-keys": Attempt(STORE, "GET", "/sardonyx?list-type=2", 403, scheme=""),
    "bucket-with-a-token": Attempt(STORE, "GET", "/sardonyx?list-type=2", 403, scheme="Bearer"),
    "make-a-bucket": Attempt(STORE, "PUT", "/of-my-own", 403, scheme=""),
    "classes": Attempt(CLASSES, "GET", "/services/people/api/classes", 403),
    "be-an-instructor": Attempt(CLASSES, "POST", "/services/people/api/classes", 403, '{"title": "Mine"}'),
}
OWN = {
    "own-account": Attempt(HUB, "GET", "/hub/api/users/BOB", 200),
    "own-server": Attempt(0, "GET", "/user/BOB/api/kernels", 200),
    "own-keys": Attempt(KEYS, "GET", "/services/credentials/aws", 200),
}
"""What is given shows that the same request finds its way."""


@pytest.fixture(scope="module", params=["own", "ordinary"])
def place(request: pytest.FixtureRequest, prefix: Path, browser: Any) -> Iterator[Stack]:
    """One that the tests' user runs, which is root in CI; and one of an ordinary user, whose number its servers have, too."""
    if request.param == "own":
        assert request.getfixturevalue("administrator")
        yield request.getfixturevalue("stack")
        return
    with ordinary_stack(prefix) as running:
        come_first(running, browser.new_context().new_page(), "admin")
        yield running


@pytest.fixture(scope="module")
def working(place: Stack, browser: Any) -> Iterator[Callable[[str], Visitor]]:
    """A way to have somebody whose server runs."""
    with ExitStack() as over:

        def begun(name: str) -> Visitor:
            place.add_person(name, PASSWORD)
            visitor = Visitor(place, over.enter_context(browser.new_context()).new_page())
            visitor.sign_in(name)
            visitor.start()
            return visitor

        yield begun


@pytest.fixture(scope="module")
def ann(working: Callable[[str], Visitor]) -> Visitor:
    """Whose things are sought."""
    return working("ann-inside")


@pytest.fixture(scope="module")
def bob(working: Callable[[str], Visitor]) -> Visitor:
    """Whose server's code seeks them."""
    return working("bob-inside")


@dataclass(frozen=True)
class Answer:
    """What an attempt was answered."""

    status: int
    words: str


Said = Mapping[str, Answer]


@pytest.fixture(scope="module")
def said(place: Stack, ann: Visitor, bob: Visitor) -> Said:
    """What each attempt was answered."""
    told = json.dumps({name: asdict(each) for name, each in (ATTEMPTS | OWN).items()})
    told = told.replace("ANN", ann.name).replace("BOB", bob.name)
    found = json.loads(bob.run(ASK.format(attempts=told, first=place.port)))
    return {name: Answer(*answer) for name, answer in found.items()}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_nothing_of_anybody_else_is_given_or_done(name: str, said: Said) -> None:
    """With the token of a server, whose rights are those of its person over it; or with none."""
    assert said[name].status == ATTEMPTS[name].expected, said[name].words


@pytest.mark.parametrize("name", OWN)
def test_what_is_ones_own_is_given(name: str, said: Said) -> None:
    """By the same way, with the same token."""
    assert said[name].status == OWN[name].expected, said[name].words


def test_another_persons_server_goes_on_as_if_nothing_had_been_tried(said: Said, ann: Visitor) -> None:
    """At the address at which it was, with what runs in it."""
    assert said

    assert ann.has_server()
    assert ann.run("print('here')") == "here\n"


def test_of_what_listens_only_the_doors_of_the_place_can_be_connected_to(place: Stack, bob: Visitor) -> None:
    """Those of the pages, the hub, the proxy and the services; no server's, no store's behind its own."""
    behind = listened_on(place.processes()) - set(listening_in(os.getpid()))
    doors = range(place.port, place.port + 7)
    assert len(behind) >= 4

    reached = bob.run(CONNECT.format(ports=[*doors, *behind]))

    assert [int(port) for port in reached.split()] == [*doors]


def test_nothing_but_the_doors_of_the_place_listens_on_the_machine(place: Stack, bob: Visitor) -> None:
    """Servers that run have sockets in folders of their own."""
    assert bob.has_server()
    bob.begin("import time; time.sleep(600)")

    assert place.open_ports() == {}


def test_of_the_store_only_its_door_is_there(place: Stack, bob: Visitor) -> None:
    """Its files, its sockets and its processes are the hub's user's, which code in an ordinary hub's server is, too."""
    (store,) = place.find_all(" -volume.max=")
    inside, outside = Path(f"/proc/{store}/root"), [path for path in place.data.rglob("*") if is_hidden(place, path)]
    sockets = [Path("/", path.relative_to(inside)) for path in inside.glob("tmp/seaweedfs*.sock")]
    assert {path.name for path in outside} >= {"administrator.json", "signing.key", "s3.sock", "issuer.sock"}
    assert sockets
    assert not place.is_ordinary or int(bob.run("import os; print(os.getuid())")) == place.data.stat().st_uid

    found = bob.run(LOOK.format(paths=[*map(str, [*outside, *sockets, Path(f"/proc/{store}")])]))

    assert json.loads(found) == []


def is_hidden(place: Stack, path: Path) -> bool:
    """Tell whether a file is the store's, or a socket of anybody's."""
    return path.is_relative_to(place.data / "store") or path.is_socket()
