"""Servers that wait for somebody on a real cluster: whose they become, that they are nobody else's, and what is left of them."""

import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from support import web
from support.cluster.open_ways import listens, open_to_the_host
from support.cluster.place import TOKEN, Place
from support.cluster.starts import handed_over
from support.kernels import run_in_kernel
from support.visitors import PASSWORD
from support.waiting import soon

FRESH = {"profile": "fresh"}
SAID_BY_OTHERS = (b"hello\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\0" * 5000 + b"\n", b"")
PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}
STOP_ALL = """
import os, signal
for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))):
    if pid not in {1, os.getpid()}:
        os.kill(pid, signal.SIGSTOP)
"""


@pytest.fixture
def amina(place: Place) -> Iterator[str]:
    """Somebody whose server is stopped when the test is through."""
    yield from somebody(place, "amina")


@pytest.fixture
def bruno(place: Place) -> Iterator[str]:
    """Somebody else."""
    yield from somebody(place, "bruno")


def somebody(place: Place, name: str) -> Iterator[str]:
    """Yield the name of an account, and stop its server afterwards."""
    place.add_person(name, PASSWORD)
    yield name
    if place.server(name):
        place.stop(name)


def test_a_start_takes_the_server_that_waits(place: Place, amina: str) -> None:
    """It is the same Pod, which is its person's now, and the next one is made."""
    before = {name: place.get("pod", name) for name in place.until_some_wait()}
    place.start(amina, FRESH)

    taken = place.pod(amina)
    after = place.get("pod", taken)
    assert after["metadata"]["uid"] == before[taken]["metadata"]["uid"]
    assert after["metadata"]["labels"]["app.kubernetes.io/component"] == "singleuser-server"
    assert after["metadata"]["labels"]["sardonyx.org/profile"] == "fresh"
    assert after["status"]["containerStatuses"][0]["restartCount"] == 0
    # What it knew the hub by goes with it, and not with the hub.
    owners = place.get("secret", taken)["metadata"]["ownerReferences"]
    assert [owner["uid"] for owner in owners] == [after["metadata"]["uid"]]
    assert taken not in place.until_some_wait()


def test_it_is_as_one_that_was_made_for_its_person(place: Place, amina: str) -> None:
    """A program in it knows what it would know, and has the person's keys."""
    place.until_some_wait()
    place.start(amina, FRESH)
    code = "import os, json; print(json.dumps(dict(os.environ)))"
    given = json.loads(run_in_kernel(f"{place.url}/user/{amina}/", TOKEN, code))

    assert given["JUPYTERHUB_USER"] == amina
    assert given["HOME"] == "/home/jovyan"
    assert given["SARDONYX_S3_HOME"].startswith("s3://")
    # The way to keys inside of the Pod has a secret of its own.
    assert re.fullmatch(r"token [0-9a-f]{64}", own := place.run(amina, "cat", "/run/sardonyx/token"))
    assert own != f"token {given['JUPYTERHUB_API_TOKEN']}"
    assert "SARDONYX_READY_KEY" not in given
    assert given["AWS_CONTAINER_CREDENTIALS_FULL_URI"].startswith("http://127.0.0.1:")


def test_a_tool_in_one_is_its_persons_alone(place: Place, amina: str, bruno: str) -> None:
    """It starts in a Pod that was ready before anybody came, and the proxy leads nobody else to it."""
    waiting = place.until_some_wait()
    place.start(amina, FRESH)
    assert place.pod(amina) in waiting
    address = f"{place.url}/user/{amina}/tools/hello/"
    hers, his = ({**PAGE, "Authorization": f"token {place.token_of(name)}"} for name in (amina, bruno))

    soon(lambda: web.get(address, headers=hers, timeout=30).text == f"Hello {amina}")

    assert web.get(address, headers=his).status_code == 403
    assert web.get(address, headers=PAGE).status_code in {302, 403}


def test_two_who_come_at_once_never_get_the_same(place: Place, amina: str, bruno: str) -> None:
    """Who finds none that waits has one made, as ever."""
    waiting = place.until_some_wait()
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda name: place.start(name, FRESH), (amina, bruno)))

    found = {place.pod(amina), place.pod(bruno)}
    assert len(found) == 2
    assert found & set(waiting)
    assert {person: _user_of(place, person) for person in (amina, bruno)} == {amina: amina, bruno: bruno}


def _user_of(place: Place, person: str) -> str:
    code = "import os; print(os.environ['JUPYTERHUB_USER'])"
    return run_in_kernel(f"{place.url}/user/{person}/", TOKEN, code).strip()


