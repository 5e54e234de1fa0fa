"""The store and the keys service over time: they start again, die, wait for each other, and say why not."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import web
from support.waiting import soon

from sardonyx_services.parent import HUB

MARK = "SARDONYX_TEST_PLACE"
PATIENCE_S = 20


def refusal(place: Any, *words: str) -> str:
    """Wait until the keys service says why it gives no keys, in these words; return what it says."""
    said = ""
    deadline = time.monotonic() + PATIENCE_S
    token = place.person("ann").token
    while time.monotonic() < deadline:
        try:
            answer = web.get(f"{place.keys}/aws", headers={"Authorization": f"token {token}"})
        except httpx.HTTPError:
            time.sleep(0.05)
            continue
        said = answer.text
        if answer.status_code == 503 and all(word in said for word in words):
            return said
        time.sleep(0.05)
    pytest.fail(f"expected {words}, was told: {said}")


def test_a_new_store_has_nobody_to_refuse(place_of_its_own: Any) -> None:
    """And nothing to complain of: the service is through with it, and does not try for ever."""
    place = place_of_its_own
    place.start_store()
    place.start_keys()
    place.wait()

    soon(lambda: "The store refuses the keys of 0 sessions" in (place.folder / "logs" / "keys.log").read_text())


def test_objects_are_there_after_a_stop_and_after_a_kill(place_of_its_own: Any) -> None:
    """And so are people's ids and the signing keys, so that keys given before go on working."""
    place = place_of_its_own
    place.start_store()
    place.start_keys()
    place.wait()
    ann = place.person("ann")
    s3 = ann.s3()
    s3.put_object(Bucket="sardonyx", Key=f"{ann.home}marks", Body=b"kept")

    place.stop()
    store = place.start_store()
    place.start_keys()
    place.wait()
    assert s3.get_object(Bucket="sardonyx", Key=f"{ann.home}marks")["Body"].read() == b"kept"

    os.kill(place.seaweedfs()[0], signal.SIGKILL)
    assert store.wait(PATIENCE_S) == 1
    place.start_store()
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            assert s3.get_object(Bucket="sardonyx", Key=f"{ann.home}marks")["Body"].read() == b"kept"
            break
        except Exception:  # noqa: BLE001 - whatever a client says while the store starts
            time.sleep(0.1)
    else:
        pytest.fail("the object did not come back")


def test_nothing_of_a_killed_store_is_left(place_of_its_own: Any) -> None:
    """Whichever process is killed, the others go with it: a store without its guard would hold the files."""
    place = place_of_its_own
    store = place.start_store()
    place.start_keys()
    place.wait()

    assert place.seaweedfs()
    os.kill(store.pid, signal.SIGKILL)

    deadline = time.monotonic() + PATIENCE_S
    while place.seaweedfs():
        assert time.monotonic() < deadline, place.members()
        time.sleep(0.05)


def test_a_second_store_leaves_the_first_one_alone(place_of_its_own: Any) -> None:
    """It says whose the folder is, and ends; it took the first one's socket before."""
    place = place_of_its_own
    first = place.start_store()
    place.start_keys()
    place.wait()
    ann = place.person("ann")

    assert place.start_store().wait(PATIENCE_S) == 1

    said = (place.folder / "logs" / "store.out.log").read_text()
    assert f"its folder {place.folder}/store is in use by process {first.pid}. End that process." in said
    ann.s3().put_object(Bucket="sardonyx", Key=f"{ann.home}marks", Body=b"kept")


def test_a_store_whose_port_is_taken_changes_nothing(place_of_its_own: Any) -> None:
    """Also not what an earlier one left."""
    place = place_of_its_own
    with socket.create_server(("127.0.0.1", place.port)):
        assert place.start_store().wait(PATIENCE_S) == 1

    said = (place.folder / "logs" / "store.out.log").read_text()
    assert f"port {place.port} on 127.0.0.1 cannot be used: Address already in use." in said
    assert [path.name for path in (place.folder / "store").iterdir()] == ["lock"]


def test_a_store_of_a_hub_that_is_gone_makes_room(place_of_its_own: Any) -> None:
    """Nobody else would end it, and it has the port."""
    place = place_of_its_own
    path = place.folder / "run" / "store.json"
    place.store_configuration().write(path)
    store = [sys.executable, "-m", "sardonyx_services.object_store", str(path)]
    # It takes the place of a hub, and lives: a store ends with its hub, as another test shows.
    code = f"import os, subprocess; subprocess.run({store}, env={{**os.environ, {HUB!r}: str(os.getpid())}})"
    other_hub = subprocess.Popen(
        [sys.executable, "-c", code], env={"PATH": os.environ["PATH"], MARK: str(place.folder)}
    )
    try:
        soon(lambda: bool(place.seaweedfs()))
        before = place.seaweedfs()

        place.start_store()
        place.start_keys()
        place.wait()
        found = place.seaweedfs()
    finally:
        other_hub.kill()
        other_hub.wait()

    assert len(found) == 1
    assert found != before


def test_keys_wait_for_the_store(place_of_its_own: Any) -> None:
    """Until it is there, a sentence says so; after that keys are given without anybody's help."""
    place = place_of_its_own
    place.start_keys()
    assert "Traceback" not in refusal(place, "The data store does not answer now", "try again in a minute")

    place.start_store()

    assert place.wait() < PATIENCE_S
    assert place.person("ann").s3().list_objects_v2(Bucket="sardonyx", Prefix=place.person("ann").home)["KeyCount"] == 0


def listening(process: int) -> list[int]:
    """Return the TCP ports on which a process listens (proc(5), /proc/pid/net/tcp: state 0A)."""
    names = [str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir() if link.is_symlink()]
    inodes = {name.removeprefix("socket:[").removesuffix("]") for name in names if name.startswith("socket:[")}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                found.append(int(fields[1].rpartition(":")[2], 16))
    return found


def ask(port: int) -> str:
    """Say what a port answers to a program that shows no certificate: over HTTP, and over TLS; "" = nothing."""
    anything = ssl.create_default_context()
    anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
    for scheme in ("http", "https"):
        with suppress(httpx.HTTPError):
            answer = web.get(f"{scheme}://127.0.0.1:{port}/", verify=anything, timeout=3)
            # Go says so on a port that wants TLS.
            if "HTTP request to an HTTPS server" not in answer.text:
                return f"{scheme} {answer.status_code}"
    return ""


def test_where_namespaces_are_forbidden_the_store_works_and_its_log_warns(place_of_its_own: Any) -> None:
    """The operator reads what that means and what to do."""
    place = place_of_its_own
    place.without_namespaces = True
    place.start_store()
    place.start_keys()
    place.wait()

    ann = place.person("ann")
    ann.s3().put_object(Bucket="sardonyx", Key=f"{ann.home}marks", Body=b"kept")

    ports = listening(place.seaweedfs()[0])
    assert len(ports) >= 8
    open_to_a_stranger = {port: said for port in ports if (said := ask(port))}
    assert set(open_to_a_stranger.values()) <= {"http 403", "http 400"}, open_to_a_stranger
    assert len(open_to_a_stranger) <= 1, "only the S3 door speaks to who shows no certificate, and wants a signature"
    log = (place.folder / "logs" / "store.log").read_text()
    assert "Namespaces are forbidden on this machine" in log
    assert "Allow user namespaces, or use a store of your own" in log


class WrongStore(ThreadingHTTPServer):
    """Something that is no data store, or one that is not in order; a clock cannot be set back here."""

    status, body, ahead = 200, "<html>Welcome!</html>", timedelta()


class WrongHandler(BaseHTTPRequestHandler):
    """Answers everything in the same way."""

    server: WrongStore

    def do_POST(self) -> None:
        """Answer."""
        body = self.server.body.encode()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response_only(self.server.status)
        self.send_header("Date", format_datetime(datetime.now(UTC) + self.server.ahead, usegmt=True))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def wrong_store() -> Iterator[WrongStore]:
    """A server where the settings expect the store."""
    with WrongStore(("127.0.0.1", 0), WrongHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


ERROR = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>token used before issued</Message>"
    "</Error><RequestId>1</RequestId></ErrorResponse>"
)
OTHER_XML = '<?xml version="1.0"?><AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult/></AssumeRoleWithWebIdentityResponse>'


@pytest.mark.parametrize(
    ("status", "body", "ahead", "words"),
    [
        pytest.param(400, ERROR, timedelta(hours=-2), ("seconds behind", "have to set it"), id="clock-behind"),
        pytest.param(400, ERROR, timedelta(hours=2), ("seconds ahead", "have to set it"), id="clock-ahead"),
        pytest.param(400, ERROR, timedelta(), ("refuses to give keys", "the reason in the log"), id="refused"),
        pytest.param(200, OTHER_XML, timedelta(), ("is not one", "have to look at it"), id="no-keys-in-the-answer"),
        pytest.param(200, "<html>Welcome!</html>", timedelta(), ("is not one, or not in order",), id="a-web-page"),
        pytest.param(502, "Bad gateway", timedelta(), ("is not one, or not in order",), id="a-broken-proxy"),
        pytest.param(404, "404 page not found", timedelta(), ("there is no STS at its address",), id="no-sts"),
    ],
)
def test_a_store_that_is_not_in_order_is_explained(  # noqa: PLR0917 - a table of cases
    place_of_its_own: Any, wrong_store: WrongStore, status: int, body: str, ahead: timedelta, words: tuple[str, ...]
) -> None:
    """No keys; a sentence for the person, and the reason in the log for the operator, once."""
    wrong_store.status, wrong_store.body, wrong_store.ahead = status, body, ahead
    place_of_its_own.start_keys(f"http://127.0.0.1:{wrong_store.server_port}")

    said = refusal(place_of_its_own, *words)

    assert "Traceback" not in said
    log = (place_of_its_own.folder / "logs" / "keys.log").read_text()
    assert log.count("No keys are given yet") == 1
    assert "Traceback" not in log