def test_nothing_is_left_of_one_that_was_stopped(place: Place, amina: str) -> None:
    """Neither the Pod nor the Secret that it knew the hub by; and nobody else ever gets it."""
    place.until_some_wait()
    place.start(amina, FRESH)
    taken = place.pod(amina)
    place.stop(amina)

    soon(lambda: taken not in json.dumps(place.get("pod,secret")))
    place.start(amina, FRESH)
    assert place.pod(amina) != taken


def test_who_does_not_have_the_key_gets_nothing_from_one_that_waits(place: Place, amina: str) -> None:
    """Whatever they say: it goes on waiting for its hub. The network lets nobody come so far, unless it is told to."""
    waiting = place.until_some_wait()
    addresses = [(place.get("pod", name)["status"]["podIP"], 8888) for name in waiting]
    assert not any(map(listens, addresses))
    with open_to_the_host(place, "ready-made-server", 8888):
        soon(lambda: all(map(listens, addresses)))
        for address in addresses:
            for said in SAID_BY_OTHERS:
                with socket.create_connection(address, timeout=1) as connection:
                    connection.sendall(said)
                    connection.shutdown(socket.SHUT_WR)
                    assert _what_comes(connection) == b""

    place.start(amina, FRESH)
    assert place.pod(amina) in waiting


def _what_comes(connection: socket.socket) -> bytes:
    try:
        return connection.recv(4096)
    except (TimeoutError, ConnectionResetError):
        return b""


def test_a_start_is_none_the_worse_for_one_that_was_taken_away(place: Place, amina: str) -> None:
    """Such as with its machine: another one is made for the person."""
    waiting = place.until_some_wait()
    place.kubectl("delete", "pod", *waiting, "--grace-period=0", "--force")
    place.start(amina, FRESH)

    assert place.pod(amina) not in waiting
    assert _user_of(place, amina) == amina


def test_what_was_handed_over_when_its_hub_ended_is_removed_by_the_next(place: Place) -> None:
    """Its person has no server as far as is known, and could never stop it."""
    place.cluster.apply(handed_over(place, "handed-over"), namespace=place.namespace)
    old = place.hub_pod()
    place.kubectl("delete", "pod", old, "--grace-period=0", "--force")

    place.until_hub_is_not(old)
    soon(lambda: "handed-over" not in [each["metadata"]["name"] for each in place.get("pod")["items"]], 60)
    assert "Removing handed-over: it is nobody's server, an earlier hub has left it" in place.hub_log()


def test_a_start_is_none_the_worse_for_one_that_hangs(place: Place, amina: str) -> None:
    """It is given up after some seconds, and nothing is left of it."""
    waiting = place.until_some_wait()
    for name in waiting:
        place.kubectl("exec", name, "--", "python", "-c", STOP_ALL)
    place.start(amina, FRESH)

    assert place.pod(amina) not in waiting
    assert _user_of(place, amina) == amina
    given_up = next(name for name in waiting if name not in place.ready_made())
    soon(lambda: given_up not in json.dumps(place.get("pod,secret")))
    for name in place.ready_made():
        place.kubectl("delete", "pod", name, "--grace-period=0", "--force")


def test_a_hub_that_was_killed_finds_those_that_are_somebodys_and_makes_the_others_anew(
    place: Place, amina: str
) -> None:
    """Nobody else has the keys of those that waited for it."""
    place.until_some_wait()
    place.start(amina, FRESH)
    taken, waiting = place.pod(amina), place.until_some_wait()
    old = place.hub_pod()
    place.kubectl("delete", "pod", old, "--grace-period=0", "--force")

    place.until_hub_is_not(old)
    assert place.server(amina)["ready"] is True
    assert place.pod(amina) == taken
    assert _user_of(place, amina) == amina
    assert not {*waiting} & {*place.until_some_wait(), *place.ready_made()}


def test_a_server_that_keeps_its_home_is_not_taken_from_those_that_wait(place: Place, amina: str) -> None:
    """They have none, and get none."""
    waiting = place.until_some_wait()
    place.start(amina, {"profile": "python"})

    assert place.pod(amina) == f"{place.name}-server-{amina}"
    assert {*waiting} <= {*place.ready_made()}


def test_one_that_waits_gives_its_place_to_somebody(place: Place, amina: str) -> None:
    """Where a quota of the cluster has room for no more. The last test: for a minute none is made after it."""
    place.until_some_wait()
    there = len(place.get("pod")["items"])
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "full"},
        "spec": {"hard": {"pods": str(there)}},
    }
    place.cluster.apply(quota, namespace=place.namespace)
    soon(lambda: place.get("resourcequota", "full").get("status", {}).get("used", {}).get("pods") == str(there))
    try:
        place.start(amina, {"profile": "python"})
        assert place.ready_made() == []
    finally:
        place.kubectl("delete", "resourcequota", "full")
